// What people and calendars keep quiet.
import { firing, resolved, type Case } from '../case.ts';

/** The day of the month in a place, now. In these two it never is the same one. */
const dayIn = (zone: string): string =>
  new Intl.DateTimeFormat('en', { timeZone: zone, day: 'numeric' }).format(Date.now());
const EAST = 'Pacific/Kiritimati';
const WEST = 'Pacific/Pago_Pago';

const always = [{}];
const never = [{ years: ['1999'] }];

export const muting: readonly Case[] = [
  {
    title: 'a silence that was there before keeps an alert quiet',
    route: {},
    steps: [
      { at: 0, silence: { name: 'A', matchers: ['alertname=A'], ends: 60 } },
      { at: 0.3, post: [firing('A'), firing('B')] },
    ],
    until: 3,
    messages: 1,
  },
  {
    title: 'an alert whose silence ends is told at the next tick',
    route: {},
    steps: [
      { at: 0, silence: { name: 'A', matchers: ['alertname=A'], ends: 2 } },
      { at: 0.1, post: [firing('A')] },
    ],
    until: 4,
    messages: 1,
  },
  {
    title: 'an alert whose silence is expired by hand is told at the next tick',
    route: {},
    steps: [
      { at: 0, silence: { name: 'A', matchers: ['alertname=A'], ends: 60 } },
      { at: 0.1, post: [firing('A')] },
      { at: 2.1, expire: 'A' },
    ],
    until: 4,
    messages: 1,
  },
  {
    title: 'a silence after the first message stops the repeats until it ends',
    route: { repeat_interval: '1850ms' },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, silence: { name: 'A', matchers: ['alertname=A'], ends: 3 } },
    ],
    until: 4.2,
    messages: 2,
  },
  {
    title: 'a silence that ends tells nothing that was told before it began',
    route: {},
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, silence: { name: 'A', matchers: ['alertname=A'], ends: 2 } },
    ],
    until: 4.2,
    messages: 1,
  },
  {
    title: 'a silence that waits for its start hides nothing before',
    route: { repeat_interval: '500ms' },
    steps: [
      { at: 0, silence: { name: 'A', matchers: ['alertname=A'], starts: 2, ends: 60 } },
      { at: 0.1, post: [firing('A')] },
    ],
    until: 4.2,
    messages: 2,
  },
  {
    title: 'a silence that is shortened ends when it is told to',
    route: {},
    steps: [
      { at: 0, silence: { name: 'A', matchers: ['alertname=A'], ends: 60 } },
      { at: 0.1, post: [firing('A')] },
      { at: 1, silence: { name: 'A', matchers: ['alertname=A'], ends: 2 } },
    ],
    until: 4,
    messages: 1,
  },
  {
    title: 'a silence that is prolonged goes on',
    route: {},
    steps: [
      { at: 0, silence: { name: 'A', matchers: ['alertname=A'], ends: 2 } },
      { at: 0.1, post: [firing('A')] },
      { at: 1, silence: { name: 'A', matchers: ['alertname=A'], ends: 60 } },
    ],
    until: 4,
    messages: 0,
  },
  {
    title: 'a silence whose matchers are changed lets go of what it hid',
    route: {},
    steps: [
      { at: 0, silence: { name: 'A', matchers: ['alertname=A'], ends: 60 } },
      { at: 0.1, post: [firing('A'), firing('B')] },
      { at: 1.1, silence: { name: 'A', matchers: ['alertname=B'], ends: 60 } },
      { at: 2.1, post: [resolved('B', 2)] },
    ],
    until: 4,
    messages: 2,
  },
  {
    title: 'silences match by pattern, by what is not, and by what is missing',
    route: {},
    steps: [
      { at: 0, silence: { name: '1', matchers: ['alertname=~A|B.*'], ends: 60 } },
      { at: 0, silence: { name: '2', matchers: ['alertname=C', 'zone!=eu'], ends: 60 } },
      { at: 0, silence: { name: '3', matchers: ['alertname=D', 'zone!~e.*'], ends: 60 } },
      {
        at: 0.3,
        post: [
          firing('A'),
          firing('BB'),
          firing('AB'),
          firing('C', { zone: 'eu' }),
          firing('C'),
          firing('D', { zone: 'us' }),
          firing('D', { zone: 'eu' }),
        ],
      },
    ],
    until: 2.2,
    messages: 3,
  },
  {
    title: 'a silence hides some of a group, and what it hid is new when it ends',
    route: { group_by: [] },
    steps: [
      { at: 0, silence: { name: 'A', matchers: ['alertname=A'], ends: 2 } },
      { at: 0.1, post: [firing('A'), firing('B')] },
    ],
    until: 4,
    messages: 2,
  },
  {
    title: 'an end beneath a silence is not told, nor is it when the silence ends',
    route: {},
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, silence: { name: 'A', matchers: ['alertname=A'], ends: 3 } },
      { at: 2, post: [resolved('A', 1.9)] },
    ],
    until: 5,
    messages: 1,
  },
  {
    title: 'an end beneath a silence is told when it is sent again after it',
    route: {},
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, silence: { name: 'A', matchers: ['alertname=A'], ends: 4 } },
      { at: 2, post: [resolved('A', 1.9)] },
      { at: 3, post: [resolved('A', 1.9)] },
      { at: 5, post: [resolved('A', 1.9)] },
      { at: 6, post: [resolved('A', 1.9)] },
    ],
    until: 8,
    // Older ones let an empty group live on for a while, and with it its ticks.
    tolerance: 0.65,
    messages: 2,
  },
  {
    title: 'a page that resolves while silenced and fires again is told again',
    route: {},
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, silence: { name: 'A', matchers: ['alertname=A'], ends: 3 } },
      { at: 2, post: [resolved('A', 1.9)] },
      { at: 4, post: [firing('A')] },
    ],
    until: 6,
    messages: 1,
    differs: {
      defect: 'D2',
      ours: [
        { at: 0.5, firing: ['A'] },
        { at: 4.5, firing: ['A'] },
      ],
      peer: [[{ at: 0.5, firing: ['A'] }]],
    },
  },
  {
    title: 'of a silenced group the silenced end is not told with the rest',
    route: { group_by: [] },
    steps: [
      { at: 0, post: [firing('A'), firing('B')] },
      { at: 1, silence: { name: 'A', matchers: ['alertname=A'], ends: 60 } },
      { at: 2, post: [resolved('A', 1.9)] },
      { at: 3, post: [resolved('B', 2.9)] },
    ],
    until: 5,
    messages: 2,
  },
  {
    title: 'a route is quiet in its mute time, and the rest of the time it is not',
    route: {
      routes: [
        { matchers: ['team="always"'], mute_time_intervals: ['always'] },
        { matchers: ['team="never"'], mute_time_intervals: ['never'] },
        { matchers: ['team="both"'], mute_time_intervals: ['never', 'always'] },
      ],
    },
    intervals: { always, never },
    steps: [{ at: 0, post: ['always', 'never', 'both'].map((team) => firing('A', { team })) }],
    until: 2.2,
    messages: 1,
  },
  {
    title: 'a route speaks in its active time only, and not when it is muted besides',
    route: {
      routes: [
        { matchers: ['team="always"'], active_time_intervals: ['always'] },
        { matchers: ['team="never"'], active_time_intervals: ['never'] },
        { matchers: ['team="both"'], active_time_intervals: ['never', 'always'] },
        { matchers: ['team="muted"'], active_time_intervals: ['always'], mute_time_intervals: ['always'] },
      ],
    },
    intervals: { always, never },
    steps: [{ at: 0, post: ['always', 'never', 'both', 'muted'].map((team) => firing('A', { team })) }],
    until: 2.2,
    messages: 2,
  },
  {
    title: 'children do not inherit the mute times of their parent',
    route: {
      routes: [
        {
          matchers: ['team="x"'],
          mute_time_intervals: ['always'],
          routes: [{ matchers: ['zone="eu"'] }],
        },
      ],
    },
    intervals: { always },
    steps: [{ at: 0, post: [firing('A', { team: 'x', zone: 'eu' }), firing('A', { team: 'x' })] }],
    until: 2.2,
    messages: 1,
  },
  {
    title: 'a time interval is of its place',
    route: {
      routes: [
        { matchers: ['team="east"'], active_time_intervals: ['east'] },
        { matchers: ['team="west"'], active_time_intervals: ['west'] },
      ],
    },
    intervals: {
      east: [{ days_of_month: [dayIn(EAST)], location: EAST }],
      west: [{ days_of_month: [dayIn(EAST)], location: WEST }],
    },
    steps: [{ at: 0, post: ['east', 'west'].map((team) => firing('A', { team })) }],
    until: 2.2,
    messages: 1,
  },
  {
    title: 'an end within a mute time is not told',
    route: {
      routes: [
        { matchers: ['team="x"'], mute_time_intervals: ['always'] },
        { matchers: ['team="y"'], active_time_intervals: ['never'] },
      ],
    },
    intervals: { always, never },
    steps: [
      { at: 0, post: [firing('A', { team: 'x' }), firing('A', { team: 'y' })] },
      { at: 1, post: [resolved('A', 0.9, { team: 'x' }), resolved('A', 0.9, { team: 'y' })] },
    ],
    until: 3,
    messages: 0,
  },
];
