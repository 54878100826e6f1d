// What an answer to a batch of spans means: OpenTelemetry's protocol says which failures pass by themselves.
import { retryAfter } from '../../model/retry-after.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import { spoken } from '../../outbound/answer-text.ts';
import type { DownloadedAnswer } from '../http-download.ts';
import type { HttpFailure } from '../http-failure.ts';
import { readFailure, readPartialSuccess } from './otlp.ts';

export type Verdict =
  /** `rejected` of them are not kept there. `why` without any is a warning. */
  | { readonly kind: 'taken'; readonly rejected: number; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'retry'; readonly why: string; readonly after: DurationMs | null };

const LONGEST_WHY = 300;

export function judgeHttp(result: DownloadedAnswer | HttpFailure, now: Instant): Verdict {
  if (result.kind === 'failure') return { kind: 'retry', why: result.message, after: null };
  const { status, headers, body } = result;
  if (status >= 200 && status <= 299) return taken(body.bytes);
  const isMessage = (headers.get('content-type') ?? '').includes('protobuf');
  const text = isMessage ? (readFailure(body.bytes)?.message ?? '') : body.bytes.toString('utf8');
  const words = spoken(text, LONGEST_WHY);
  const why = words === '' ? `status ${status}` : `status ${status}: ${words}`;
  if (status !== 429 && status !== 502 && status !== 503 && status !== 504) return { kind: 'refused', why };
  return { kind: 'retry', why, after: retryAfter(headers.get('retry-after') ?? '', now) };
}

function taken(message: Uint8Array): Verdict {
  const partial = readPartialSuccess(message);
  return { kind: 'taken', rejected: partial?.rejected ?? 0, why: spoken(partial?.message ?? '', LONGEST_WHY) };
}

/** How a call ended: grpc-status, grpc-message and grpc-status-details-bin. */
export interface GrpcEnd {
  readonly status: number;
  readonly message: string;
  readonly details: Uint8Array;
}

const RESOURCE_EXHAUSTED = 8;
/** CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS */
const PASSING: ReadonlySet<number> = new Set([1, 4, 10, 11, 14, 15]);

export function judgeGrpc({ status, message, details }: GrpcEnd, answer: Uint8Array): Verdict {
  if (status === 0) return taken(answer);
  const words = spoken(message, LONGEST_WHY);
  const why = words === '' ? `grpc-status ${status}` : `grpc-status ${status}: ${words}`;
  const after = readFailure(details)?.retryAfter ?? null;
  // Whoever is exhausted and does not say until when will be so again.
  const isPassing = PASSING.has(status) || (status === RESOURCE_EXHAUSTED && after !== null);
  return isPassing ? { kind: 'retry', why, after } : { kind: 'refused', why };
}

/** What a proxy in between says to a call, in the words of gRPC. */
export function grpcStatusOf(httpStatus: number): number {
  switch (httpStatus) {
    case 400:
      return 13;
    case 401:
      return 16;
    case 403:
      return 7;
    case 404:
      return 12;
    case 429:
    case 502:
    case 503:
    case 504:
      return 14;
    default:
      return 2;
  }
}
