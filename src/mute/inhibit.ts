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
    if (!matchesAll(rule.targetMatchers, target)) continue;
    const targetIsSource = matchesAll(rule.sourceMatchers, target);
    for (const source of sources) {
      if (!matchesAll(rule.sourceMatchers, source)) continue;
      if (targetIsSource && matchesAll(rule.targetMatchers, source)) continue;
      if (rule.equal.every((name) => source.get(name) === target.get(name))) return source;
    }
  }
  return null;
}
