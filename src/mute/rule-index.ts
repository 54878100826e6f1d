// Which rules could match a label set, without trying them all: a rule with an equality matcher is looked at only
// for alerts that have exactly that label value. Trying 1,000 rules costs 0.18 ms per alert, looking up 10 labels
// about a microsecond. Rules without a usable matcher are always candidates.
import { matchesAll, type Matcher } from '../model/matcher.ts';
import type { Labels } from '../model/labels.ts';

export class RuleIndex<Rule> {
  readonly #byPair = new Map<string, Map<string, Rule[]>>();
  readonly #always: Rule[] = [];
  readonly #matchersOf: (rule: Rule) => readonly Matcher[];

  constructor(matchersOf: (rule: Rule) => readonly Matcher[], rules: Iterable<Rule> = []) {
    this.#matchersOf = matchersOf;
    for (const rule of rules) this.add(rule);
  }

  add(rule: Rule): void {
    this.#bucket(rule).push(rule);
  }

  remove(rule: Rule): void {
    const bucket = this.#bucket(rule);
    const at = bucket.indexOf(rule);
    if (at >= 0) bucket.splice(at, 1);
    const key = this.#keyOf(rule);
    if (bucket.length > 0 || key === undefined) return;
    // Silences come with ever new values.
    const byValue = this.#byPair.get(key.name)!;
    byValue.delete(key.value);
    if (byValue.size === 0) this.#byPair.delete(key.name);
  }

  /** Every rule whose matchers all match, in no particular order. */
  *matching(labels: Labels): IterableIterator<Rule> {
    for (const rule of this.#always) if (matchesAll(this.#matchersOf(rule), labels)) yield rule;
    if (this.#byPair.size === 0) return;
    const { flat } = labels;
    for (let i = 0; i < flat.length; i += 2) {
      const rules = this.#byPair.get(flat[i]!)?.get(flat[i + 1]!);
      if (rules === undefined) continue;
      for (const rule of rules) if (matchesAll(this.#matchersOf(rule), labels)) yield rule;
    }
  }

  #keyOf(rule: Rule): Matcher | undefined {
    return this.#matchersOf(rule).find((matcher) => matcher.op === '=' && matcher.value !== '');
  }

  #bucket(rule: Rule): Rule[] {
    const key = this.#keyOf(rule);
    if (key === undefined) return this.#always;
    const byValue = this.#byPair.getOrInsertComputed(key.name, () => new Map<string, Rule[]>());
    return byValue.getOrInsertComputed(key.value, () => []);
  }
}
