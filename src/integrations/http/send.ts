// Carries out what a kind rendered: reads its secrets, asks, and takes the answer for what the kind says it is. No
// outcome shows a secret, even one that the other side repeats.
import type { Problem } from '../../model/problem.ts';
import type { TraceContext } from '../../model/trace-context.ts';
import type { DurationMs } from '../../model/time.ts';
import type { FailureReason, Outcome } from '../../notify/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Files } from '../../ports/files.ts';
import type { HttpClient, HttpResult } from '../../ports/http-client.ts';
import type { Sender } from '../../ports/sender.ts';
import { secretsOf, withoutSecrets } from '../../outbound/secrets.ts';
import { byStatus } from './judge.ts';
import { Passes } from './passes.ts';
import type { Handed, HttpAnswer, HttpPost, Locally, Machine, Pass, Reader } from './request.ts';

export interface HttpSenderParts {
  readonly http: HttpClient;
  readonly files: Files;
  readonly clock: Pick<Clock, 'now'>;
  /** Of the environment; '' when it is not set. */
  readonly variable: Reader;
  /** `Belfry/0.1.0` */
  readonly userAgent: string;
}

/** More is a circle. */
const MOST_REQUESTS = 20;

export function createHttpSender(parts: HttpSenderParts): Sender<HttpPost> {
  const passes = new Passes();
  return {
    async send(request, { signal, trace = null }) {
      const run = { ...parts, passes, signal, trace, opened: new Set<string>(), asked: 0 };
      const outcome = await converse(run, request);
      return { ...outcome, detail: withoutSecrets(outcome.detail, run.opened) };
    },
  };
}

/** One message on its way. */
interface Run extends HttpSenderParts {
  readonly passes: Passes;
  readonly signal: AbortSignal;
  readonly trace: TraceContext | null;
  /** Every secret it has used. */
  readonly opened: Set<string>;
  asked: number;
}

type Secrets = ReadonlyMap<string, string>;

async function converse<End extends Handed>(run: Run, post: HttpPost<End>): Promise<End | Outcome> {
  let next: HttpPost<End> | End | Outcome = post;
  while (isPost(next)) {
    if (run.asked++ === MOST_REQUESTS) return retry('other', `no end after ${MOST_REQUESTS} requests`);
    next = await ask(run, next);
  }
  return next;
}

const isPost = <End extends Handed>(step: HttpPost<End> | End | Outcome): step is HttpPost<End> => 'write' in step;

async function ask<End extends Handed>(run: Run, post: HttpPost<End>): Promise<HttpPost<End> | End | Outcome> {
  if (post.locally !== undefined) return post.locally.post(await machineFor(run, post.locally));
  const opened = await openSecrets(run.files, post.secrets);
  // Whatever the reason, the file may be better by the next attempt.
  if (!opened.ok) return retry('other', opened.message);
  const answer = await answerTo(run, post, opened.values);
  return isAnswer(answer) ? (post.judge?.(answer) ?? byStatus(answer)) : answer;
}

async function machineFor({ variable, files }: Run, locally: Locally): Promise<Machine> {
  const texts = new Map<string, string | Problem>();
  for (const path of locally.files(variable)) {
    const read = await files.read(path);
    texts.set(path, read.ok ? read.value : read.problem);
  }
  return { variable, files: texts };
}

type Answered<End extends Handed> = HttpAnswer | Outcome | HttpPost<End>;

async function answerTo<End extends Handed>(run: Run, post: HttpPost<End>, own: Secrets): Promise<Answered<End>> {
  const { pass } = post;
  if (pass === undefined) return exchange(run, post, own);
  const key = await keyOf(run.files, pass);
  const kept = run.passes.get(key, run.clock.now());
  if (kept !== null) {
    const answer = await exchange(run, post, new Map([...own, ...kept]));
    if (!isAnswer(answer) || !pass.isSpent(answer)) return answer;
    run.passes.drop(key, kept);
  }
  const handed = await converse(run, pass.ask);
  // It is not the message that may have arrived.
  if (handed.kind !== 'handed') return handed.kind === 'retry' ? { ...handed, mayHaveArrived: false } : handed;
  const answer = await exchange(run, post, new Map([...own, ...handed.secrets]));
  if (!isAnswer(answer) || !pass.isSpent(answer)) run.passes.keep(key, handed, run.clock.now());
  return answer;
}

const isAnswer = <End extends Handed>(answered: Answered<End>): answered is HttpAnswer => 'status' in answered;

/** What it is asked for with, down to the first of those that are asked with another. */
async function keyOf(files: Files, { key, ask: { secrets, pass } }: Pass): Promise<string> {
  const opened = await openSecrets(files, secrets);
  // What cannot be read is for asking to tell.
  const own = key(reader(opened.ok ? opened.values : new Map()));
  return pass === undefined ? own : JSON.stringify([own, await keyOf(files, pass)]);
}

/** The answer, or what comes of there being none. */
async function exchange<End extends Handed>(run: Run, post: HttpPost<End>, secrets: Secrets): Promise<Answered<End>> {
  const { http, clock, userAgent, signal, trace, opened } = run;
  for (const secret of [...secrets.values(), ...(await ofConnection(run.files, post))]) opened.add(secret);
  const wire = post.write(reader(secrets), clock.now());
  if (wire.kind !== 'wire') return wire;
  const { method, url, headers, body, secrets: rendered = [] } = wire;
  for (const secret of rendered) opened.add(secret);
  // Made of secrets, as a rule.
  opened.add((headers['Authorization'] ?? '').replace(/^\S+ /, ''));
  const result = await http.request(post.http, {
    ...{ method, url, body, trace },
    // The login page it may lead to says 200 to a GET: nobody would have the message.
    keepsMethod: true,
    headers: { 'User-Agent': userAgent, ...headers },
    signal: post.timeout === null ? signal : AbortSignal.any([signal, timeoutAfter(post.timeout)]),
  });
  if (result.kind === 'failure') {
    const failure = post.memo === undefined ? failed(result) : { ...failed(result), memo: post.memo };
    return post.unanswered?.(failure) ?? failure;
  }
  const { status, headers: said, body: text } = result;
  return { status, headers: said, body: text, at: clock.now(), hide: (shown) => withoutSecrets(shown, opened) };
}

const reader =
  (secrets: Secrets): Reader =>
  (name) =>
    secrets.get(name) ?? '';

type Opened = { readonly ok: true; readonly values: Secrets } | { readonly ok: false; readonly message: string };

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

/** What the connection is made with; a file that cannot be read is the connection's to tell. */
export async function ofConnection(files: Files, { http }: Pick<HttpPost, 'http'>): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const source of secretsOf(http)) {
    const read = source.kind === 'inline' ? null : await files.read(source.path);
    if (source.kind === 'inline') texts.push(source.secret.open());
    else if (read?.ok === true) texts.push(read.value.trim());
  }
  return texts;
}

/** Of 2^31 ms or more it would go off at once. */
export const timeoutAfter = (ms: DurationMs): AbortSignal => AbortSignal.timeout(Math.min(ms, 2 ** 31 - 1));

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
