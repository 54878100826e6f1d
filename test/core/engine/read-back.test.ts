// Rules that read each other beside a source that shows what was written at once, later, or never.
import { expect, test } from 'vitest';
import type { Instant } from '../../../src/model/time.ts';
import { ms, t } from '../../support/builders.ts';
import { RuleStage } from '../../support/rule-stage.ts';

const CHAIN = `groups: [{name: g, interval: 1m, eval_offset: 0s, rules: [
  {record: a, expr: x}, {record: b, expr: a + 1}, {record: c, expr: y}]}]`;

/** What was written can be read so long after it was taken. */
function stageThatShows(after: number): RuleStage {
  const stage = new RuleStage();
  stage.readAfterWrite = 'prove';
  stage.answer = (query, at): Readonly<Record<string, number>> => {
    if (!query.startsWith('count(')) return { [`{of="${query}"}`]: 1 };
    const isShown = stage.written.some((written) => written.at === at && stage.clock.now() >= written.now + after);
    return isShown ? { '': 2 } : {};
  };
  return stage;
}

/** Since their slots, in seconds. */
const askedAfter = (stage: RuleStage, query: string): readonly number[] =>
  stage.asked.filter((asked) => asked.query === query).map(({ now, at }) => (now - at) / 1000);

const looksAt = (stage: RuleStage, slot: Instant): number =>
  stage.asked.filter(({ query, at }) => query.startsWith('count(') && at === slot).length;

test('a rule that reads another waits until that one can be read; nobody looks for what nobody reads', async () => {
  const stage = stageThatShows(ms('1s'));
  await stage.load(CHAIN);
  await stage.until('3m30s');
  expect(askedAfter(stage, 'a + 1')).toEqual([1.15, 1.15, 1.15]);
  expect(askedAfter(stage, 'y')).toEqual([0, 0, 0]);
  expect(stage.sightings).toEqual(Array(3).fill('a later: seen'));
  expect(
    stage.asked.filter(({ query }) => query.startsWith('count(')).every(({ query }) => query.includes('"a"')),
  ).toBe(true);
});

test('a source that shows everything at once is asked four times, and again after ten minutes', async () => {
  const stage = stageThatShows(0);
  await stage.load(CHAIN);
  await stage.until('20m30s');
  const looks = Array.from({ length: 20 }, (_, i) => looksAt(stage, t(`${i + 1}m`)));
  expect(looks).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  expect(new Set(askedAfter(stage, 'a + 1'))).toEqual(new Set([0]));
});

test('what is never seen holds others up for a while, and then hardly ever; they are evaluated, and warned', async () => {
  const stage = stageThatShows(Infinity);
  await stage.load(CHAIN);
  await stage.until('9m30s');
  const waits = askedAfter(stage, 'a + 1').map((seconds) => seconds > 29);
  expect(waits).toEqual([true, true, true, true, true, false, false, false, true]);
  expect(Math.max(...askedAfter(stage, 'a + 1'))).toBeLessThanOrEqual(30);
  expect(stage.sightings.slice(4, 6)).toEqual(['a unseen: out of time', 'a unseen: not seen in earlier slots either']);
  expect(stage.failures).toEqual([]);
  const [a, b, c] = stage.evaluator.groups()[0]!.rules;
  expect(b!.past.last!.warnings).toEqual([
    'what a has written could not be read back (out of time): this may be of its samples of the slot before',
  ]);
  expect([a!.past.last!.warnings, c!.past.last!.warnings]).toEqual([[], []]);
});

test('a source that is trusted is not asked, nor for what was refused; of that, readers are warned', async () => {
  const trusted = stageThatShows(Infinity);
  trusted.readAfterWrite = 'trust';
  const refused = stageThatShows(Infinity);
  refused.refusesWrites = 'no';
  for (const stage of [trusted, refused]) {
    await stage.load(CHAIN);
    await stage.until('1m30s');
    expect(looksAt(stage, t('1m'))).toBe(0);
    expect(askedAfter(stage, 'a + 1')).toEqual([0]);
  }
  const warnings = [trusted, refused].map((stage) => stage.evaluator.groups()[0]!.rules[1]!.past.last!.warnings);
  expect(warnings).toEqual([[], ['what a has written was not taken: no']]);
});

test('where one of several targets has taken it, what is seen is no trouble; nobody is believed', async () => {
  const warnings = (stage: RuleStage): unknown => stage.evaluator.groups()[0]!.rules[1]!.past.last!.warnings;
  const stage = stageThatShows(0);
  stage.otherTargets = ['longterm: 1 samples are still on their way'];
  await stage.load(CHAIN);
  await stage.until('6m30s');
  expect(Array.from({ length: 6 }, (_, i) => looksAt(stage, t(`${i + 1}m`)))).toEqual(Array(6).fill(1));
  expect([warnings(stage), new Set(askedAfter(stage, 'a + 1'))]).toEqual([[], new Set([0])]);
  const trusted = stageThatShows(0);
  trusted.readAfterWrite = 'trust';
  trusted.otherTargets = stage.otherTargets;
  await trusted.load(CHAIN);
  await trusted.until('1m30s');
  expect(warnings(trusted)).toEqual(['what a has written was not taken: longterm: 1 samples are still on their way']);
});

test('a reload does not wait for what is not seen', async () => {
  const stage = stageThatShows(Infinity);
  await stage.load(CHAIN);
  await stage.until('1m5s');
  await stage.load(CHAIN.replace('a + 1', 'a + 2'));
  expect(stage.clock.now()).toBe(t('1m5s'));
  expect(askedAfter(stage, 'a + 1')).toEqual([]);
  expect(stage.sightings).toEqual([]);
});

test('an alert behind what is never seen is not kept before its series are taken', async () => {
  const stage = stageThatShows(Infinity);
  stage.writeTakes = 400;
  await stage.load(`groups: [{name: g, interval: 20s, eval_offset: 0s, rules: [
    {record: a, expr: x}, {alert: B, expr: a > 0}]}]`);
  const isKept = (): boolean => [...stage.stored.values()].some(({ instances }) => instances.length > 0);
  const isTaken = (): boolean => stage.written.some(({ labels }) => labels.get('__name__') === 'ALERTS');
  const seen: [boolean, boolean][] = [];
  for (const at of ['34s500ms', '35s20ms', '35s100ms', '36s']) {
    await stage.until(at);
    seen.push([isTaken(), isKept()]);
  }
  expect(seen).not.toContainEqual([false, true]);
  expect(seen[3]).toEqual([true, true]);
});
