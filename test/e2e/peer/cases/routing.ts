// Which receivers an alert goes to, and what they are told in which form.
import { firing, resolved, type Case } from '../case.ts';

const receivers = { page: [{}], web: [{}], db: [{}] };

export const routing: readonly Case[] = [
  {
    title: 'the first matching child takes the alert',
    route: {
      routes: [
        { receiver: 'web', matchers: ['team="web"'] },
        { receiver: 'db', matchers: ['team=~"web|db"'] },
      ],
    },
    receivers,
    steps: [
      {
        at: 0,
        post: [firing('A', { team: 'web' }), firing('B', { team: 'db' }), firing('C', { team: 'x' }), firing('D')],
      },
    ],
    until: 2,
    messages: 4,
  },
  {
    title: 'a child that continues lets the next one have the alert too',
    route: {
      routes: [
        { receiver: 'web', matchers: ['team="web"'], continue: true },
        { receiver: 'db', matchers: ['team=~"w.*"'], group_wait: '1s' },
      ],
    },
    receivers,
    steps: [
      { at: 0, post: [firing('A', { team: 'web' })] },
      { at: 1.25, post: [resolved('A', 1.2, { team: 'web' })] },
    ],
    until: 4,
    messages: 4,
  },
  {
    title: 'children inherit receiver, grouping and timers, and may replace each',
    route: {
      group_by: ['zone'],
      group_wait: '250ms',
      repeat_interval: '1500ms',
      routes: [
        {
          matchers: ['team="web"'],
          routes: [
            { receiver: 'web', matchers: ['zone="eu"'], group_wait: '1s', repeat_interval: '1h' },
            { matchers: ['zone="us"'], group_by: ['alertname'], group_interval: '2s' },
          ],
        },
      ],
    },
    receivers,
    steps: [
      {
        at: 0,
        post: ['eu', 'us', 'ap'].flatMap((zone) => [
          firing('A', { team: 'web', zone }),
          firing('B', { team: 'web', zone }),
        ]),
      },
    ],
    until: 4.8,
    messages: 10,
  },
  {
    title: 'the old match and match_re route as matchers do',
    route: {
      routes: [
        { receiver: 'web', match: { team: 'web', zone: 'eu' } },
        { receiver: 'db', match_re: { team: 'web|db', zone: 'e.*' }, matchers: ['severity!="info"'] },
      ],
    },
    receivers,
    steps: [
      {
        at: 0,
        post: [
          firing('A', { team: 'web', zone: 'eu' }),
          firing('B', { team: 'db', zone: 'eu' }),
          firing('C', { team: 'db', zone: 'xe' }),
          firing('D', { team: 'db', zone: 'e', severity: 'info' }),
        ],
      },
    ],
    until: 2,
    messages: 4,
  },
  {
    title: 'a missing label is an empty one to matchers',
    route: {
      routes: [
        { receiver: 'web', matchers: ['team=""'] },
        { receiver: 'db', matchers: ['team!="x", zone!~".+"'] },
      ],
    },
    receivers,
    steps: [
      {
        at: 0,
        post: [
          firing('A'),
          firing('B', { team: 'y' }),
          firing('C', { team: 'y', zone: 'eu' }),
          firing('D', { team: 'x' }),
        ],
      },
    ],
    until: 2,
    messages: 4,
  },
  {
    title: 'matchers take regular expressions whole, and in any script',
    route: {
      routes: [
        { receiver: 'web', matchers: ['path=~"/a.c|\\\\d+"'] },
        { receiver: 'db', matchers: ['path=~"(?i)ÜBER.*"'] },
      ],
    },
    receivers,
    steps: [
      {
        at: 0,
        post: ['/abc', '/abcd', '12', '12x', 'über alles'].map((path, n) => firing(`A${n}`, { path })),
      },
    ],
    until: 2,
    messages: 5,
  },
  {
    title: 'a receiver without integrations is told nothing',
    route: {
      routes: [
        { receiver: 'sink', matchers: ['team="x"'], continue: true },
        { receiver: 'web', matchers: ['team="x"'] },
      ],
    },
    receivers: { ...receivers, sink: [] },
    steps: [{ at: 0, post: [firing('A', { team: 'x' })] }],
    until: 2,
    messages: 1,
  },
  {
    title: 'two integrations of a receiver each have their own wishes and their own memory',
    route: { group_by: [], repeat_interval: '2500ms' },
    receivers: { page: [{ to: 'all' }, { to: 'fires', send_resolved: false }] },
    steps: [
      { at: 0, post: [firing('A'), firing('B')] },
      { at: 1, post: [resolved('A', 0.9)] },
    ],
    until: 4.2,
    messages: 4,
  },
  {
    title: 'max_alerts tells the first ones and how many were left out',
    route: { group_by: [] },
    receivers: { page: [{ max_alerts: 2 }] },
    steps: [
      { at: 0, post: ['3', '1', '2', '4'].map((instance) => firing('A', { instance })) },
      { at: 1, post: [resolved('A', 0.9, { instance: '3' })] },
    ],
    until: 3,
    messages: 2,
  },
  {
    title: 'routes beside each other with the same matchers do not share what was told',
    route: {
      routes: [
        { matchers: ['team="x"'], continue: true, group_by: ['alertname'] },
        { matchers: ['team="x"'], group_by: ['alertname'], group_wait: '1s' },
      ],
    },
    steps: [{ at: 0, post: [firing('A', { team: 'x' })] }],
    until: 2.7,
    messages: 1,
    differs: {
      defect: 'D10',
      ours: [
        { at: 0.5, firing: ['A'] },
        { at: 1, firing: ['A'] },
      ],
      peer: [[{ at: 0.5, firing: ['A'] }]],
    },
  },
  {
    title: 'labels of routes are templates, inherited and replaced',
    needs: 34,
    route: {
      labels: { team: 'x', page: '{{ .GroupLabels.alertname }} {{ len .Alerts }}' },
      routes: [
        {
          receiver: 'web',
          matchers: ['zone="eu"'],
          labels: { team: '{{ routeLabels "zone" }}!', zone: '{{ .CommonLabels.zone | toUpper }}' },
        },
      ],
    },
    receivers,
    steps: [{ at: 0, post: [firing('A'), firing('A', { zone: 'eu' })] }],
    until: 2,
    messages: 2,
  },
];
