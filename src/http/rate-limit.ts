// A token bucket: `burst` at once, then one per `interval`.
import type { DurationMs, Instant } from '../model/time.ts';

export class RateLimit {
  readonly #interval: DurationMs;
  readonly #burst: number;
  #tokens: number;
  #at: Instant;

  constructor(interval: DurationMs, burst: number, now: Instant) {
    this.#interval = interval;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  take(now: Instant): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, now - this.#at) / this.#interval);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
