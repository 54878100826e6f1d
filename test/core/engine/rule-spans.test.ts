import { expect, test } from 'vitest';
import { ms } from '../../support/builders.ts';
import type { ReadSpan } from '../../support/otlp-read.ts';
import { RuleStage } from '../../support/rule-stage.ts';
import { TraceScene, treeOf } from '../../support/trace-scene.ts';

const RULES = `groups:
- {name: g, interval: 1m, eval_offset: 0s, rules: [{record: a, expr: up}, {alert: B, expr: down}]}`;

const line = ({ name, attributes, status }: ReadSpan): string =>
  [
    name,
    ...('name' in attributes ? [String(attributes['name'])] : []),
    ...(status.code === 2 ? [`failed: ${status.message}`] : []),
  ].join(', ');

interface Told {
  readonly spans: readonly ReadSpan[];
  readonly traces: readonly string[];
}

async function traced(prepare: (stage: RuleStage) => void): Promise<Told> {
  const stage = new RuleStage();
  const scene = new TraceScene(stage.clock);
  stage.tracer = scene.tracing;
  prepare(stage);
  await stage.load(RULES);
  await stage.until('1m30s');
  expect(stage.defects).toEqual([]);
  return { spans: await scene.spans(), traces: stage.traces };
}

test('an evaluation is a trace: its group, its rules, what each asks and writes', async () => {
  const { spans, traces } = await traced(
    (stage) => (stage.answer = (query) => (query === 'up' ? { 'up{job="x"}': 1 } : {})),
  );
  expect(treeOf(spans, line)).toEqual([
    'rules.Group.evaluate',
    '  rule, a',
    '    rules.query',
    '    rules.write',
    '  rule, B',
    '    rules.query',
  ]);
  // What is sent for it belongs to the question.
  expect(traces).toEqual(spans.filter(({ name }) => name === 'rules.query').map(({ spanId }) => spanId));
  const [group] = spans.filter(({ parentId }) => parentId === '');
  expect(group!.attributes).toEqual({ 'belfry.rule_group.name': 'g', 'belfry.rule_group.file': 'rules-0.yml' });
  expect(spans.find(({ name }) => name === 'rules.query')!.attributes).toEqual({
    ...{ 'belfry.data_source': 'fake', 'db.query.text': 'up', 'belfry.attempts': 1 },
    ...{ 'belfry.samples': 1, 'belfry.answer.partial': false },
  });
});

test('a question that fails fails its rule', async () => {
  const { spans } = await traced((stage) => (stage.answer = () => 'the source is away'));
  expect(treeOf(spans, line)).toEqual([
    'rules.Group.evaluate',
    '  rule, a, failed: the source is away',
    '    rules.query, failed: the source is away',
    '  rule, B, failed: the source is away',
    '    rules.query, failed: the source is away',
  ]);
});

test('a write takes as long as it takes to be acknowledged, and says what was refused', async () => {
  const { spans } = await traced((stage) => {
    stage.answer = () => ({ 'up{job="x"}': 1 });
    stage.writeTakes = ms('2s');
    stage.refusesWrites = 'too old';
  });
  const writes = spans.filter(({ name }) => name === 'rules.write');
  expect(writes.map((span) => [span.end - span.start, span.attributes, span.status.message])).toEqual([
    [2_000_000_000n, { 'belfry.samples': 1, 'belfry.samples.rejected': 1 }, 'too old'],
    [2_000_000_000n, { 'belfry.samples': 2, 'belfry.samples.rejected': 2 }, 'too old'],
  ]);
});
