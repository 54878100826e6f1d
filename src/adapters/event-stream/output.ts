// One place where events go. What it is given it takes at once or not at all; how, is its own matter.
import type { PrintedEvent } from '../../history/print-stream-event.ts';

export interface EventOutput {
  /** `file:/var/log/events.jsonl`: upstream's, for metrics and the log. No credential. */
  readonly name: string;
  /** What an event takes beside its text. */
  readonly bytesBetween: 0 | 1;
  /** Why it did not take them, or null. */
  write(events: readonly PrintedEvent[]): Promise<string | null>;
  /** Gets rid of what it has taken until the signal says that it is enough, and no longer. */
  close(enough: AbortSignal): Promise<void>;
}
