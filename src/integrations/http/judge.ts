// What an answer means by its status alone: 2xx is delivered; what may pass by itself (5xx, 429, 408, 425) is retried,
// after the time the other side asked for; everything else will not get better and is rejected. What it said goes
// along, in its own words.
import { retryAfter } from '../../model/retry-after.ts';
import type { FailureReason, Outcome } from '../../notify/outcome.ts';
import { spoken } from '../../outbound/answer-text.ts';
import type { HttpAnswer } from './request.ts';

const RETRIED = new Set([408, 425, 429]);
const LONGEST_DETAIL = 200;

/** `words`: what the other side said, when that is only a part of the body. */
export function byStatus(answer: HttpAnswer, words = answer.body): Outcome {
  const { status } = answer;
  const detail = inWords(answer, words);
  if (status >= 200 && status <= 299) return { kind: 'delivered', detail };
  const reason = reasonOf(status);
  if (status < 500 && !RETRIED.has(status)) return { kind: 'rejected', reason, detail };
  return { kind: 'retry', reason, detail, after: askedToWait(answer) };
}

export function inWords({ status, hide }: HttpAnswer, words: string): string {
  // What is cut is no secret that could be found.
  const said = spoken(hide(words), LONGEST_DETAIL);
  return said === '' ? `status ${status}` : `status ${status}: ${said}`;
}

export function askedToWait({ headers, at }: HttpAnswer): number | null {
  const asked = headers.get('retry-after');
  return asked === undefined ? null : retryAfter(asked, at);
}

function reasonOf(status: number): FailureReason {
  if (status === 401 || status === 403) return 'authError';
  if (status === 429) return 'rateLimited';
  if (status >= 500) return 'serverError';
  return status >= 400 ? 'clientError' : 'other';
}
