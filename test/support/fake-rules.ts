// Rule groups as the engine shows them, made of rule files and a few words about how they went.
import { readFileSync } from 'node:fs';
import type { Evaluation, RuleGroupView, RuleView } from '../../src/engine/contract.ts';
import type { Instance } from '../../src/evaluate/instance.ts';
import { Labels } from '../../src/model/labels.ts';
import { Pairs } from '../../src/model/pairs.ts';
import { PastEvaluation } from '../../src/engine/rules/past.ts';
import { compileRuleFile } from '../../src/rules/compile.ts';
import type { Rule, RuleGroup } from '../../src/rules/rule.ts';

export const NOON = Date.UTC(2026, 10, 20, 12);

/** `test/fixtures/api/<file>`, called so; throws when anything is wrong with it. */
export const groupsOf = (file: string): readonly RuleGroup[] =>
  compiled(file, readFileSync(new URL(`../fixtures/api/${file}`, import.meta.url), 'utf8'));

export function compiled(file: string, text: string): readonly RuleGroup[] {
  const { groups, problems } = compileRuleFile(
    { file, text },
    {
      evaluationInterval: 60_000,
      ruleQueryOffset: 0,
      nameScheme: 'utf8',
      target: 'belfry',
      lint: 'none',
    },
  );
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  return groups;
}

/** Of the kind that the engine makes: its curl line is made when it is asked for. */
export const evaluation = (changes: Partial<Omit<Evaluation, 'curl'>> = {}): Evaluation =>
  new PastEvaluation(
    {
      ...{ slot: NOON, startedAt: NOON + 5, seconds: 0.25, samples: 1, seriesFetched: 3, error: '', warnings: [] },
      ...changes,
    },
    {
      name: 'prometheus',
      ask: () => Promise.reject(new Error('what is over is not asked again')),
      curl: ({ query }) => `curl -sSg --data-urlencode query=${query} http://prometheus.example/api/v1/query`,
    },
    { query: 'up', at: NOON, params: [], headers: [] },
  );

export type HowItWent = Partial<Omit<RuleView, 'rule'>>;

/** By the names of rules; what is not named was never evaluated. */
export function viewOf(
  group: RuleGroup,
  went: (rule: Rule) => HowItWent = () => ({}),
  changes: Partial<RuleGroupView> = {},
): RuleGroupView {
  const rules = group.rules.map((rule): RuleView => {
    const how = went(rule);
    const past = how.past ?? [];
    const [last] = past;
    const health = last === undefined ? 'unknown' : last.error === '' ? 'ok' : 'err';
    return { rule, health, instances: [], past, ...how };
  });
  return { group, evaluatedAt: null, seconds: 0, outdatedBy: '', rules, ...changes };
}

interface Common {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly value?: number;
  readonly activeAt?: number;
}

export function instance(kind: Instance['kind'], common: Common): Instance {
  const activeAt = common.activeAt ?? NOON - 600_000;
  const base = {
    labels: Labels.of(Object.entries(common.labels)),
    annotations: Pairs.from(Object.entries(common.annotations ?? {})),
    value: common.value ?? 1,
    peak: common.value ?? 1,
    activeAt,
  };
  const fired = { ...base, firedAt: activeAt + 60_000, lastSentAt: null };
  switch (kind) {
    case 'pending':
      return { kind, ...base };
    case 'firing':
      return { kind, ...fired };
    case 'kept':
      return { kind, ...fired, keptSince: activeAt + 120_000 };
    case 'resolved':
      return { kind, ...fired, resolvedAt: activeAt + 180_000, endValue: null };
  }
}
