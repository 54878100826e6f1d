// What evaluating rules has counted so far, by group and by rule, for as long as they are loaded. Both name sets of
// /metrics read from here, so that they cannot disagree.
import type { DurationMs, Instant } from '../model/time.ts';
import type { AnswerFailure } from '../ports/data-source.ts';
import type { Rule, RuleGroup } from '../rules/rule.ts';
import { BucketCounts } from './bucket-counts.ts';
import { RecentQuantiles } from './recent-quantiles.ts';

/** Twice that is how far quantiles look back: ten minutes, as upstream's. */
const GENERATION_MS: DurationMs = 5 * 60_000;
const SECONDS = [0.01, 0.1, 1, 10];

/** Why an evaluation fails. Others than these count as the last. */
const RULE_FAILURES: readonly (AnswerFailure | 'partial answer' | 'limit' | 'rule' | 'other')[] = [
  ...(['bad query', 'unavailable', 'timeout', 'too large', 'not an answer', 'unauthorised'] as const),
  ...(['partial answer', 'limit', 'rule', 'other'] as const),
];

export class GroupCounts {
  /** Slots, missed ones among them. */
  slots = 0;
  missed = 0;
  iterations = 0;
  evaluations = 0;
  failures = 0;
  lastSamples = 0;
  readonly seconds = new RecentQuantiles(GENERATION_MS);
  readonly errorsOfRules = new Map<string, number>();
}

export class RuleCounts {
  evaluations = 0;
  failures = 0;
  fired = 0;
  expansions = 0;
  expansionFailures = 0;
  readonly failuresBy = new Map<string, number>(RULE_FAILURES.map((reason) => [reason, 0]));
  readonly ruleSeconds = new RecentQuantiles(GENERATION_MS);
  readonly ruleSecondsBuckets = new BucketCounts(SECONDS);
  readonly groupSeconds = new RecentQuantiles(GENERATION_MS);
  readonly groupSecondsBuckets = new BucketCounts(SECONDS);
  readonly #groups = new Map<string, GroupCounts>();

  of({ id }: RuleGroup): GroupCounts {
    return this.#groups.getOrInsertComputed(id, () => new GroupCounts());
  }

  ruleDone(group: RuleGroup, seconds: number, now: Instant): void {
    this.evaluations++;
    this.of(group).evaluations++;
    this.ruleSeconds.observe(seconds, now);
    this.ruleSecondsBuckets.observe(seconds);
  }

  ruleFailed(group: RuleGroup, rule: Rule, reason: string): void {
    const counts = this.of(group);
    this.failures++;
    counts.failures++;
    counts.errorsOfRules.set(rule.id, (counts.errorsOfRules.get(rule.id) ?? 0) + 1);
    const known = this.failuresBy.has(reason) ? reason : 'other';
    this.failuresBy.set(known, this.failuresBy.get(known)! + 1);
  }

  groupDone(group: RuleGroup, seconds: number, samples: number, now: Instant): void {
    const counts = this.of(group);
    counts.slots++;
    counts.iterations++;
    counts.lastSamples = samples;
    counts.seconds.observe(seconds, now);
    this.groupSeconds.observe(seconds, now);
    this.groupSecondsBuckets.observe(seconds);
  }

  /** Groups and rules that are loaded no more are forgotten: one that comes back begins at 0. */
  keepOnly(groups: readonly RuleGroup[]): void {
    const loaded = new Map(groups.map((group) => [group.id, group]));
    for (const [id, { errorsOfRules }] of this.#groups) {
      const group = loaded.get(id);
      if (group === undefined) this.#groups.delete(id);
      else if (errorsOfRules.size > 0) {
        const rules = new Set(group.rules.map((rule) => rule.id));
        for (const rule of errorsOfRules.keys()) if (!rules.has(rule)) errorsOfRules.delete(rule);
      }
    }
  }
}
