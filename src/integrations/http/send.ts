// Carries out what a kind rendered: reads its secrets, asks, and takes the answer for what the kind says it is. No
// outcome shows a secret, even one that the other side repeats.
import type { DurationMs } from '../../model/time.ts';
import type { FailureReason, Outcome } from '../../notify/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Files } from '../../ports/files.ts';
import type { HttpClient, HttpResult } from '../../ports/http-client.ts';
import type { Sender } from '../../ports/sender.ts';
import { byStatus } from './judge.ts';
import type { HttpPost } from './request.ts';

export interface HttpSenderParts {
  readonly http: HttpClient;
  readonly files: Files;
  readonly clock: Pick<Clock, 'now'>;
  /** `Belfry/0.1.0` */
  readonly userAgent: string;
}

/** More is a circle. */
const MOST_REQUESTS = 20;
/** Shorter ones would be found in every other word. */
const SHORTEST_HIDDEN = 6;

export function createHttpSender(parts: HttpSenderParts): Sender<HttpPost> {
  return {
    async send(request, { signal }) {
      const opened = new Set<string>();
      let next: HttpPost | Outcome = request;
      for (let asked = 0; 'write' in next; asked++) {
        if (asked === MOST_REQUESTS) next = retry('other', `no end after ${MOST_REQUESTS} requests`);
        else next = await ask(parts, next, signal, opened);
      }
      return { ...next, detail: hiding(next.detail, opened) };
    },
  };
}

async function ask(
  { http, files, clock, userAgent }: HttpSenderParts,
  post: HttpPost,
  signal: AbortSignal,
  opened: Set<string>,
): Promise<HttpPost | Outcome> {
  const secrets = await openSecrets(files, post.secrets);
  // Whatever the reason, the file may be better by the next attempt.
  if (!secrets.ok) return retry('other', secrets.message);
  for (const secret of secrets.values.values()) opened.add(secret);
  const wire = post.write((name) => secrets.values.get(name) ?? '', clock.now());
  if (wire.kind !== 'wire') return wire;
  const { method, url, headers, body } = wire;
  const result = await http.request(post.http, {
    ...{ method, url, body },
    headers: { 'User-Agent': userAgent, ...headers },
    signal: post.timeout === null ? signal : AbortSignal.any([signal, timeoutAfter(post.timeout)]),
  });
  if (result.kind === 'failure') {
    return post.memo === undefined ? failed(result) : { ...failed(result), memo: post.memo };
  }
  const answer = { status: result.status, headers: result.headers, body: result.body, at: clock.now() };
  return post.judge?.(answer) ?? byStatus(answer);
}

type Opened =
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly message: string };

export async function openSecrets(files: Files, secrets: HttpPost['secrets']): Promise<Opened> {
  const values = new Map<string, string>();
  for (const [name, source] of Object.entries(secrets)) {
    if (source.kind === 'inline') {
      values.set(name, source.secret.open());
      continue;
    }
    const read = await files.read(source.path);
    if (!read.ok) return { ok: false, message: `unable to read the ${name}_file: ${read.problem.message}` };
    const text = read.value.trim();
    if (text === '') return { ok: false, message: `the ${name}_file is empty` };
    values.set(name, text);
  }
  return { ok: true, values };
}

/** Of 2^31 ms or more it would go off at once. */
export const timeoutAfter = (ms: DurationMs): AbortSignal => AbortSignal.timeout(Math.min(ms, 2 ** 31 - 1));

/** Without what the other side repeats of our secrets. */
export function hiding(detail: string, secrets: ReadonlySet<string>): string {
  let shown = detail;
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_HIDDEN) shown = shown.replaceAll(secret, '<secret>');
  }
  return shown;
}

export function failed(failure: Extract<HttpResult, { kind: 'failure' }>): Retry {
  switch (failure.reason) {
    case 'timeout':
      return retry('contextDeadlineExceeded', failure.message, failure.sent);
    case 'aborted':
      return retry('contextCanceled', failure.message, failure.sent);
    case 'refused':
    case 'reset':
    case 'dns':
    case 'tls':
    case 'config':
      return retry('other', failure.message, failure.sent);
  }
}

type Retry = Extract<Outcome, { kind: 'retry' }>;

const retry = (reason: FailureReason, detail: string, mayHaveArrived = false): Retry => ({
  kind: 'retry',
  reason,
  detail,
  after: null,
  mayHaveArrived,
});
