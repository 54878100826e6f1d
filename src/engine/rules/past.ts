// The last evaluations of one rule, for people who ask why it did or did not fire.
import type { DataSource } from '../../ports/data-source.ts';
import type { Evaluation } from '../contract.ts';

type Asked = Parameters<DataSource['curl']>[0];

/** The line for a shell is made when somebody looks: hardly ever. */
export class PastEvaluation implements Evaluation {
  readonly slot: Evaluation['slot'];
  readonly startedAt: Evaluation['startedAt'];
  readonly seconds: Evaluation['seconds'];
  readonly samples: Evaluation['samples'];
  readonly seriesFetched: Evaluation['seriesFetched'];
  /** A refused write is known last. */
  error: Evaluation['error'];
  readonly warnings: Evaluation['warnings'];
  readonly #source: DataSource;
  readonly #asked: Asked;

  constructor(found: Omit<Evaluation, 'curl'>, source: DataSource, asked: Asked) {
    this.slot = found.slot;
    this.startedAt = found.startedAt;
    this.seconds = found.seconds;
    this.samples = found.samples;
    this.seriesFetched = found.seriesFetched;
    this.error = found.error;
    this.warnings = found.warnings;
    this.#source = source;
    this.#asked = asked;
  }

  get curl(): string {
    return this.#source.curl(this.#asked);
  }
}

export class Past {
  readonly #most: number;
  readonly #ring: Evaluation[] = [];

  constructor(most: number) {
    this.#most = Math.max(1, most);
  }

  add(evaluation: Evaluation): void {
    this.#ring.push(evaluation);
    if (this.#ring.length > this.#most) this.#ring.shift();
  }

  /** Of the same rule before a reload. */
  inherit(before: Past): void {
    for (const evaluation of before.#ring) this.add(evaluation);
  }

  get last(): Evaluation | null {
    return this.#ring.at(-1) ?? null;
  }

  /** The newest first. */
  all(): readonly Evaluation[] {
    return this.#ring.toReversed();
  }
}
