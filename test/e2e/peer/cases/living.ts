// What happens to the process itself: reload, restart, flags. Each case has servers of its own.
import { firing, resolved, type Case } from '../case.ts';

const always = [{}];

export const living: readonly Case[] = [
  {
    title: 'resolve_timeout ends what is not sent again',
    global: { resolve_timeout: '2s' },
    route: {},
    steps: [
      { at: 0, post: [firing('A'), { ...firing('B'), ends: 60 }] },
      { at: 1, post: [firing('C')] },
      { at: 2, post: [firing('C')] },
    ],
    until: 5.2,
    messages: 5,
  },
  {
    title: 'a reload that changes nothing tells nothing again',
    route: {},
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, reload: {} },
    ],
    until: 4,
    messages: 1,
  },
  {
    title: 'a reload does not begin group_wait anew',
    route: { group_wait: '1500ms' },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, reload: {} },
    ],
    until: 4,
    messages: 1,
    differs: {
      defect: 'a reload keeps timers',
      ours: [{ at: 1.5, firing: ['A'] }],
      peer: [[{ at: 2.5, firing: ['A'] }]],
    },
  },
  {
    title: 'a reload with another address for the receiver sends there from then on',
    route: { group_by: [] },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, reload: { receivers: { page: [{ to: 'moved' }] } } },
      { at: 1.1, post: [firing('B')] },
    ],
    until: 3,
    messages: 2,
    differs: {
      defect: 'a reload keeps timers',
      ours: [
        { at: 0.5, firing: ['A'] },
        { at: 1.5, to: 'moved', firing: ['A', 'B'] },
      ],
      peer: [
        [
          { at: 0.5, firing: ['A'] },
          { at: 2, to: 'moved', firing: ['A', 'B'] },
        ],
      ],
    },
  },
  {
    title: 'a reload with another receiver tells it what fires',
    route: {},
    receivers: { page: [{}], other: [{}] },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, reload: { route: { receiver: 'other' } } },
    ],
    until: 2.3,
    messages: 2,
  },
  {
    title: 'a reload with another group_by groups anew',
    route: { group_by: [] },
    steps: [
      { at: 0, post: [firing('A'), firing('B')] },
      { at: 1, reload: { route: { group_by: ['alertname'] } } },
    ],
    until: 3,
    messages: 3,
  },
  {
    title: 'a reload with a mute time makes the route quiet',
    route: { repeat_interval: '500ms', routes: [{ matchers: ['team="x"'] }] },
    intervals: { always },
    steps: [
      { at: 0, post: [firing('A', { team: 'x' })] },
      {
        at: 1,
        reload: {
          route: { repeat_interval: '500ms', routes: [{ matchers: ['team="x"'], mute_time_intervals: ['always'] }] },
        },
      },
    ],
    until: 3,
    messages: 1,
  },
  {
    title: 'a reload with a new inhibition hides what fires already',
    route: { repeat_interval: '350ms' },
    steps: [
      { at: 0, post: [firing('S'), firing('T')] },
      { at: 1, reload: { inhibit: [{ source: ['alertname="S"'], target: ['alertname="T"'] }] } },
    ],
    until: 3.4,
    messages: 4,
    differs: {
      defect: 'a reload keeps timers',
      ours: [
        { at: 0.5, firing: ['S'] },
        { at: 0.5, firing: ['T'] },
        { at: 1.5, firing: ['S'] },
        { at: 2.5, firing: ['S'] },
      ],
      peer: [
        [
          { at: 0.5, firing: ['S'] },
          { at: 0.5, firing: ['T'] },
          { at: 1, firing: ['S'] },
          { at: 2, firing: ['S'] },
          { at: 3, firing: ['S'] },
        ],
        // Old ones speak before the new inhibitor knows what fires.
        [
          { at: 0.5, firing: ['S'] },
          { at: 0.5, firing: ['T'] },
          { at: 1, firing: ['S'] },
          { at: 1, firing: ['T'] },
          { at: 2, firing: ['S'] },
          { at: 3, firing: ['S'] },
        ],
      ],
    },
  },
  {
    title: 'a reload of nonsense changes nothing',
    route: { group_by: [] },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, reload: 'nonsense' },
      { at: 1.1, post: [firing('B')] },
    ],
    until: 3,
    messages: 2,
  },
  {
    title: 'after a restart what was told is not told again',
    route: {},
    steps: [
      { at: 0, post: [{ ...firing('A'), ends: 60 }] },
      { at: 1, restart: 'SIGTERM' },
      { at: 8, post: [{ ...firing('A'), ends: 60 }] },
    ],
    until: 10.5,
    messages: 1,
  },
  {
    title: 'after a restart a silence goes on',
    route: {},
    steps: [
      { at: 0, silence: { name: 'A', matchers: ['alertname=A'], ends: 60 } },
      { at: 1, restart: 'SIGTERM' },
      { at: 8, post: [firing('A'), firing('B')] },
    ],
    until: 10,
    messages: 1,
  },
  {
    title: 'after a restart an alert is told that waited for group_wait',
    route: { group_wait: '8s' },
    steps: [
      { at: 0, post: [{ ...firing('A'), ends: 60 }] },
      { at: 1, restart: 'SIGTERM' },
    ],
    until: 9.5,
    messages: 0,
    differs: { defect: 'D9', ours: [{ at: 8, firing: ['A'] }], peer: [[]] },
  },
  {
    title: 'after a restart an alert whose end has passed is told as resolved',
    route: { group_interval: '8s' },
    steps: [
      { at: 0, post: [{ ...firing('A'), ends: 3 }] },
      { at: 1, restart: 'SIGTERM' },
    ],
    until: 10,
    messages: 1,
    differs: {
      defect: 'D9',
      ours: [
        { at: 0.5, firing: ['A'] },
        { at: 8.5, resolved: ['A'] },
      ],
      peer: [[{ at: 0.5, firing: ['A'] }]],
    },
  },
  {
    title: 'nothing is told before --dispatch.start-delay is over',
    needs: 34,
    args: ['--dispatch.start-delay=6s'],
    sinceReady: true,
    tolerance: 0.5,
    route: {},
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 0.5, post: [firing('B'), { ...firing('C'), ends: 1 }] },
    ],
    until: 6,
    messages: 2,
  },
  {
    title: 'alerts that are sent on and on, resolved and fired again, are told the same',
    route: { group_by: [], repeat_interval: '2500ms' },
    steps: [
      ...[0, 1, 2, 3, 4, 5].map((at) => ({ at, post: [{ ...firing('A'), ends: at + 4 }] })),
      { at: 1.1, post: [firing('B')] },
      { at: 3.1, post: [resolved('B', 3)] },
      { at: 5.1, post: [firing('B')] },
    ],
    until: 7.2,
    messages: 4,
  },
];
