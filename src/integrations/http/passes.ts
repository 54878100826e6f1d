// What other sides have handed out to ask with, in memory and nowhere else.
import type { Instant } from '../../model/time.ts';
import type { Handed } from './request.ts';

export class Passes {
  readonly #kept = new Map<string, { readonly secrets: Handed['secrets']; readonly until: Instant }>();

  get(key: string, now: Instant): Handed['secrets'] | null {
    const kept = this.#kept.get(key);
    return kept !== undefined && now < kept.until ? kept.secrets : null;
  }

  keep(key: string, { secrets, lifetime }: Handed, now: Instant): void {
    for (const [old, { until }] of this.#kept) if (until <= now) this.#kept.delete(old);
    this.#kept.set(key, { secrets, until: now + lifetime });
  }

  /** Unless another one has taken its place by now. */
  drop(key: string, secrets: Handed['secrets']): void {
    if (this.#kept.get(key)?.secrets === secrets) this.#kept.delete(key);
  }
}
