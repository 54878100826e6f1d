// What rules remember, and when that no longer holds: restarts, set clocks, refused writes.
import { expect, test } from 'vitest';
import { AlertingRunner } from '../../../src/engine/rules/rule-runner.ts';
import { RuleStage } from '../../support/rule-stage.ts';
import { ms, t } from '../../support/builders.ts';

const group = (rules: string, more = ''): string =>
  `groups: [{name: g, interval: 1m, eval_offset: 0s${more}, rules: [${rules}]}]`;

test('a template that says when it is evaluated is expanded anew', async () => {
  const stage = new RuleStage();
  stage.answer = () => ({ 'l{job="x"}': 5 });
  await stage.load(group("{alert: Now, expr: x, annotations: {at: '{{ now }}'}}"));
  await stage.until('5m30s');
  expect(new Set(stage.said.map(({ annotations }) => annotations.get('at'))).size).toBe(stage.said.length);
});

test('after a restart a partial answer is no good answer: absences count from the second good one on', async () => {
  const stage = new RuleStage();
  stage.answer = (_query, at) => (at < t('2m') ? { 'l{job="x"}': 5 } : at === t('2m') ? { partial: {} } : {});
  await stage.load(group('{alert: Now, expr: x}'));
  await stage.until('1m30s');
  await stage.restart('1s', group('{alert: Now, expr: x}'));
  await stage.until('3m30s');
  expect(stage.states()).toEqual(['Now firing']);
});

test.each([
  ['far away is said at once, so that it is believed until then', '15m', '70m', '85m30s', '145m30s'],
  ['near is said with its first answer', '1m', '2m45s', '19m', '23m'],
])('after a restart what fires and whose first slot is %s', async (_what, interval, down, saidAt, believedUntil) => {
  const rules = `groups: [{name: g, interval: ${interval}, eval_offset: 0s, rules: [{alert: Now, expr: x}]}]`;
  const stage = new RuleStage();
  stage.answer = () => ({ 'l{job="x"}': 5 });
  await stage.load(rules);
  await stage.until('15m30s');
  stage.said.length = 0;
  await stage.restart(down, rules);
  await stage.until(saidAt);
  expect(stage.said.map(({ now, endsAt }) => [now, endsAt])).toEqual([[t(saidAt), t(believedUntil)]]);
});

test('a group that was taken away while the process was down has ended', async () => {
  const stage = new RuleStage();
  stage.answer = (_query, at) => (at < t('3m') ? { 'l{job="x"}': 5 } : {});
  await stage.load(group('{alert: Now, expr: x}'));
  await stage.until('1m30s');
  await stage.restart('1s');
  expect(stage.stored.size).toBe(0);
  await stage.until('3m30s');
  await stage.load(group('{alert: Now, expr: x}'));
  await stage.until('4m30s');
  expect(stage.states()).toEqual([]);
});

test('no more rules of a group run at once than concurrency says', async () => {
  const stage = new RuleStage();
  let running = 0;
  let most = 0;
  stage.answer = async () => {
    most = Math.max(most, ++running);
    await stage.clock.sleepUntil(stage.clock.now() + ms('1s'));
    running--;
    return {};
  };
  await stage.load(group('{record: a, expr: x}, {record: b, expr: y}, {record: c, expr: z}', ', concurrency: 1'));
  await stage.until('1m30s');
  expect(most).toBe(1);
});

test('a clock that was set back does not stop the rules, and what they remember keeps its age', async () => {
  const stage = new RuleStage();
  stage.answer = () => ({ 'l{job="x"}': 5 });
  await stage.load(group('{alert: Now, expr: x, for: 10m}'));
  await stage.until('3m30s');
  stage.evaluator.setBack(ms('1h'), stage.clock.now() - ms('1h'));
  expect(stage.evaluator.nextAt).toBe(t('4m') - ms('1h'));
  const [rule] = stage.evaluator.groups()[0]!.rules;
  if (!(rule instanceof AlertingRunner)) throw new Error('not the alerting rule');
  expect([...rule.instances.values()].map(({ activeAt }) => activeAt)).toEqual([t('1m') - ms('1h')]);
});

test('native histograms are recorded as such, and end; not those whose buckets an answer does not tell', async () => {
  const stage = new RuleStage();
  stage.answer = (_query, at) => (at === t('2m') ? {} : { 'l{job="x"}': 5 });
  const exponential = { count: 2, sum: 3, buckets: [[0, 1, 2, 2]] } as const;
  stage.histogram = exponential;
  await stage.load(group('{record: a, expr: x}'));
  await stage.until('2m30s');
  const positive = { spans: [{ offset: 1, length: 1 }], counts: [2] };
  expect(stage.written.map((sample) => sample.value)).toMatchObject([{ count: 2, sum: 3, schema: 0, positive }, null]);
  stage.histogram = { count: 1, sum: 1, buckets: [[0, 0.1, 0.25, 1]] };
  await stage.until('3m30s');
  expect(stage.failures).toEqual([
    'a: rule: the histogram {__name__="a", job="x"} has custom buckets, whose bounds an answer tells only in part: it cannot be recorded',
  ]);
});

test('a rule whose samples are refused is not well', async () => {
  const stage = new RuleStage();
  stage.answer = () => ({ 'l{job="x"}': 5 });
  stage.refusesWrites = 'out of order';
  await stage.load(group('{record: a, expr: x}'));
  await stage.until('1m30s');
  const [rule] = stage.evaluator.groups()[0]!.rules;
  expect([rule!.health, rule!.past.last?.error]).toEqual(['err', '1 samples were not taken: out of order']);
});

test("vmalert's variables have values", async () => {
  const stage = new RuleStage();
  stage.answer = () => ({ 'l{job="x"}': 5 });
  await stage.load(
    group("{alert: Now, expr: x, for: 1m, annotations: {e: '{{ $expr }} {{ $for }} {{ $interval }} {{ $type }}'}}"),
  );
  await stage.until('2m30s');
  expect(stage.said[0]!.annotations.get('e')).toBe('x 1m0s 1m0s prometheus');
});
