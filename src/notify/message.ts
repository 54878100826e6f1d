// What every template and every integration sees: Alertmanager's Data, plus what ours needs to be exact.
import type { Labels } from '../model/labels.ts';
import type { Pairs } from '../model/pairs.ts';
import type { Reading } from '../model/reading.ts';
import type { Instant } from '../model/time.ts';

export interface MessageAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Pairs;
  /** RFC 3339 with nanoseconds, as Go prints it. */
  readonly startsAt: string;
  /** The zero time while firing. */
  readonly endsAt: string;
  readonly generatorURL: string;
  /** null when the rule is not evaluated here. */
  readonly reading: Reading | null;
}

export interface Message {
  /** The receiver's plain name; templates and the webhook see it regex-quoted. */
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  /** Upstream's text: `first notification`, `new alerts added` … */
  readonly reason: string;
  readonly alerts: readonly MessageAlert[];
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Pairs;
  readonly routeLabels: Pairs;
  readonly externalURL: string;
  /** Upstream's group key text. */
  readonly groupKey: string;
  /** The same for every attempt at the same generation. */
  readonly idempotencyKey: string;
  /** The instant of the flush. */
  readonly at: Instant;
}
