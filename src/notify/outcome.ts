// What came of one attempt to deliver, in the words of upstream's failure reasons.
import type { DurationMs } from '../model/time.ts';

export type FailureReason =
  | 'other'
  | 'clientError'
  | 'serverError'
  | 'contextCanceled'
  | 'contextDeadlineExceeded'
  | 'authError'
  | 'rateLimited';

export type Outcome = (
  | { readonly kind: 'delivered'; readonly detail: string }
  | {
      readonly kind: 'retry';
      readonly reason: FailureReason;
      readonly detail: string;
      readonly after: DurationMs | null;
      /** The other side may have taken it all the same: the next attempt may be one too many. */
      readonly mayHaveArrived?: boolean;
    }
  | { readonly kind: 'rejected'; readonly reason: FailureReason; readonly detail: string }
) & {
  /** What the integration is to be told with its next message or attempt; what it knew before stays without it. */
  readonly memo?: string;
};
