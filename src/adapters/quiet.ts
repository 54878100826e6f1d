// Keeps the log readable when something fails for hours: a subject's line is said once, again when it changes, else
// once a minute with the number of times it was not said.
import type { DurationMs, Instant } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';

const QUIET_MS: DurationMs = 60_000;
/** In that time, of one subject, whatever changes. */
const MOST_LINES = 10;
/** So many subjects are remembered without asking which of them are still of use. */
const MOST_SUBJECTS = 10_000;

interface Said {
  what: string;
  /** When the minute began in which it speaks. */
  since: Instant;
  linesSince: number;
  /** Times it happened. */
  count: number;
  unsaid: number;
}

/** Who said what, when. */
export class Quiet {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #said = new Map<string, Said>();
  #tidyAt = MOST_SUBJECTS;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  mayTell(subject: string, what: string): boolean {
    const now = this.#clock.now();
    if (this.#said.size >= this.#tidyAt) this.#tidy(now);
    const said = this.#said.getOrInsertComputed(subject, (): Said => ({
      what,
      since: now,
      linesSince: 0,
      count: 0,
      unsaid: 0,
    }));
    said.count++;
    if (isOver(said, now)) Object.assign(said, { since: now, linesSince: 0 });
    const isNew = said.linesSince === 0 || (said.what !== what && said.linesSince < MOST_LINES);
    if (isNew) {
      said.what = what;
      said.linesSince++;
    } else said.unsaid++;
    return isNew;
  }

  /** How often it happened without a line, since the last line. */
  told(subject: string): { readonly unsaid?: number } {
    const said = this.#said.get(subject);
    if (said === undefined || said.unsaid === 0) return {};
    const { unsaid } = said;
    said.unsaid = 0;
    return { unsaid };
  }

  /** How often it happened altogether. */
  forget(subject: string): number {
    const count = this.#said.get(subject)?.count ?? 0;
    this.#said.delete(subject);
    return count;
  }

  /** Who has been silent for long would be heard again anyway. */
  #tidy(now: Instant): void {
    for (const [subject, said] of this.#said) if (isOver(said, now)) this.#said.delete(subject);
    this.#tidyAt = Math.max(MOST_SUBJECTS, this.#said.size * 2);
  }
}

/** A clock that was set back must not make us quiet for long. */
const isOver = ({ since }: Said, now: Instant): boolean => now - since >= QUIET_MS || now < since;
