// Which rules found something when they last looked, and what to make of it when one of them finds nothing any more.
// The judgement is in evaluate/vanish.ts; here the witnesses are kept and asked about.
import { censusQuery, judge, knownVerdict, witnesses, type Census, type Verdict } from '../../evaluate/vanish.ts';
import type { Instant } from '../../model/time.ts';
import type { Rule, RuleGroup } from '../../rules/rule.ts';
import { askBeside } from './ask-beside.ts';
import type { RuleWorld } from './world.ts';

/** Of all rules that ask one source in one way. */
interface Witnesses {
  /** By rule, what its answer proves to be there. */
  readonly selectors: Map<Presence, string>;
  /** Of the instant that was last asked about: rules lose their answers together, and one question is enough for all. */
  asked: { readonly at: Instant; readonly verdict: Promise<Verdict> } | null;
}

/** Of one source and one way of asking it. It outlives reloads. */
export type WitnessBook = Map<string, Witnesses>;

/** Of one rule. */
export class Presence {
  readonly #group: RuleGroup;
  readonly #world: RuleWorld;
  readonly #rule: Rule;
  readonly #witnesses: Witnesses;
  #heldSince: Instant | null = null;

  constructor(group: RuleGroup, rule: Rule, world: RuleWorld) {
    this.#group = group;
    this.#rule = rule;
    this.#world = world;
    const key = JSON.stringify([group.datasource, group.params, group.headers]);
    this.#witnesses = world.witnesses.getOrInsertComputed(key, () => ({ selectors: new Map(), asked: null }));
  }

  /** What it found is there. */
  found(): void {
    this.#heldSince = null;
    const { selectors } = this.#witnesses;
    if (selectors.has(this)) return;
    const { needs } = this.#rule;
    if (needs !== null) selectors.set(this, needs);
  }

  /** The rule is gone, or what it found is over. */
  forget(): void {
    this.#heldSince = null;
    this.#witnesses.selectors.delete(this);
  }

  /** The same rule before a reload. */
  inherit(before: Presence): void {
    this.#heldSince = before.#heldSince;
    before.forget();
  }

  /** It finds nothing any more. */
  async lost(slot: Instant, signal: AbortSignal): Promise<Verdict> {
    const { holdVanished } = this.#world.source(this.#group.datasource);
    const verdict = knownVerdict(holdVanished, this.#heldSince, slot) ?? (await this.#together(slot, signal));
    if (verdict.kind === 'hold') this.#heldSince ??= slot;
    else this.forget();
    return verdict;
  }

  #together(slot: Instant, signal: AbortSignal): Promise<Verdict> {
    const at = slot - this.#group.queryOffset;
    const { asked } = this.#witnesses;
    // Not a moment later: what was there just before a source lost everything says nothing of it.
    if (asked?.at === at) return asked.verdict;
    const verdict = this.#count(at, slot, signal).then(judge);
    this.#witnesses.asked = { at, verdict };
    // Given up, it is no verdict for those who ask about the same instant again.
    void verdict.then(() => {
      if (signal.aborted && this.#witnesses.asked?.verdict === verdict) this.#witnesses.asked = null;
    });
    return verdict;
  }

  async #count(at: Instant, slot: Instant, signal: AbortSignal): Promise<Census> {
    const selectors = witnesses(this.#witnesses.selectors.values());
    const asked = selectors.length;
    if (asked === 0) return { asked, there: 0 };
    const context = { group: this.#group, world: this.#world, slot, signal };
    const answer = await askBeside(context, censusQuery(selectors), at);
    return { asked, there: answer.kind === 'vector' ? (answer.vector[0]?.value ?? 0) : null };
  }
}
