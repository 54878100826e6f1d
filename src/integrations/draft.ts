// A message as it is about to leave: rendered completely, not sent. Previews show it, senders carry it out.
import type { FailureReason } from '../notify/outcome.ts';
import type { Mail } from './email/request.ts';
import type { FileRequest } from './file/request.ts';
import type { HttpPost } from './http/request.ts';
import type { SlackRequest } from './slack/request.ts';

export type Draft =
  | { readonly kind: 'file'; readonly request: FileRequest }
  | { readonly kind: 'http'; readonly request: HttpPost }
  | { readonly kind: 'mail'; readonly request: Mail }
  | { readonly kind: 'slack'; readonly request: SlackRequest }
  /** There is nobody to send it to: an address template failed, or gave nothing. */
  | { readonly kind: 'refused'; readonly reason: FailureReason; readonly detail: string };

export const refusedDraft = (detail: string): Draft => ({ kind: 'refused', reason: 'clientError', detail });
