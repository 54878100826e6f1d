// What an answer to a request of samples means. 2xx is taken; 5xx, 429 and whatever broke off is sent again, after
// the time the other side asked for; 400 and 413 may be the fault of some samples only; every other answer is final.
// A receiver of 2.0 says how many samples it has written. One that does not say has not understood 2.0: to an older
// one such a request is well-formed and empty, and it answers as if all were well.
import { retryAfter } from '../../model/retry-after.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import { spoken } from '../../outbound/answer-text.ts';
import type { HttpResult } from '../../ports/http-client.ts';
import type { Protocol } from './encode.ts';

export type Verdict =
  | { readonly kind: 'taken' }
  /** The rest is written; which ones are not, nobody says. */
  | { readonly kind: 'partly'; readonly refused: number; readonly why: string }
  /** Nothing of it, as far as one knows; parts of it may be taken alone. */
  | { readonly kind: 'divisible'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string }
  /** 2.0 is not spoken here: nothing is written. */
  | { readonly kind: 'unsupported'; readonly why: string }
  | { readonly kind: 'retry'; readonly why: string; readonly after: DurationMs | null };

export interface Asked {
  readonly protocol: Protocol;
  /** An earlier answer has shown that the receiver speaks 2.0. */
  readonly isProven: boolean;
  readonly samples: number;
}

const WRITTEN = 'x-prometheus-remote-write-samples-written';
const HISTOGRAMS_WRITTEN = 'x-prometheus-remote-write-histograms-written';
const LONGEST_WHY = 300;

export function judge(result: HttpResult, asked: Asked, now: Instant): Verdict {
  if (result.kind === 'failure') return { kind: 'retry', why: result.message, after: null };
  const { status, headers } = result;
  const words = spoken(result.body, LONGEST_WHY);
  const why = words === '' ? `status ${status}` : `status ${status}: ${words}`;
  if (status >= 500 || status === 429) {
    const after = headers.get('retry-after');
    return { kind: 'retry', why, after: after === undefined ? null : retryAfter(after, now) };
  }
  const written = asked.protocol === '2.0' ? writtenCount(headers) : null;
  if (status >= 200 && status <= 299) {
    if (asked.protocol === '1.0' || (written !== null && written >= asked.samples)) return { kind: 'taken' };
    if (written === null) return { kind: 'unsupported', why: `${why} without ${WRITTEN}` };
    return { kind: 'partly', refused: asked.samples - written, why };
  }
  if (status === 415 && asked.protocol === '2.0') return { kind: 'unsupported', why };
  if (status !== 400 && status !== 413) return { kind: 'refused', why };
  if (written !== null && status === 400) {
    return { kind: 'partly', refused: Math.max(0, asked.samples - written), why };
  }
  return asked.protocol === '2.0' && !asked.isProven && status === 400
    ? { kind: 'unsupported', why }
    : { kind: 'divisible', why };
}

/** Whether only a receiver of 2.0 answers like this. */
export function showsTwo(result: HttpResult): boolean {
  return result.kind === 'answer' && writtenCount(result.headers) !== null;
}

/** Of samples, histograms among them. */
function writtenCount(headers: ReadonlyMap<string, string>): number | null {
  const samples = countIn(headers, WRITTEN);
  return samples === null ? null : samples + (countIn(headers, HISTOGRAMS_WRITTEN) ?? 0);
}

function countIn(headers: ReadonlyMap<string, string>, name: string): number | null {
  const text = headers.get(name)?.trim() ?? '';
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}
