// Who is told together with whom, when for the first time and when again.
import { firing, resolved, type Case } from '../case.ts';

const together = { group_by: [] as const };

export const grouping: readonly Case[] = [
  {
    title: 'a first alert is told after group_wait',
    route: {},
    steps: [
      {
        at: 0,
        post: [
          {
            ...firing('A'),
            annotations: { summary: 'It burns' },
            generatorURL: 'http://prometheus/graph?g0.expr=up&g0.tab=1',
          },
        ],
      },
    ],
    until: 2,
    messages: 1,
  },
  {
    title: 'an alert that comes within group_wait is told along',
    route: { ...together, group_wait: '1s', group_interval: '2s' },
    steps: [
      { at: 0, post: [firing('B')] },
      { at: 0.5, post: [firing('A')] },
    ],
    until: 4,
    messages: 1,
  },
  {
    title: 'an alert that comes later is told at the next tick, with those already told',
    route: together,
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, post: [firing('B')] },
      { at: 2, post: [firing('C'), firing('D')] },
    ],
    until: 4,
    messages: 3,
  },
  {
    title: 'group_wait of nothing: told at once',
    route: { group_wait: '0s' },
    steps: [{ at: 0, post: [firing('A')] }],
    until: 1.5,
    messages: 1,
  },
  {
    title: 'the same alert sent again and again is told once',
    route: {},
    steps: [0, 0.3, 0.9, 1.2, 1.9, 2.2].map((at) => ({ at, post: [{ ...firing('A'), ends: at + 60 }] })),
    until: 4,
    messages: 1,
  },
  {
    title: 'an alert told again carries what was said last: annotations, source and the earlier start',
    route: { ...together },
    steps: [
      {
        at: 0,
        post: [
          {
            ...firing('A'),
            starts: -0.2,
            ends: 60,
            annotations: { value: '1', gone: 'yes' },
            generatorURL: 'http://a',
          },
        ],
      },
      {
        at: 1,
        post: [
          { ...firing('A'), starts: 0.9, ends: 70, annotations: { value: '2', summary: '' }, generatorURL: 'http://b' },
        ],
      },
      { at: 2, post: [firing('B')] },
    ],
    until: 4,
    messages: 2,
  },
  {
    title: 'changed annotations alone are no news',
    route: {},
    steps: [0, 1, 2].map((at) => ({ at, post: [{ ...firing('A'), annotations: { value: String(at) } }] })),
    until: 4,
    messages: 1,
  },
  {
    title: 'repeat_interval tells a firing group again at the first tick after it',
    route: { repeat_interval: '1500ms' },
    steps: [{ at: 0, post: [firing('A')] }],
    until: 6,
    messages: 3,
  },
  {
    title: 'repeat_interval counts from the last message, whatever its reason',
    route: { ...together, repeat_interval: '2500ms' },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 2, post: [firing('B')] },
    ],
    until: 6.2,
    messages: 3,
  },
  {
    title: 'repeat_interval below group_interval repeats at each tick',
    route: { repeat_interval: '300ms' },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 3, post: [resolved('A', 2.9)] },
    ],
    until: 5,
    messages: 4,
  },
  {
    title: 'repeat_interval counts from the delivery, not from the tick',
    route: { repeat_interval: '1850ms' },
    answers: { page: Array.from({ length: 4 }, () => ({ status: 200, afterMs: 300 })) },
    steps: [{ at: 0, post: [firing('A')] }],
    until: 5,
    messages: 2,
  },
  {
    title: 'a resolved group is not repeated',
    route: { repeat_interval: '1500ms' },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, post: [resolved('A', 0.9)] },
    ],
    until: 6,
    messages: 2,
  },
  {
    title: 'group_by several labels: one group for each set of values, a missing label being one of them',
    route: { group_by: ['alertname', 'zone', 'team'] },
    steps: [
      {
        at: 0,
        post: [
          firing('A', { zone: 'eu', instance: '1' }),
          firing('A', { zone: 'eu', instance: '2' }),
          firing('A', { zone: 'us', team: 'x', instance: '3' }),
          firing('A', { instance: '4' }),
        ],
      },
    ],
    until: 2.2,
    messages: 3,
  },
  {
    title: 'group_by "...": each alert is a group of its own',
    route: { group_by: ['...'] },
    steps: [
      { at: 0, post: [firing('A', { instance: '1' }), firing('A', { instance: '2' })] },
      { at: 1, post: [resolved('A', 0.9, { instance: '2' })] },
    ],
    until: 3,
    messages: 3,
  },
  {
    title: 'group_by a label nobody has: one group',
    route: { group_by: ['nobody'] },
    steps: [{ at: 0, post: [firing('A'), firing('B', { job: 'x' })] }],
    until: 2,
    messages: 1,
  },
  {
    title: 'alerts of a message are in order of job, instance and labels',
    route: together,
    steps: [
      {
        at: 0,
        post: [
          firing('E'),
          firing('D', { job: 'b', instance: '1' }),
          firing('C', { job: 'a', instance: '10' }),
          firing('C', { job: 'a', instance: '9' }),
          firing('B', { zzz: '1' }),
          firing('B', { aaa: '1', bbb: '2' }),
          firing('B', { aaa: '1' }),
          firing('A', { instance: 'Z' }),
          firing('A', { job: 'a' }),
        ],
      },
    ],
    until: 2,
    messages: 1,
  },
  {
    title: 'a hundred alerts are told in one message',
    route: together,
    steps: [
      { at: 0, post: Array.from({ length: 100 }, (_, n) => firing('A', { instance: `host-${(n * 37) % 100}` })) },
    ],
    until: 2.2,
    messages: 1,
  },
  {
    title: 'common labels and annotations are those all alerts share',
    route: { group_by: ['zone'] },
    steps: [
      {
        at: 0,
        post: [
          { ...firing('A', { zone: 'eu', severity: 'page' }), annotations: { runbook: 'r', summary: '1', empty: '' } },
          { ...firing('B', { zone: 'eu', severity: 'page' }), annotations: { runbook: 'r', summary: '2', empty: '' } },
        ],
      },
    ],
    until: 2,
    messages: 1,
  },
  {
    title: 'an alert older than group_wait is told at once',
    route: {},
    steps: [{ at: 0, post: [{ ...firing('A'), starts: -30, ends: 60 }] }],
    until: 2,
    messages: 1,
  },
  {
    title: 'two alerts of one batch older than group_wait are both told at once',
    route: together,
    steps: [
      {
        at: 0,
        post: [
          { ...firing('A'), starts: -30, ends: 60 },
          { ...firing('B'), starts: -30, ends: 60 },
        ],
      },
    ],
    until: 2.5,
    messages: 2,
    differs: {
      defect: 'D8',
      ours: [{ at: 0, firing: ['A', 'B'] }],
      peer: [
        [
          { at: 0, firing: ['A'] },
          { at: 1, firing: ['A', 'B'] },
        ],
        [
          { at: 0, firing: ['B'] },
          { at: 1, firing: ['A', 'B'] },
        ],
        [{ at: 0, firing: ['A', 'B'] }],
      ],
    },
  },
  {
    needs: 34,
    title: 'an alert older than group_wait does not hurry a group that waits',
    route: { ...together, group_wait: '1500ms' },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 0.4, post: [{ ...firing('B'), starts: -30, ends: 60 }] },
    ],
    until: 3,
    messages: 1,
  },
  {
    title: 'labels without a value are no labels, annotations without one are',
    route: { group_by: ['alertname', 'zone'] },
    steps: [{ at: 0, post: [{ ...firing('A', { zone: '', team: '' }), annotations: { summary: '', runbook: 'r' } }] }],
    until: 2,
    messages: 1,
  },
  {
    title: 'what is wrong in a batch does not keep the rest from being told',
    route: together,
    steps: [{ at: 0, post: [firing('A'), { ...firing('B'), starts: 5, ends: 4 }, firing('C')] }],
    until: 2,
    messages: 1,
  },
  {
    title: 'values of any script and any sign arrive as they were',
    route: { group_by: ['alertname', 'path'] },
    steps: [
      {
        at: 0,
        post: [
          {
            labels: {
              alertname: '磁盘将满 "C:\\"',
              path: 'C:\\temp\\n "x"',
              html: '<b>&amp;</b>\u2028',
              emoji: '🔥👩‍🚒',
              json: '"startsAt":"x"',
            },
            annotations: {
              summary: 'zwei\nZeilen\tund ein Tab',
              html: "<a href='x'>&</a>",
              template: '{{ .Labels }} $1 $&',
              nul: '\u0001\u001f\u007f',
            },
            generatorURL: 'http://prometheus/graph?g0.expr=a%20%3E%201&b=<c>',
          },
        ],
      },
    ],
    until: 2,
    messages: 1,
  },
  {
    title: 'labels may be named as JavaScript names its own',
    route: { group_by: ['__proto__', 'constructor'] },
    steps: [
      {
        at: 0,
        post: [
          {
            labels: Object.fromEntries([
              ['alertname', 'A'],
              ['__proto__', 'p'],
              ['constructor', 'c'],
              ['toString', 't'],
            ]),
            annotations: Object.fromEntries([
              ['__proto__', 'q'],
              ['hasOwnProperty', 'h'],
            ]),
          },
        ],
      },
    ],
    until: 2,
    messages: 1,
  },
  {
    title: 'labels may have names of any script and sign',
    needs: 34,
    route: { group_by: ['区域', 'a b'] },
    steps: [{ at: 0, post: [firing('A', { 区域: '北', 'a b': 'x,"y"', 'dot.ted': '1', '🔥': '2' })] }],
    until: 2,
    messages: 1,
  },
];
