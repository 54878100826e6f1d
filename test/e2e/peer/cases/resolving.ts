// How an end is told, and what follows when it was not the end.
import { firing, resolved, type Case } from '../case.ts';

const together = { group_by: [] as const };

export const resolving: readonly Case[] = [
  {
    title: 'an alert whose end is sent is told as resolved at the next tick',
    route: {},
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, post: [resolved('A', 0.9)] },
    ],
    until: 3.5,
    messages: 2,
  },
  {
    title: 'an alert whose end passes is told as resolved',
    route: {},
    steps: [{ at: 0, post: [{ ...firing('A'), ends: 2 }] }],
    until: 4,
    messages: 2,
  },
  {
    title: 'an alert that is sent again with a later end goes on',
    route: {},
    steps: [
      { at: 0, post: [{ ...firing('A'), ends: 2 }] },
      { at: 1, post: [{ ...firing('A'), ends: 3 }] },
    ],
    until: 5,
    messages: 2,
  },
  {
    title: 'an alert that is sent again with an earlier end keeps the later one',
    route: {},
    steps: [
      { at: 0, post: [{ ...firing('A'), starts: 0, ends: 3 }] },
      { at: 1, post: [{ ...firing('A'), starts: 0, ends: 2 }] },
    ],
    until: 5,
    messages: 2,
  },
  {
    title: 'an end that was only guessed gives way to an earlier one',
    route: {},
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, post: [{ ...firing('A'), ends: 2 }] },
    ],
    until: 4,
    messages: 2,
  },
  {
    title: 'of two alerts one resolves, then the other',
    route: together,
    steps: [
      { at: 0, post: [firing('A'), firing('B')] },
      { at: 1, post: [resolved('A', 0.9)] },
      { at: 2, post: [resolved('B', 1.9)] },
    ],
    until: 4.5,
    messages: 3,
  },
  {
    title: 'two alerts resolve together',
    route: together,
    steps: [
      { at: 0, post: [firing('A'), firing('B')] },
      { at: 1, post: [resolved('A', 0.9), resolved('B', 0.95)] },
    ],
    until: 3.5,
    messages: 2,
  },
  {
    title: 'an alert that resolves within group_wait is never told',
    route: { group_wait: '1s' },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 0.5, post: [resolved('A', 0.4)] },
    ],
    until: 3,
    messages: 0,
  },
  {
    title: 'an alert that resolved within group_wait is told along with one that fires',
    route: { ...together, group_wait: '1s' },
    steps: [
      { at: 0, post: [firing('A'), firing('B')] },
      { at: 0.5, post: [resolved('A', 0.4)] },
    ],
    until: 3,
    messages: 1,
  },
  {
    title: 'the end of an alert nobody knew is not told',
    route: {},
    steps: [{ at: 0, post: [{ ...resolved('A', -1), starts: -10 }] }],
    until: 2.5,
    messages: 0,
  },
  {
    title: 'the end of an alert nobody knew is told along with what fires',
    route: together,
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, post: [{ ...resolved('B', 0.5), starts: -10 }] },
    ],
    until: 3,
    messages: 2,
  },
  {
    title: 'an end and a new start between two ticks are no news',
    route: {},
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 0.8, post: [resolved('A', 0.7)] },
      { at: 1.1, post: [firing('A')] },
    ],
    until: 3.5,
    messages: 1,
  },
  {
    title: 'an alert that fires again after its end was told opens its group anew',
    route: {},
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, post: [resolved('A', 0.9)] },
      { at: 2, post: [firing('A')] },
    ],
    until: 4.2,
    messages: 3,
  },
  {
    title: 'an alert that fires again beside another is told again',
    route: together,
    steps: [
      { at: 0, post: [firing('A'), firing('B')] },
      { at: 1, post: [resolved('A', 0.9)] },
      { at: 2, post: [firing('A')] },
    ],
    until: 4.2,
    messages: 3,
  },
  {
    title: 'a message of the last end and a new alert in one tick',
    route: together,
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, post: [resolved('A', 0.9), firing('B')] },
      { at: 2, post: [resolved('B', 1.9)] },
    ],
    until: 4.2,
    messages: 3,
  },
  {
    title: 'an end in the future ends the alert then, also when it was sent as an end',
    route: {},
    steps: [
      { at: 0, post: [{ ...firing('A'), ends: 60 }] },
      { at: 1, post: [{ ...firing('A'), starts: -0.5, ends: 0.9 }] },
      { at: 2, post: [{ ...firing('A'), starts: -0.5, ends: 0.9 }] },
    ],
    until: 4,
    messages: 2,
  },
  {
    title: 'without send_resolved an end is not told, and a new start is',
    route: {},
    receivers: { page: [{ send_resolved: false }] },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, post: [resolved('A', 0.9)] },
      { at: 2, post: [firing('A')] },
    ],
    until: 4,
    messages: 2,
  },
  {
    title: 'without send_resolved messages leave out what has resolved',
    route: together,
    receivers: { page: [{ send_resolved: false }] },
    steps: [
      { at: 0, post: [firing('A'), firing('B')] },
      { at: 1, post: [resolved('A', 0.9), firing('C')] },
    ],
    until: 3,
    messages: 2,
  },
  {
    title: 'without send_resolved an alert that fires again beside another is told again',
    route: together,
    receivers: { page: [{ send_resolved: false }] },
    steps: [
      { at: 0, post: [firing('A'), firing('B')] },
      { at: 1, post: [resolved('A', 0.9)] },
      { at: 2, post: [firing('A')] },
    ],
    until: 5,
    messages: 1,
    differs: {
      defect: 'D3',
      ours: [
        { at: 0.5, firing: ['A', 'B'] },
        { at: 2.5, firing: ['A', 'B'] },
      ],
      peer: [[{ at: 0.5, firing: ['A', 'B'] }]],
    },
  },
];
