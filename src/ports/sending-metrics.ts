// What remote write and the alert sink tell the outside about themselves: one call per event, whatever becomes of it
// there (a counter, a log line, both). `target` is the target's name, or its URL where it has no name.
export interface RemoteWriteMetrics {
  /** Samples that came in, after relabeling. `newestAt` is the newest of them, in milliseconds. */
  samplesIn(target: string, count: number, newestAt: number): void;
  /** Samples that wait or are on their way. */
  pending(target: string, count: number): void;
  /** A request was answered, or failed: `bytes` are compressed. */
  requestDone(target: string, seconds: number, bytes: number, ok: boolean): void;
  /** Taken by the target. `newestAt` is the newest of them, in milliseconds. */
  samplesSent(target: string, count: number, newestAt: number): void;
  /** Will be sent again. */
  samplesRetried(target: string, count: number, why: string): void;
  /** Refused for good. */
  samplesFailed(target: string, count: number, why: string): void;
  /** Given up without an answer. */
  samplesDropped(target: string, count: number, reason: DropReason): void;
  /** What the target turned out to speak. */
  protocol(target: string, version: '1.0' | '2.0'): void;
}

export type DropReason =
  /** write_relabel_configs */
  | 'relabelled'
  /** capacity */
  | 'queue full'
  /** sample_age_limit */
  | 'too old'
  /** The end came before the target took them. */
  | 'stopped';

export interface AlertSinkMetrics {
  /** Waiting for this target. */
  queued(target: string, count: number): void;
  /** A batch was taken. */
  sent(target: string, count: number, seconds: number): void;
  /** A batch was not taken. */
  failed(target: string, count: number, why: string): void;
  /** Never sent: the queue was full, a batch failed, or the end came. */
  dropped(target: string, count: number): void;
}
