// A way for batches of spans to leave.
import type { Verdict } from './verdict.ts';

export interface Exporter {
  /** Never rejects. */
  send(message: Uint8Array, signal: AbortSignal): Promise<Verdict>;
  close(): void;
}
