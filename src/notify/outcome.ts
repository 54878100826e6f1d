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

export type Outcome =
  | { readonly kind: 'delivered'; readonly detail: string }
  | {
      readonly kind: 'retry';
      readonly reason: FailureReason;
      readonly detail: string;
      readonly after: DurationMs | null;
    }
  | { readonly kind: 'rejected'; readonly reason: FailureReason; readonly detail: string };
