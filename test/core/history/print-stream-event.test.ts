import { describe, expect, it } from 'vitest';
import { printStreamEvent } from '../../../src/history/print-stream-event.ts';
import type { StreamEvent } from '../../../src/history/stream-event.ts';
import type { Alert } from '../../../src/model/alert.ts';
import { Labels } from '../../../src/model/labels.ts';
import { Matcher } from '../../../src/model/matcher.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import { xxhash64 } from '../../../src/model/xxhash.ts';
import type { Silence } from '../../../src/mute/silence.ts';

// What Alertmanager writes is in fixtures/event-stream; this is what that recording has no case of.

const AT = Date.UTC(2026, 10, 20, 12, 0, 0, 120);
const sender = { instance: '', buildContext: '', uuidOf: () => 'a uuid' };

type Json = { readonly [key: string]: Json };

const data = (event: StreamEvent): Json =>
  (JSON.parse(printStreamEvent(event, sender).json) as { readonly data: Json }).data;

const alert: Alert = {
  ...{ labels: Labels.empty, annotations: Pairs.none, timeout: false, updatedAt: AT, generatorURL: '' },
  ...{ notify: null, reading: null, startsAt: { at: AT, text: '' }, endsAt: { at: AT + 1, text: '' } },
};

describe('`printStreamEvent()`', () => {
  it.each([
    ['2026-11-20T11:00:00Z', '2026-11-20T11:00:00Z'],
    ['2026-11-20T11:00:00.5Z', '2026-11-20T11:00:00.500Z'],
    ['2026-11-20T11:00:00.1234Z', '2026-11-20T11:00:00.123400Z'],
    ['2026-11-20T11:00:00.123456789+01:00', '2026-11-20T10:00:00.123456789Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
  ])('writes the time %s as %s', (text, expected) => {
    const { alertCreated } = data({ kind: 'alertCreated', at: AT, alert: { ...alert, startsAt: { at: 0, text } } });
    expect(alertCreated!['alert']!['startsAt']).toBe(expected);
  });

  it('leaves out what is empty', () => {
    const event: StreamEvent = { kind: 'alertCreated', at: AT, alert: { ...alert, endsAt: { at: AT, text: '' } } };
    expect(JSON.parse(printStreamEvent(event, sender).json)).toEqual({
      '@timestamp': '2026-11-20T12:00:00.120Z',
      data: {
        alertCreated: {
          alert: {
            ...{ fingerprint: '14695981039346656037', labels: {}, annotations: {}, resolved: true },
            ...{ startsAt: '1970-01-01T00:00:00Z', endsAt: '1970-01-01T00:00:00Z' },
          },
        },
      },
    });
  });

  it('names every operator, and quotes names that must be', () => {
    const silence: Silence = {
      ...{ id: 'x', startsAt: AT, endsAt: AT, updatedAt: AT, createdBy: '', comment: '', annotations: Pairs.none },
      matchers: [
        new Matcher('a b', '=', 'c"d'),
        new Matcher('e', '!~', 'f.*'),
        new Matcher('g', '!=', ''),
        new Matcher('h', '=~', 'i'),
      ],
    };
    const { silenceUpdated } = data({ kind: 'silenceUpdated', at: AT, silence });
    const matchers = [
      { type: 'TYPE_EQUAL', name: 'a b', pattern: 'c"d', rendered: '"a b"="c\\"d"' },
      { type: 'TYPE_NOT_REGEXP', name: 'e', pattern: 'f.*', rendered: 'e!~"f.*"' },
      { type: 'TYPE_NOT_EQUAL', name: 'g', rendered: 'g!=""' },
      { type: 'TYPE_REGEXP', name: 'h', pattern: 'i', rendered: 'h=~"i"' },
    ];
    expect(silenceUpdated!['silence']).toMatchObject({ matchers, matcherSets: [{ matchers }] });
  });

  it('gives no reason where upstream has none, and the interval to the millisecond', () => {
    const group = {
      outwardKey: 'k',
      labels: Labels.empty,
      route: { receiver: 'r', matchers: [], repeatInterval: 1050 },
    };
    const { notification } = data({
      ...{ kind: 'notification', at: AT, integration: { kind: 'slack', index: 2 } },
      flush: { group, count: 7, firing: [], resolved: [], muted: [Labels.empty] },
      message: {
        ...{ receiver: 'r', status: 'resolved', reason: 'fired and resolved while undeliverable', alerts: [] },
        ...{ groupLabels: Labels.empty, commonLabels: Labels.empty, commonAnnotations: Pairs.none },
        ...{ routeLabels: Pairs.none, externalURL: '', groupKey: 'k', idempotencyKey: '', at: AT },
      },
    });
    expect(notification).toEqual({
      mutedAlerts: [{ hash: '17241709254077376921' }],
      groupInfo: {
        ...{ groupKey: 'k', groupLabels: {}, receiverName: 'r', groupUuid: 'a uuid' },
        groupId: '8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a',
      },
      ...{ repeatInterval: '1.050s', flushId: '7', integration: { name: 'slack', index: '2' } },
    });
  });
});

describe('`xxhash64()`', () => {
  it.each([
    ['', 'ef46db3751d8e999'],
    ['a', 'd24ec4f1a98c6e5b'],
    ['abc', '44bc2cf5ad770999'],
    ['Nobody inspects the spammish repetition', 'fbcea83c8a378bf1'],
  ])('of "%s" is what the algorithm says', (text, expected) => {
    expect(xxhash64(Buffer.from(text)).toString(16)).toBe(expected);
  });
});
