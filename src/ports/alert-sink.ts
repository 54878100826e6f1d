// Where alerts of rules go besides our own router: external Alertmanagers. Never blocks an evaluation: a queue
// takes them, and what it drops it counts.
import type { Labels } from '../model/labels.ts';
import type { Pairs } from '../model/pairs.ts';
import type { Instant } from '../model/time.ts';

export interface SentAlert {
  readonly labels: Labels;
  readonly annotations: Pairs;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly generatorURL: string;
}

export interface AlertSink {
  send(alerts: readonly SentAlert[], headers: readonly (readonly [name: string, value: string])[]): void;
  /** Who is told, and what it last said: /api/v1/alertmanagers and /api/v1/notifiers. */
  targets(): readonly { readonly url: string; readonly lastError: string }[];
}
