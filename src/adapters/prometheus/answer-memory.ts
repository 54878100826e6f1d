// The metrics of every question's last answer, for the questions asked most recently: so much text and no more.
import { KnownMetrics } from './vector-scan.ts';

/** Characters of metric text; labels weigh about as much again. */
const MOST_CHARS = 32 * 1024 * 1024;

export class AnswerMemory {
  readonly #most: number;
  readonly #none = KnownMetrics.none();
  /** The least recently asked first. */
  readonly #answers = new Map<string, KnownMetrics>();
  #chars = 0;

  constructor(most: number = MOST_CHARS) {
    this.#most = most;
  }

  get chars(): number {
    return this.#chars;
  }

  recall(question: string): KnownMetrics {
    return this.#answers.get(question) ?? this.#none;
  }

  keep(question: string, metrics: KnownMetrics): void {
    this.#forget(question);
    if (metrics.chars === 0) return;
    this.#answers.set(question, metrics);
    this.#chars += question.length + metrics.chars;
    for (const oldest of this.#answers.keys()) {
      if (this.#chars <= this.#most) break;
      this.#forget(oldest);
    }
  }

  #forget(question: string): void {
    const metrics = this.#answers.get(question);
    if (metrics === undefined) return;
    this.#answers.delete(question);
    this.#chars -= question.length + metrics.chars;
  }
}
