// A source that answers well, and has lost what it held.
import { expect, test } from 'vitest';
import { ms, t } from '../../support/builders.ts';
import { RuleStage } from '../../support/rule-stage.ts';

const RULES = `groups:
- name: g
  interval: 1m
  eval_offset: 0s
  rules:
  - {alert: A, expr: a > 1}
  - {alert: B, expr: b > 1}
  - {alert: C, expr: c > 1, for: 10m}
  - {record: d, expr: sum(d_total)}`;

const isCensus = (query: string): boolean => query.startsWith('(clamp_max');

/** From the second minute on the rules find nothing, and of the metrics behind them there are so many. */
async function stageWhere(
  there: (minute: number) => number,
  hold: string,
  end: string,
  rules = RULES,
): Promise<RuleStage> {
  const stage = new RuleStage();
  stage.holdVanished = ms(hold);
  stage.answer = (query, at): Readonly<Record<string, number>> => {
    const minute = (at - t('0s')) / ms('1m');
    if (isCensus(query)) return { '': there(minute) };
    return minute < 2 || minute >= 20 ? { [`l{of="${query[0]}"}`]: 5 } : {};
  };
  await stage.load(rules);
  await stage.until(end);
  return stage;
}

const censuses = (stage: RuleStage): readonly string[] =>
  stage.asked.filter(({ query }) => isCensus(query)).map(({ query }) => query);
const ends = (stage: RuleStage): number => stage.said.filter(({ endsAt, now }) => endsAt <= now).length;
const markers = (stage: RuleStage): number => stage.written.filter(({ value }) => value === null).length;

test('while most is gone nothing resolves, starts anew or goes stale; then it is believed', async () => {
  const stage = await stageWhere(() => 0, '5m', '6m30s');
  expect(stage.states()).toEqual(['A firing', 'B firing', 'C pending']);
  expect([ends(stage), markers(stage)]).toEqual([0, 0]);
  expect(stage.verdicts.slice(0, 4)).toEqual(['A', 'B', 'C', 'd'].map((name) => `${name} hold: most is gone`));
  expect(censuses(stage)).toHaveLength(5);
  expect(censuses(stage)[0]).toBe(
    ['a', 'b', 'c', 'd_total'].map((name) => `(clamp_max(count(${name}), 1) or vector(0))`).join(' + '),
  );
  // What fires goes on being said meanwhile, and people can see why.
  expect(stage.said.at(-1)!.endsAt).toBeGreaterThan(t('6m30s'));
  expect(stage.evaluator.groups()[0]!.rules.map(({ past, health }) => [health, past.last!.warnings])).toEqual(
    Array(4).fill(['ok', ['nothing was found, and it is not believed yet: most is gone']]),
  );
  await stage.until('7m30s');
  expect(stage.states()).toEqual(['A resolved', 'B resolved']);
  expect(stage.verdicts.at(-1)).toBe('d believe: held for long enough');
  expect(markers(stage)).toBeGreaterThan(0);
});

test('what comes back within that time has never been away', async () => {
  const stage = new RuleStage();
  stage.holdVanished = ms('5m');
  stage.answer = (query, at): Readonly<Record<string, number>> => {
    const isAway = [2, 3, 4].includes((at - t('0s')) / ms('1m'));
    if (isCensus(query)) return { '': isAway ? 0 : 4 };
    return isAway ? {} : { 'l{job="x"}': 5 };
  };
  await stage.load(RULES);
  await stage.until('11m30s');
  expect(stage.states()).toEqual(['A firing', 'B firing', 'C firing']);
  expect(new Set(stage.said.map(({ startsAt }) => startsAt))).toEqual(new Set([t('1m'), t('11m')]));
});

test('a census in which the rest is there is believed at once, and is asked once for all', async () => {
  const stage = await stageWhere(() => 2, '5m', '2m30s');
  expect(stage.states()).toEqual(['A resolved', 'B resolved']);
  expect(censuses(stage)).toHaveLength(1);
  expect(stage.verdicts).toEqual(['A', 'B', 'C', 'd'].map((name) => `${name} believe: the rest is there`));
});

test('what was there half a second before is no witness', async () => {
  const stage = new RuleStage();
  stage.holdVanished = ms('5m');
  // The first group's one alert ends by itself, just before the source loses everything.
  const all = { 'l{job="x"}': 5 };
  stage.answer = (query, at): Readonly<Record<string, number>> => {
    if (isCensus(query)) return { '': at <= t('2m') ? 3 : 0 };
    return at < t(query.startsWith('first') ? '2m' : '2m500ms') ? all : {};
  };
  const first = RULES.slice(0, RULES.indexOf('  - ')) + '  - {alert: First, expr: first > 1}';
  await stage.load(first, RULES.replace('eval_offset: 0s', 'eval_offset: 500ms'));
  await stage.until('2m30s');
  expect(stage.verdicts[0]).toBe('First believe: the rest is there');
  expect(stage.verdicts.slice(1)).toEqual(['A', 'B', 'C', 'd'].map((name) => `${name} hold: most is gone`));
  expect(stage.states()).toEqual(['First resolved', 'A firing', 'B firing', 'C pending']);
});

test('two rules cannot tell what most do, and 0s asks nobody', async () => {
  const few = RULES.replace(/ {2}- \{alert: C.*\n.*/, '');
  const two = await stageWhere(() => 0, '5m', '2m30s', few);
  expect(two.states()).toEqual(['A resolved', 'B resolved']);
  expect(two.verdicts).toEqual(['A believe: too few to tell', 'B believe: too few to tell']);
  const never = await stageWhere(() => 0, '0s', '2m30s');
  expect(never.states()).toEqual(['A resolved', 'B resolved']);
  expect(censuses(never)).toEqual([]);
});

test('what is kept firing has been lost once, not at every slot', async () => {
  const kept = RULES.replace('expr: a > 1', 'expr: a > 1, keep_firing_for: 10m');
  const stage = await stageWhere(() => 4, '5m', '5m30s', kept);
  expect(stage.states()).toEqual(['A kept', 'B resolved']);
  expect(stage.verdicts.filter((verdict) => verdict.startsWith('A'))).toEqual(['A believe: the rest is there']);
});

test('when nobody can tell nothing is believed', async () => {
  const stage = new RuleStage();
  stage.holdVanished = ms('5m');
  stage.answer = (query, at) => (isCensus(query) ? 'down' : at < t('2m') ? { 'l{job="x"}': 5 } : {});
  await stage.load(RULES);
  await stage.until('2m30s');
  expect(stage.states()).toEqual(['A firing', 'B firing', 'C pending']);
  expect(stage.verdicts[0]).toBe('A hold: nobody can tell');
});

test('a reload of a changed group does not begin the time anew, and rules that are gone are no witnesses', async () => {
  const stage = await stageWhere(() => 0, '5m', '4m30s');
  await stage.load(RULES.replace('a > 1', 'a > 2'));
  await stage.until('7m30s');
  expect(stage.states()).toEqual(['A resolved', 'B resolved']);
  const gone = await stageWhere(() => 0, '5m', '1m30s');
  await gone.load(RULES.replace(/ {2}- \{alert: [BC].*\n/g, ''));
  await gone.until('2m30s');
  expect(gone.verdicts[0]).toBe('A believe: too few to tell');
});
