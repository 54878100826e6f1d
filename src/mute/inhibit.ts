// Inhibition: a firing source mutes its targets. Asked over the SET of sources: as long as any source of a rule
// fires with the target's `equal` values, the target is muted. Sources count whether or not they are routed,
// silenced or inhibited themselves. inhibit-index.ts answers the same question quickly.
import type { InhibitRule } from '../config/config.ts';
import { matchesAll } from '../model/matcher.ts';
import type { Labels } from '../model/labels.ts';

/**
 * The source that mutes `target`, or null. An alert that is source and target of a rule at once cannot be muted
 * by another that is both: else two such alerts would mute each other, and one would mute itself.
 */
export function inhibitorOf(rules: readonly InhibitRule[], firing: Iterable<Labels>, target: Labels): Labels | null {
  const sources = [...firing];
  for (const rule of rules) {
    const source = sources.find((candidate) => mutes(rule, candidate, target));
    if (source !== undefined) return source;
  }
  return null;
}

/** The rule by which `source`, once it is known to mute `target`, does so. */
export const ruleBetween = (rules: readonly InhibitRule[], source: Labels, target: Labels): InhibitRule | null =>
  rules.find((rule) => mutes(rule, source, target)) ?? null;

function mutes(rule: InhibitRule, source: Labels, target: Labels): boolean {
  if (!matchesAll(rule.targetMatchers, target) || !matchesAll(rule.sourceMatchers, source)) return false;
  if (matchesAll(rule.sourceMatchers, target) && matchesAll(rule.targetMatchers, source)) return false;
  return rule.equal.every((name) => source.get(name) === target.get(name));
}
