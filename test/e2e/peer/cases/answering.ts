// Receivers that do not take what they are given.
import { firing, resolved, type Case } from '../case.ts';

export const answering: readonly Case[] = [
  {
    title: 'a receiver that fails and recovers gets the message once it does',
    route: {},
    answers: { page: [{ status: 500 }] },
    retries: true,
    tolerance: 1,
    steps: [{ at: 0, post: [firing('A')] }],
    until: 3,
    messages: 2,
  },
  {
    title: 'a receiver that fails twice gets the message at the third try',
    route: { group_interval: '5s' },
    answers: { page: [{ status: 503 }, { status: 502 }] },
    retries: true,
    tolerance: 1.3,
    steps: [{ at: 0, post: [firing('A')] }],
    until: 4.5,
    messages: 3,
  },
  {
    title: 'a message that was refused is tried again at the next tick',
    route: {},
    answers: { page: [{ status: 400 }, { status: 404 }] },
    steps: [{ at: 0, post: [firing('A')] }],
    until: 4,
    messages: 3,
  },
  {
    title: 'a receiver that has had too much is tried again when it asks for it',
    route: { group_interval: '3s' },
    answers: { page: [{ status: 429, headers: { 'retry-after': '1' } }] },
    steps: [{ at: 0, post: [firing('A')] }],
    until: 4.5,
    messages: 2,
    differs: {
      defect: 'D15',
      ours: [
        { at: 0.5, firing: ['A'] },
        { at: 1.6, firing: ['A'] },
      ],
      peer: [
        [
          { at: 0.5, firing: ['A'] },
          { at: 3.5, firing: ['A'] },
        ],
      ],
    },
  },
  {
    title: 'a refused end is told at the next tick',
    route: {},
    answers: { page: [{ status: 200 }, { status: 403 }] },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, post: [resolved('A', 0.9)] },
    ],
    until: 4,
    messages: 3,
  },
  {
    title: 'a refused message says at the next tick what is true then',
    route: { group_by: [] },
    answers: { page: [{ status: 400 }] },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, post: [firing('B')] },
    ],
    until: 3,
    messages: 2,
  },
  {
    title: 'an integration that is refused does not make the others repeat',
    route: {},
    receivers: { page: [{ to: 'good' }, { to: 'bad' }] },
    answers: { bad: [{ status: 400 }, { status: 400 }] },
    steps: [{ at: 0, post: [firing('A')] }],
    until: 4,
    messages: 4,
  },
  {
    title: 'a slow receiver does not move the ticks',
    route: { group_by: [] },
    answers: {
      page: [
        { status: 200, afterMs: 700 },
        { status: 202, afterMs: 400 },
      ],
    },
    steps: [
      { at: 0, post: [firing('A')] },
      { at: 1, post: [firing('B')] },
      { at: 2, post: [resolved('A', 1.9)] },
    ],
    until: 4,
    messages: 3,
  },
  {
    title: 'a redirect is followed',
    route: {},
    receivers: { page: [{ to: 'old' }], unused: [{ to: 'new' }] },
    answers: { old: [{ status: 307, headers: { location: 'new' } }] },
    steps: [{ at: 0, post: [firing('A')] }],
    until: 2,
    messages: 2,
  },
];
