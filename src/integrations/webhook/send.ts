// One POST, and what its answer means: 2xx is delivered; what may pass by itself (5xx, 429, 408, 425, the network) is
// retried, after the time the other side asked for; everything else will not get better and is rejected.
import type { DurationMs } from '../../model/time.ts';
import { retryAfter } from '../../model/retry-after.ts';
import { spoken } from '../../outbound/answer-text.ts';
import type { Outcome, FailureReason } from '../../notify/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Files, FileText } from '../../ports/files.ts';
import type { HttpClient, HttpResult } from '../../ports/http-client.ts';
import type { Sender } from '../../ports/sender.ts';
import type { WebhookRequest } from './render.ts';

export interface WebhookSenderParts {
  readonly http: HttpClient;
  readonly files: Files;
  readonly clock: Pick<Clock, 'now'>;
  /** `Belfry/0.1.0` */
  readonly userAgent: string;
}

const RETRIED = new Set([408, 425, 429]);
const LONGEST_DETAIL = 200;

export function createWebhookSender(parts: WebhookSenderParts): Sender<WebhookRequest> {
  const { http, files, clock, userAgent } = parts;
  return {
    async send(request, signal) {
      const url = await readUrl(files, request);
      // Whatever the reason, the file may be better by the next attempt.
      if (!url.ok) return retry('other', `unable to read the url_file: ${url.problem.message}`);
      if (url.value.trim() === '') return retry('other', 'the url_file is empty');
      if (url.value.includes('{{')) return retry('other', 'templates in a url_file are not supported yet');
      const result = await http.request(request.http, {
        method: 'POST',
        url: url.value.trim(),
        headers: {
          'User-Agent': userAgent,
          'Content-Type': 'application/json',
          'Idempotency-Key': request.idempotencyKey,
        },
        body: request.body,
        signal: request.timeout === null ? signal : AbortSignal.any([signal, timeoutAfter(request.timeout)]),
      });
      return result.kind === 'answer' ? judge(result, clock) : failed(result);
    },
  };
}

/** Of 2^31 ms or more it would go off at once. */
const timeoutAfter = (ms: DurationMs): AbortSignal => AbortSignal.timeout(Math.min(ms, 2 ** 31 - 1));

async function readUrl(files: Files, { url }: WebhookRequest): Promise<FileText> {
  return url.kind === 'inline' ? { ok: true, value: url.secret.open() } : files.read(url.path);
}

function judge(answer: Extract<HttpResult, { kind: 'answer' }>, clock: Pick<Clock, 'now'>): Outcome {
  const { status } = answer;
  const words = spoken(answer.body, LONGEST_DETAIL);
  const detail = words === '' ? `status ${status}` : `status ${status}: ${words}`;
  if (status >= 200 && status <= 299) return { kind: 'delivered', detail };
  const reason = reasonOf(status);
  if (status < 500 && !RETRIED.has(status)) return { kind: 'rejected', reason, detail };
  const asked = answer.headers.get('retry-after');
  return { kind: 'retry', reason, detail, after: asked === undefined ? null : retryAfter(asked, clock.now()) };
}

function reasonOf(status: number): FailureReason {
  if (status === 401 || status === 403) return 'authError';
  if (status === 429) return 'rateLimited';
  if (status >= 500) return 'serverError';
  return status >= 400 ? 'clientError' : 'other';
}

function failed(failure: Extract<HttpResult, { kind: 'failure' }>): Outcome {
  switch (failure.reason) {
    case 'timeout':
      return retry('contextDeadlineExceeded', failure.message);
    case 'aborted':
      return retry('contextCanceled', failure.message);
    case 'refused':
    case 'reset':
    case 'dns':
    case 'tls':
    case 'config':
      return retry('other', failure.message);
  }
}

const retry = (reason: FailureReason, detail: string): Outcome => ({ kind: 'retry', reason, detail, after: null });
