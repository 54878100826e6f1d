import { describe, expect, test } from 'vitest';
import { alertSeries, SeriesNames } from '../../../src/evaluate/alert-series.ts';
import { expandAll, ExpansionMemory, type Expansion } from '../../../src/evaluate/expand.ts';
import type { Instance } from '../../../src/evaluate/instance.ts';
import { record } from '../../../src/evaluate/recording.ts';
import { activeSince, resume } from '../../../src/evaluate/restore.ts';
import { endOf, isDue, said } from '../../../src/evaluate/sending.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import type { Sample } from '../../../src/model/sample.ts';
import type { WrittenSample } from '../../../src/ports/series-writer.ts';
import { labels, ms, t } from '../../support/builders.ts';

const sample = (pairs: Record<string, string>, value = 1): Sample => ({
  labels: labels(pairs),
  at: t('0s'),
  value,
  histogram: null,
});
const spell = (samples: readonly WrittenSample[]): string[] =>
  samples.map(({ labels: set, value }) => `${set.toString()} ${value === null ? 'stale' : JSON.stringify(value)}`);

describe('record()', () => {
  const rule = {
    name: 'job:up:sum',
    labels: [
      ['team', 'a'],
      ['zone', ''],
    ] as const,
  };
  const run = (vector: readonly Sample[], before: Parameters<typeof record>[1]['before'] = new Map(), limit = 0) =>
    record(rule, { vector, before, limit, memory: new WeakMap() }, t('0s'));

  test('it names the series, lays the labels over, and an empty one takes a label away', () => {
    const result = run([sample({ __name__: 'up', job: 'x', zone: 'z', team: 'old' }, 3)]);
    expect(result.ok && spell(result.samples)).toEqual(['{__name__="job:up:sum", job="x", team="a"} 3']);
  });

  test('what was there last time and is not now gets a stale marker', () => {
    const first = run([sample({ job: 'x' }), sample({ job: 'y' })]);
    if (!first.ok) throw new Error(first.message);
    const second = run([sample({ job: 'y' })], first.series);
    expect(second.ok && spell(second.samples)).toEqual([
      '{__name__="job:up:sum", job="y", team="a"} 1',
      '{__name__="job:up:sum", job="x", team="a"} stale',
    ]);
  });

  test.each([
    [
      'two series become one',
      [sample({ job: 'x', zone: '1' }), sample({ job: 'x', zone: '2' })],
      0,
      'vector contains metrics with the same labelset after applying rule labels',
    ],
    ['more than the limit', [sample({ job: 'x' }), sample({ job: 'y' })], 1, 'exceeded limit of 1 with 2 series'],
  ])('%s is an error, and nothing is written', (_title, vector, limit, message) => {
    expect(run(vector, new Map(), limit)).toEqual({ ok: false, message });
  });
});

describe('expandAll()', () => {
  const expansion: Expansion = {
    labels: [
      ['severity', () => ({ ok: true, text: 'page' })],
      ['instance', () => ({ ok: true, text: '' })],
    ],
    annotations: [
      ['summary', ({ value }) => ({ ok: true, text: `is ${value}` })],
      ['broken', () => ({ ok: false, message: 'no such thing' })],
    ],
  };

  test('it drops the name, lays the labels over, names the alert, and shows what a template failed of', () => {
    const result = expandAll(
      { name: 'Slow' },
      expansion,
      [sample({ __name__: 'x', instance: 'i', job: 'j' }, 7)],
      null,
    );
    if (!result.ok) throw new Error(result.message);
    const [match] = result.matches;
    expect(match!.labels.toString()).toBe('{alertname="Slow", job="j", severity="page"}');
    expect([...match!.annotations]).toEqual([
      ['broken', '<error expanding template: no such thing>'],
      ['summary', 'is 7'],
    ]);
    expect(result.templateErrors).toEqual(['no such thing']);
  });

  test('two elements with one final label set are an error that names both', () => {
    const vector = [sample({ instance: 'a', job: 'j' }), sample({ instance: 'b', job: 'j' })];
    expect(expandAll({ name: 'Slow' }, { ...expansion, annotations: [] }, vector, null)).toMatchObject({
      ok: false,
      message: expect.stringContaining('{instance="a", job="j"} and {instance="b", job="j"}') as string,
    });
  });

  test('an element that did not change is not expanded again', () => {
    let expanded = 0;
    const counting: Expansion = { labels: [], annotations: [['n', () => ({ ok: true, text: String(++expanded) })]] };
    const memory = new ExpansionMemory();
    const a = sample({ job: 'a' });
    const b = sample({ job: 'b' });
    for (const vector of [[a, b], [a, b], [a, { ...b, value: 2 }], [b], [a]])
      expandAll({ name: 'N' }, counting, vector, memory);
    expect(expanded).toBe(5);
  });
});

const seen = {
  labels: labels({ alertname: 'A', severity: 'page' }),
  annotations: Pairs.none,
  value: 1,
  peak: 1,
  activeAt: t('-5m'),
};
const pending: Instance = { kind: 'pending', ...seen };
const firing: Instance = { kind: 'firing', ...seen, firedAt: t('-2m'), lastSentAt: t('-1m') };
const resolved: Instance = {
  kind: 'resolved',
  ...seen,
  firedAt: t('-2m'),
  lastSentAt: t('-1m'),
  resolvedAt: t('-30s'),
  endValue: null,
};

test('alertSeries() writes ALERTS and ALERTS_FOR_STATE, and ends what changed its state', () => {
  const rule = {
    labels: [
      ['severity', '{{ $x }}'],
      ['gone', '{{ $y }}'],
    ] as const,
  };
  const names = new SeriesNames();
  const first = alertSeries(rule, new Map([['k', pending]]), new Map(), names, t('0s'));
  const since = Math.floor(t('-5m') / 1000);
  expect(spell(first.samples)).toEqual([
    '{__name__="ALERTS", alertname="A", alertstate="pending", gone="{{ $y }}", severity="page"} 1',
    `{__name__="ALERTS_FOR_STATE", alertname="A", gone="{{ $y }}", severity="page"} ${since}`,
  ]);
  const second = alertSeries(rule, new Map([['k', firing]]), first.series, names, t('1m'));
  expect(spell(second.samples).map((line) => line.replace(' gone="{{ $y }}", severity="page"', ''))).toEqual([
    '{__name__="ALERTS", alertname="A", alertstate="firing",} 1',
    `{__name__="ALERTS_FOR_STATE", alertname="A",} ${since}`,
    '{__name__="ALERTS", alertname="A", alertstate="pending",} stale',
  ]);
  expect(
    spell(alertSeries(rule, new Map([['k', resolved]]), second.series, names, t('2m')).samples).every((line) =>
      line.endsWith('stale'),
    ),
  ).toBe(true);
});

describe('what is said', () => {
  test.each<[string, Instance, string, boolean]>([
    ['pending never', pending, '1m', false],
    ['never said before', { ...firing, lastSentAt: null }, '1m', true],
    ['exactly the delay ago is not yet', firing, '1m', false],
    ['more than the delay ago', firing, '59s', true],
    ['resolved since it was said', resolved, '1h', true],
    ['resolved and said so', { ...resolved, lastSentAt: t('-30s') }, '1m', false],
    ['resolved, and said long ago', { ...resolved, lastSentAt: t('-30s') }, '29s', true],
  ])('isDue(): %s', (_title, instance, delay, due) => expect(isDue(instance, ms(delay), t('0s'))).toBe(due));

  test('a firing one holds for four periods, a resolved one ended when it did', () => {
    expect(endOf(firing, ms('30s'), ms('1m'), t('0s'))).toBe(t('4m'));
    expect(endOf(firing, ms('5m'), ms('1m'), t('0s'))).toBe(t('20m'));
    expect(endOf(resolved, ms('30s'), ms('1m'), t('0s'))).toBe(t('-30s'));
    expect(said(firing, t('0s'))).toMatchObject({ lastSentAt: t('0s') });
    expect(said(pending, t('0s'))).toBe(pending);
  });
});

describe('after the process was away', () => {
  test('from our own store the times move by the gap, and a firing one fires on', () => {
    expect(resume(pending, t('-10m'), t('0s')).activeAt).toBe(t('5m'));
    expect(resume(firing, t('-10m'), t('0s'))).toBe(firing);
    expect(resume({ ...firing, kind: 'kept', keptSince: t('-11m') }, t('-10m'), t('0s'))).toMatchObject({
      keptSince: t('-1m'),
    });
    expect(resume(pending, t('1m'), t('0s')).activeAt).toBe(t('-5m'));
  });

  test.each([
    ['it had been firing', '15m', '-30m', '-10m', '-30m'],
    ['little was left: the grace period is waited out', '30m', '-35m', '-10m', '-20m'],
    ['much was left: the gap does not count', '1h', '-35m', '-10m', '-25m'],
  ])('from ALERTS_FOR_STATE: %s', (_title, lasts, activeAt, lastSeenAt, since) => {
    const trace = { activeAt: t(activeAt), lastSeenAt: t(lastSeenAt) };
    expect(activeSince(trace, { for: ms(lasts) }, ms('10m'), t('0s'))).toBe(t(since));
  });
});
