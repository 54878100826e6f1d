// How long rule files have stood as they are. A file that is being written is short for a moment, and nobody can tell
// that from rules that were taken out: what it lacks is believed when it has stood so for a while.
import type { DurationMs, Instant } from '../../model/time.ts';
import type { ReadFiles } from '../../ports/watch.ts';

/**
 * Who writes a file piece by piece (a copy over a network, an upload, an editor) pauses for a second or two. Several
 * times that, and still less than the interval of most groups, so that hardly an evaluation more is made.
 */
export const STANDS_MS: DurationMs = 5000;

export class Standing {
  #seen: { readonly contents: string; readonly since: Instant } | null = null;

  /** When what was read just now will have stood for long enough. */
  standsAt({ contents }: Pick<ReadFiles, 'contents'>, now: Instant): Instant {
    const text = JSON.stringify([...contents]);
    // Not longer for a clock that was set back meanwhile.
    const since = this.#seen?.contents === text ? Math.min(this.#seen.since, now) : now;
    this.#seen = { contents: text, since };
    return since + STANDS_MS;
  }

  forget(): void {
    this.#seen = null;
  }
}
