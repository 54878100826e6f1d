// What ALERTS_FOR_STATE remembers of alerts that our own store has never heard of: the store is new, or the rule ran
// in another server before. Asked once per rule, after its first answer: only for instances that are pending now.
//
// Three questions over the HTTP API, because range answers leave stale markers out: since when each alert was
// active, when its series was last alive, and whether it had ended by then.
import { activeSince } from '../../evaluate/restore.ts';
import type { Instance, Instances } from '../../evaluate/instance.ts';
import { Labels } from '../../model/labels.ts';
import type { Vector } from '../../model/sample.ts';
import type { Instant } from '../../model/time.ts';
import type { AlertingRule } from '../../rules/rule.ts';
import { askBeside, oneQuestion, type AskContext } from './ask-beside.ts';

export interface TraceContext extends AskContext {
  readonly rule: AlertingRule;
}

/** The same instances, pending ones since when they were first seen anywhere. */
export async function traced(instances: Instances, context: TraceContext): Promise<Instances> {
  const { rule, world, slot: now } = context;
  // --rules.alert.for-grace-period: a shorter `for` is not restored.
  const { grace } = world.trace;
  if (rule.for < grace || ![...instances.values()].some(({ kind }) => kind === 'pending')) return instances;
  const traces = await lookUp({ ...context, until: oneQuestion(context) }, now);
  if (traces.size === 0) return instances;
  const found = new Map<string, Instance>();
  for (const [key, instance] of instances) {
    const trace = instance.kind === 'pending' ? traces.get(key) : undefined;
    found.set(key, trace === undefined ? instance : { ...instance, activeAt: activeSince(trace, rule, grace, now) });
  }
  return found;
}

interface Trace {
  readonly activeAt: Instant;
  readonly lastSeenAt: Instant;
}

async function lookUp(context: TraceContext, now: Instant): Promise<ReadonlyMap<string, Trace>> {
  const { rule, group, world } = context;
  // --rules.alert.for-outage-tolerance: what is older is not looked for.
  const { tolerance } = world.trace;
  const series = `ALERTS_FOR_STATE{alertname=${JSON.stringify(rule.name)}}`;
  const within = `${Math.round(tolerance / 1000)}s`;
  const step = `${Math.max(1, Math.round(group.interval / 1000))}s`;
  const [since, seen] = await Promise.all([
    ask(context, `last_over_time(${series}[${within}])`, now),
    ask(context, `max_over_time(timestamp(${series})[${within}:${step}])`, now),
  ]);
  const traces = new Map<string, Trace>();
  for (const [key, lastSeen] of seen) {
    const active = since.get(key);
    if (active === undefined) continue;
    traces.set(key, { activeAt: active * 1000, lastSeenAt: lastSeen * 1000 });
  }
  await dropEnded(traces, context, series);
  return traces;
}

/** A series that a marker ended is not there one interval after its last sample; one that was cut off still is. */
async function dropEnded(traces: Map<string, Trace>, context: TraceContext, series: string): Promise<void> {
  const instants = new Set([...traces.values()].map(({ lastSeenAt }) => lastSeenAt));
  for (const lastSeenAt of instants) {
    const alive = await ask(context, series, lastSeenAt + context.group.interval);
    for (const [key, trace] of traces) if (trace.lastSeenAt === lastSeenAt && !alive.has(key)) traces.delete(key);
  }
}

/** Values by the labels the alert has. A source that cannot say remembers nothing. */
async function ask(context: TraceContext, query: string, at: Instant): Promise<ReadonlyMap<string, number>> {
  const answer = await askBeside(context, query, at);
  const vector: Vector = answer.kind === 'vector' ? answer.vector : [];
  return new Map(vector.map(({ labels, value }) => [withoutName(labels).key, value]));
}

const withoutName = (labels: Labels): Labels => Labels.of([...labels].filter(([name]) => name !== '__name__'));
