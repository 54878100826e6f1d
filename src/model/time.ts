// Instants and RFC 3339 text. An instant is whole milliseconds since the epoch, always handed in as an
// argument: nothing in the core asks what time it is. Go's zero time ("0001-01-01T00:00:00Z") stands for
// "not set" on the wire and is NEVER an Instant inside.
// Senders give nanoseconds; what must be echoed to the digit keeps its text beside the instant (`Stamp`).

export type Instant = number;
export type DurationMs = number;

/** A moment as a sender wrote it: `at` decides, `text` is echoed (Go's RFC3339Nano spelling of the same moment). */
export interface Stamp {
  readonly at: Instant;
  readonly text: string;
}

export const ZERO_TIME_TEXT = '0001-01-01T00:00:00Z';
