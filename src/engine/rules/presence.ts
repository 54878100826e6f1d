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
  asked: { readonly at: Instant; readonly verdict: Promise<Verdict> } | null;
}

/** Of one source and one way of asking it. It outlives reloads. */
export type WitnessBook = Map<string, Witnesses>;

/** Rules whose slots are the same lose their answers together: one question is enough for all of them. */
const SAME_MS = 1000;

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
    const now = this.#world.clock.now();
    const { asked } = this.#witnesses;
    if (asked !== null && now >= asked.at && now - asked.at < SAME_MS) return asked.verdict;
    const verdict = this.#count(slot, signal).then(judge);
    this.#witnesses.asked = { at: now, verdict };
    return verdict;
  }

  async #count(slot: Instant, signal: AbortSignal): Promise<Census> {
    const selectors = witnesses(this.#witnesses.selectors.values());
    const asked = selectors.length;
    if (asked === 0) return { asked, there: 0 };
    const context = { group: this.#group, world: this.#world, slot, signal };
    const answer = await askBeside(context, censusQuery(selectors), slot - this.#group.queryOffset);
    return { asked, there: answer.kind === 'vector' ? (answer.vector[0]?.value ?? 0) : null };
  }
}
