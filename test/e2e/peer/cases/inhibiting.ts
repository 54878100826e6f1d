// Alerts that other alerts make needless.
import { firing, resolved, type Case } from '../case.ts';

const rule = { source: ['severity="critical"'], target: ['severity="warning"'], equal: ['zone'] };
const critical = { severity: 'critical', zone: 'eu' };
const warning = { severity: 'warning', zone: 'eu' };

export const inhibiting: readonly Case[] = [
  {
    title: 'a source hides its targets where the labels are equal',
    route: {},
    inhibit: [rule],
    steps: [
      {
        at: 0,
        post: [
          firing('S', critical),
          firing('T', warning),
          firing('U', { ...warning, zone: 'us' }),
          firing('V', { severity: 'warning' }),
        ],
      },
    ],
    until: 2.2,
    messages: 3,
  },
  {
    title: 'labels both sides miss are equal',
    route: {},
    inhibit: [{ ...rule, equal: ['zone', 'rack'] }],
    steps: [{ at: 0, post: [firing('S', critical), firing('T', warning), firing('U', { ...warning, rack: '1' })] }],
    until: 2.2,
    messages: 2,
  },
  {
    title: 'a target is told at the tick after its source resolved',
    route: {},
    inhibit: [rule],
    steps: [
      { at: 0, post: [firing('S', critical), firing('T', warning)] },
      { at: 2, post: [resolved('S', 1.9, critical)] },
    ],
    until: 4.2,
    messages: 3,
  },
  {
    title: 'a target is told at the tick after the end of its source passed',
    route: {},
    inhibit: [rule],
    steps: [{ at: 0, post: [{ ...firing('S', critical), ends: 2 }, firing('T', warning)] }],
    until: 4.2,
    messages: 3,
  },
  {
    title: 'a source that comes later stops the repeats of its target',
    route: { repeat_interval: '500ms' },
    inhibit: [rule],
    steps: [
      { at: 0, post: [firing('T', warning)] },
      { at: 2, post: [firing('S', critical)] },
    ],
    until: 3.9,
    messages: 4,
  },
  {
    title: 'a source hides some of a group',
    route: { group_by: [] },
    inhibit: [rule],
    steps: [
      { at: 0, post: [firing('S', critical), firing('T', warning), firing('U')] },
      { at: 1, post: [resolved('S', 0.9, critical)] },
    ],
    until: 3,
    messages: 2,
  },
  {
    title: 'an alert that is source and target does not hide itself, nor do two such hide each other',
    route: {},
    inhibit: [{ source: ['job=~".+"'], target: ['job=~".+"'], equal: ['zone'] }],
    steps: [{ at: 0, post: [firing('A', { job: 'a', zone: 'eu' }), firing('B', { job: 'b', zone: 'eu' })] }],
    until: 2,
    messages: 2,
  },
  {
    title: 'what is hidden still hides others',
    route: {},
    inhibit: [
      { source: ['alertname="A"'], target: ['alertname="B"'] },
      { source: ['alertname="B"'], target: ['alertname="C"'] },
    ],
    steps: [
      { at: 0, post: [firing('A'), firing('B'), firing('C')] },
      { at: 2, post: [resolved('A', 1.9)] },
    ],
    until: 4.2,
    messages: 3,
  },
  {
    title: 'a silenced source hides its targets',
    route: {},
    inhibit: [rule],
    steps: [
      { at: 0, silence: { name: 'S', matchers: ['alertname=S'], ends: 60 } },
      { at: 0.2, post: [firing('S', critical), firing('T', warning), firing('U')] },
    ],
    until: 2.5,
    messages: 1,
  },
  {
    title: 'an end beneath an inhibition is told when it is sent again after it',
    route: {},
    inhibit: [rule],
    steps: [
      { at: 0, post: [firing('T', warning)] },
      { at: 1, post: [firing('S', critical)] },
      { at: 2, post: [resolved('T', 1.9, warning)] },
      { at: 3, post: [resolved('S', 2.9, critical)] },
      { at: 4, post: [resolved('T', 1.9, warning)] },
    ],
    until: 6.2,
    // Older ones let an empty group live on for a while, and with it its ticks.
    tolerance: 0.65,
    messages: 4,
  },
  {
    title: 'two sources: the target stays hidden while one of them fires',
    route: {},
    inhibit: [rule],
    steps: [
      { at: 0, post: [{ ...firing('S1', critical), ends: 60 }] },
      { at: 0.1, post: [{ ...firing('S2', critical), ends: 60 }] },
      { at: 0.2, post: [{ ...firing('T', warning), ends: 60 }] },
      { at: 1.1, post: [resolved('S2', 1, critical)] },
    ],
    until: 4,
    messages: 3,
    differs: {
      defect: 'D6',
      since: 30,
      ours: [
        { at: 0.5, firing: ['S1'] },
        { at: 0.6, firing: ['S2'] },
        { at: 1.6, resolved: ['S2'] },
      ],
      peer: [
        [
          { at: 0.5, firing: ['S1'] },
          { at: 0.6, firing: ['S2'] },
          { at: 1.6, resolved: ['S2'] },
          { at: 1.7, firing: ['T'] },
        ],
      ],
    },
  },
  {
    title: 'a page that resolves while inhibited and fires again is told again',
    route: {},
    inhibit: [rule],
    steps: [
      { at: 0, post: [firing('T', warning)] },
      { at: 1, post: [firing('S', critical)] },
      { at: 2, post: [resolved('T', 1.9, warning)] },
      { at: 3, post: [resolved('S', 2.9, critical)] },
      { at: 4, post: [firing('T', warning)] },
    ],
    until: 6.2,
    messages: 3,
    differs: {
      defect: 'D2',
      ours: [
        { at: 0.5, firing: ['T'] },
        { at: 1.5, firing: ['S'] },
        { at: 3.5, resolved: ['S'] },
        { at: 4.5, firing: ['T'] },
      ],
      peer: [
        [
          { at: 0.5, firing: ['T'] },
          { at: 1.5, firing: ['S'] },
          { at: 3.5, resolved: ['S'] },
        ],
      ],
    },
  },
];
