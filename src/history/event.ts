// Everything that happened and is worth asking about later. Delivery attempts are rows of their own
// (ports/store.ts, Delivery); this is the rest.
import type { Instant } from '../model/time.ts';
import type { QuietReason } from '../notify/plan.ts';

export type Event =
  | { readonly kind: 'started'; readonly at: Instant; readonly version: string }
  | { readonly kind: 'stopped'; readonly at: Instant }
  | { readonly kind: 'reloaded'; readonly at: Instant; readonly ok: boolean; readonly detail: string }
  | {
      readonly kind: 'silence';
      readonly at: Instant;
      readonly change: 'created' | 'updated' | 'expired';
      readonly id: string;
      readonly by: string;
      readonly detail: string;
    }
  /** What somebody was told is remembered otherwise, and nothing was sent. */
  | {
      readonly kind: 'corrected';
      readonly at: Instant;
      /** Upstream's group key text. */
      readonly groupKey: string;
      readonly receiver: string;
      readonly integration: string;
      readonly reason: QuietReason;
    }
  /** Somebody tried a receiver. */
  | { readonly kind: 'tested'; readonly at: Instant; readonly receiver: string; readonly detail: string }
  /** An integration refused a message for good, and the receiver's fallback is told. */
  | {
      readonly kind: 'handedOver';
      readonly at: Instant;
      readonly groupKey: string;
      readonly receiver: string;
      readonly integration: string;
      readonly to: string;
    };
