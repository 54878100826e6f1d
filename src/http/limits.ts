// What one client may cost us. Every bound of the HTTP side is here.
import type { DurationMs } from '../model/time.ts';

export interface Limits {
  readonly headersMs: DurationMs;
  readonly requestMs: DurationMs;
  readonly idleMs: DurationMs;
  /** How long a client may take to read one answer: while it does, it holds a place. */
  readonly answerMs: DurationMs;
  /** How long close() waits for answers being made. */
  readonly drainMs: DurationMs;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly bodyBytes: number;
  /** A gzip body may not grow by more than this. */
  readonly gzipRatio: number;
  readonly jsonDepth: number;
  /** Bodies of POST /alerts being read or stored. */
  readonly ingestBytes: number;
  readonly labels: number;
  readonly labelNameBytes: number;
  readonly labelValueBytes: number;
  /** All annotations of one alert, names and values. */
  readonly annotationBytes: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const defaultLimits: Limits = {
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 60_000,
  answerMs: 120_000,
  drainMs: 10_000,
  connections: 2000,
  connectionsPerAddress: 100,
  bodyBytes: 16 * MIB,
  gzipRatio: 50,
  jsonDepth: 32,
  ingestBytes: 256 * MIB,
  labels: 64,
  labelNameBytes: KIB,
  labelValueBytes: 16 * KIB,
  annotationBytes: 64 * KIB,
};

/** Cheap for the usual short text: a UTF-16 unit is at most three bytes. */
export const isLongerThan = (text: string, bytes: number): boolean =>
  text.length * 3 > bytes && Buffer.byteLength(text) > bytes;
