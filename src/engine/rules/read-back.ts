// Looks for what a rule of a group has written, so that the rules after it read this slot's samples and not those of
// the slot before. What to look for, how often, and when to go on without it is decided in evaluate/read-back.ts.
import {
  afterLook,
  isDue,
  learnt,
  leastPatience,
  NOTHING_LEARNT,
  witnessOf,
  type AfterLook,
  type SourceHabit,
  type Witness,
} from '../../evaluate/read-back.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import type { WrittenSample } from '../../ports/series-writer.ts';
import type { Rule, RuleGroup } from '../../rules/rule.ts';
import { askBeside, type AskContext } from './ask-beside.ts';
import type { SlotPatience } from './patience.ts';
import type { RuleWorld } from './world.ts';

/** What a rule has written in a slot. */
export interface Written {
  readonly samples: readonly WrittenSample[];
  readonly took: DurationMs;
  /** Some target has acknowledged all of it. */
  readonly isTaken: boolean;
  /** What the others say, or what is known of it so far; '' when nobody has anything against it. */
  readonly trouble: string;
}

export class ReadBack {
  readonly #group: RuleGroup;
  readonly #world: RuleWorld;
  #habit: SourceHabit = NOTHING_LEARNT;
  /** By rule, slots in a row in which it was not seen. */
  readonly #unseen = new Map<string, number>();

  constructor(group: RuleGroup, world: RuleWorld) {
    this.#group = group;
    this.#world = world;
  }

  /** Resolves when others may read it: with what they are to be warned of, or with null. */
  async see(rule: Rule, written: Written, slot: Instant, patience: SlotPatience): Promise<string | null> {
    const doubt = written.trouble === '' ? null : `what ${rule.name} has written was not taken: ${written.trouble}`;
    if (!written.isTaken) return doubt;
    const { clock, record, source } = this.#world;
    const from = clock.now();
    // Where some target has not taken it there is no telling whether the source is one that has.
    const isBelieved = doubt === null && !isDue(this.#habit, from);
    if (source(this.#group.datasource).readAfterWrite === 'trust' || isBelieved) return doubt;
    const witness = witnessOf(written.samples);
    if (witness === null) return doubt;
    const { looks, ended } = await this.#look(rule, witness, { at: written.samples[0]!.at, slot, patience });
    if (ended === 'aborted') return null;
    if (ended === 'out of time') patience.unseen();
    const sighting = ended !== 'seen' ? 'unseen' : looks === 1 ? 'at once' : 'later';
    this.#habit = learnt(this.#habit, sighting, written.took, clock.now());
    if (ended === 'seen') this.#unseen.delete(rule.id);
    else this.#unseen.set(rule.id, (this.#unseen.get(rule.id) ?? 0) + 1);
    const seconds = (clock.now() - from) / 1000;
    record.readBack(this.#group, rule, { sighting, seconds, reason: ended });
    if (ended === 'seen') return null;
    return `what ${rule.name} has written could not be read back (${ended}): this may be of its samples of the slot before`;
  }

  async #look(
    rule: Rule,
    witness: Witness,
    { at, slot, patience }: { readonly at: Instant; readonly slot: Instant; readonly patience: SlotPatience },
  ): Promise<{ readonly looks: number; readonly ended: Ended }> {
    const { clock } = this.#world;
    const until = patience.seenUntil();
    const signal = patience.end;
    for (let looks = 1; ; looks++) {
      const lookUntil = Math.max(until, clock.now() + leastPatience(this.#group.interval));
      const found = await this.#ask(witness, at, { slot, signal, until: lookUntil });
      if (signal.aborted) return { looks, ended: 'aborted' };
      if (found === 'seen') return { looks, ended: 'seen' };
      const unseenSlots = this.#unseen.get(rule.id) ?? 0;
      const next = afterLook({ looks, now: clock.now(), until, isRefused: found === 'refused', unseenSlots });
      if (next.kind === 'go on') return { looks, ended: next.reason };
      await clock.sleepUntil(next.at, signal);
    }
  }

  async #ask(
    { query, least }: Witness,
    at: Instant,
    context: Pick<AskContext, 'slot' | 'signal' | 'until'>,
  ): Promise<'seen' | 'unseen' | 'refused'> {
    const answer = await askBeside({ group: this.#group, world: this.#world, ...context }, query, at);
    if (answer.kind === 'failure') return answer.reason === 'bad query' ? 'refused' : 'unseen';
    return (answer.vector[0]?.value ?? 0) >= least ? 'seen' : 'unseen';
  }
}

type Ended = 'seen' | 'aborted' | Extract<AfterLook, { kind: 'go on' }>['reason'];
