// Which silences match a label set. Asking every silence about every alert costs 0.1 microseconds a pair: ten
// seconds for the first list of 10,000 alerts with 10,000 silences. Here a silence with an equality matcher is
// asked only about alerts that have that value, and what was found for a label set is remembered until a silence
// it may concern is set: then only that silence is asked.
import { silences, stateOf, type Silence, type SilenceState } from './silence.ts';
import type { Labels } from '../model/labels.ts';
import type { Instant } from '../model/time.ts';
import { RuleIndex } from './rule-index.ts';

interface Verdict {
  /** Everything set up to here has been asked. */
  readonly version: number;
  /** Ids of silences that match, whatever their state. Shared when empty. */
  readonly ids: readonly string[];
}

/** Up to so many new silences are asked one by one; more, and the index is asked anew. */
const FEW = 16;
const NONE: readonly string[] = [];

/** Looks a question up and tells who counts them. */
export type Asking = <T>(ask: () => T) => T;

export class SilenceIndex {
  readonly #byId = new Map<string, Silence>();
  readonly #byMatcher = new RuleIndex<Silence>((silence) => silence.matchers);
  /** Ids in the order they were first set: the position is the version. */
  #log: string[] = [];
  #verdicts = new WeakMap<Labels, Verdict>();
  readonly #asking: Asking;

  constructor(asking: Asking = (ask) => ask()) {
    this.#asking = asking;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Silence | null {
    return this.#byId.get(id) ?? null;
  }

  /** As somebody asked for it. */
  find(id: string): Silence | null {
    return this.#asking(() => this.get(id));
  }

  /** As somebody asked for them. */
  list(): Silence[] {
    return this.#asking(() => [...this.values()]);
  }

  values(): IterableIterator<Silence> {
    return this.#byId.values();
  }

  /** An id keeps its matchers for life: an edit that would change them makes a new silence. */
  set(silence: Silence): void {
    const known = this.#byId.get(silence.id);
    if (known === undefined) this.#log.push(silence.id);
    else this.#byMatcher.remove(known);
    this.#byId.set(silence.id, silence);
    this.#byMatcher.add(silence);
  }

  delete(id: string): void {
    const known = this.#byId.get(id);
    if (known === undefined) return;
    this.#byId.delete(id);
    this.#byMatcher.remove(known);
    if (this.#log.length > 4 * this.#byId.size + 1000) this.#startOver();
  }

  /** Ids of silences in that state that match, sorted. */
  matching(labels: Labels, state: SilenceState, now: Instant): readonly string[] {
    const ids = this.#verdict(labels);
    if (ids.length === 0) return NONE;
    const found = ids.filter((id) => {
      const silence = this.#byId.get(id);
      return silence !== undefined && stateOf(silence, now) === state;
    });
    return found.toSorted();
  }

  /** The log would grow with every silence there ever was. */
  #startOver(): void {
    this.#log = [...this.#byId.keys()];
    this.#verdicts = new WeakMap();
  }

  #verdict(labels: Labels): readonly string[] {
    const version = this.#log.length;
    const verdict = this.#verdicts.get(labels);
    if (verdict?.version === version) return verdict.ids;
    const isOld = verdict === undefined || version - verdict.version > FEW;
    const ids = this.#asking(() => (isOld ? this.#ask(labels) : this.#askNews(labels, verdict)));
    this.#verdicts.set(labels, { version, ids });
    return ids;
  }

  #ask(labels: Labels): readonly string[] {
    const ids: string[] = [];
    for (const silence of this.#byMatcher.matching(labels)) ids.push(silence.id);
    return ids.length === 0 ? NONE : ids;
  }

  #askNews(labels: Labels, verdict: Verdict): readonly string[] {
    const news = this.#log.slice(verdict.version).filter((id) => {
      const silence = this.#byId.get(id);
      return silence !== undefined && silences(silence, labels);
    });
    return news.length === 0 ? verdict.ids : [...verdict.ids, ...news];
  }
}
