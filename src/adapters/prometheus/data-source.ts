// One data source: how a question becomes an answer. It waits while the source is away, and for its turn; it is sent, is
// sent again where that may help, and ends in time whatever the other side does. The decisions are in the files beside this one; here
// they meet the clock and the network.
import type { DataSourceConfig } from '../../config/config.ts';
import { retryAfter } from '../../model/retry-after.ts';
import type { DurationMs } from '../../model/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Answer, AnswerFailure, DataSource, Question } from '../../ports/data-source.ts';
import type { Entropy } from '../../ports/entropy.ts';
import type { Downloader } from '../http-download.ts';
import type { HttpFailure } from '../http-failure.ts';
import { Deadline } from '../deadline.ts';
import { AnswerMemory } from './answer-memory.ts';
import { CLOSED, probeAt, step, type Breaker, type BreakerEvent } from './breaker.ts';
import { curlLine, TENANT_HEADER, type Asked } from './curl.ts';
import { formHead, fullForm } from './question-form.ts';
import { readAnswer, type Fault, type ReadVector } from './read-answer.ts';
import { LinePace } from './line-pace.ts';
import { nextAttemptAt } from './retry.ts';
import { SharedProbe } from './shared-probe.ts';
import { Turns } from '../../model/turns.ts';

export interface PrometheusParts {
  readonly client: Downloader;
  readonly clock: Clock;
  readonly entropy: Pick<Entropy, 'fraction'>;
  /** What we call ourselves. */
  readonly userAgent: string;
}

/** For metrics and for people. */
export interface DataSourceState {
  readonly breaker: 'closed' | 'open' | 'probing';
  /** Failures in a row, while the breaker is closed. */
  readonly failures: number;
  readonly running: number;
  readonly waiting: number;
}

export interface PrometheusSource extends DataSource {
  readonly state: DataSourceState;
}

export function createDataSource(config: DataSourceConfig, parts: PrometheusParts): PrometheusSource {
  return new Source(config, parts);
}

/** Whoever is there answers it at once. */
const PROBE = 'vector(1)';
const LONGEST_PROBE_MS: DurationMs = 5000;

/** One attempt. */
interface Attempt {
  readonly read: ReadVector | Fault;
  readonly bytes: number;
  readonly mayHelpAgain: boolean;
  /** Milliseconds. */
  readonly retryAfter: number | null;
  /** What it teaches of the source; null is nothing. */
  readonly event: 'answered' | 'failed' | null;
}

type Sent = Pick<Question, 'at' | 'deadline' | 'headers' | 'trace' | 'signal'> & {
  readonly head: string;
  readonly memoryKey: string;
};

/** What a question is made of on its way. */
interface Underway {
  readonly question: Question;
  readonly sent: Sent;
  attempts: number;
  bytes: number;
}

class Source implements PrometheusSource {
  readonly name: string;
  readonly #config: DataSourceConfig;
  readonly #parts: PrometheusParts;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #turns: Turns;
  readonly #line = new LinePace();
  readonly #memory = new AnswerMemory();
  #breaker: Breaker = CLOSED;
  readonly #probe = new SharedProbe((signal) => this.#askProbe(signal));
  #isProbing = false;
  /** What was wrong with it when it was last asked. */
  #lastFailure = '';

  constructor(config: DataSourceConfig, parts: PrometheusParts) {
    this.name = config.name;
    this.#config = config;
    this.#parts = parts;
    this.#url = `${config.url.replace(/\/+$/, '')}/api/v1/query`;
    this.#headers = {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Accept-Encoding': isLoopback(new URL(config.url).hostname) ? 'identity' : 'gzip',
      'User-Agent': parts.userAgent,
      ...(config.tenant === null ? {} : { [TENANT_HEADER]: config.tenant }),
    };
    this.#turns = new Turns(config.concurrency);
  }

  get state(): DataSourceState {
    const breaker = this.#breaker;
    return {
      breaker: breaker.kind === 'open' && this.#isProbing ? 'probing' : breaker.kind,
      failures: breaker.kind === 'closed' ? breaker.failures : 0,
      running: this.#turns.running,
      waiting: this.#turns.waiting,
    };
  }

  curl(question: Asked): string {
    return curlLine(this.#config, this.#url, question);
  }

  async ask(question: Question): Promise<Answer> {
    const begin = performance.now();
    if (this.#line.isHopeless(this.#turns.waiting, this.#leftToWait(question))) {
      return { ...this.#tooLate(question), cost: { seconds: 0, bytes: 0, attempts: 0 } };
    }
    const head = formHead(question.query, this.#config.params, question.params);
    const memoryKey = question.headers.length === 0 ? head : `${head} ${JSON.stringify(question.headers)}`;
    const underway: Underway = { question, sent: { ...question, head, memoryKey }, attempts: 0, bytes: 0 };
    const read = await this.#answer(underway);
    const seconds = (performance.now() - begin) / 1000;
    const cost = { seconds, bytes: underway.bytes, attempts: underway.attempts };
    if (read.kind === 'failure') return { ...read, cost };
    const { metrics: _, ...answer } = read;
    return { ...answer, cost };
  }

  async #answer(underway: Underway): Promise<ReadVector | Fault> {
    const { question } = underway;
    for (;;) {
      if (this.#isOpen && !(await this.#isBack(question))) return this.#refusal(question);
      const isOver = question.signal.aborted || question.deadline <= this.#parts.clock.now();
      if (isOver || !(this.#turns.takeFree() || (await this.#turn(question)))) return this.#tooLate(question);
      if (!this.#isOpen) return this.#inTurn(underway);
      // While it waited the source went away: it waits for that outside the line, for others wait in it.
      this.#turns.done();
    }
  }

  async #inTurn(underway: Underway): Promise<ReadVector | Fault> {
    const { question } = underway;
    const deadline = new Deadline(question.deadline - this.#parts.clock.now(), question.signal);
    try {
      return await this.#attempts(underway, deadline.signal);
    } finally {
      deadline.end();
      this.#line.moves(this.#turns.waiting, performance.now());
      this.#turns.done();
    }
  }

  async #turn(question: Question): Promise<boolean> {
    const patience = new Deadline(this.#leftToWait(question), question.signal);
    const hasTurn = await this.#turns.take(patience.signal);
    patience.end();
    return hasTurn;
  }

  #leftToWait({ turnBy, deadline }: Question): DurationMs {
    return Math.min(turnBy, deadline) - this.#parts.clock.now();
  }

  #tooLate(question: Question): Fault {
    const turns = `${this.#config.concurrency} at once`;
    return givenUp(question, `its time was over before it was the question's turn (${turns})`);
  }

  async #attempts(underway: Underway, signal: AbortSignal): Promise<ReadVector | Fault> {
    const { clock, entropy } = this.#parts;
    const { question } = underway;
    for (;;) {
      underway.attempts++;
      const last = await this.#attempt(underway.sent, signal);
      underway.bytes += last.bytes;
      if (last.event !== null) this.#learn(last.event, last.read);
      if (!last.mayHelpAgain) return last.read;
      const at = nextAttemptAt({
        attempt: underway.attempts,
        now: clock.now(),
        deadline: Math.min(question.turnBy, question.deadline),
        retryAfter: last.retryAfter,
        fraction: entropy.fraction(),
      });
      if (at === null) return last.read;
      await clock.sleepUntil(at, signal);
      if (!signal.aborted && this.#isOpen && !(await this.#isBack(question))) return last.read;
      if (signal.aborted) return question.signal.aborted ? givenUp(question, '') : last.read;
    }
  }

  async #attempt(question: Sent, signal: AbortSignal): Promise<Attempt> {
    const { head, memoryKey } = question;
    const { clock, client } = this.#parts;
    const sent = clock.now();
    const request = {
      method: 'POST',
      url: this.#url,
      headers: question.headers.length === 0 ? this.#headers : withHeaders(this.#headers, question.headers),
      body: fullForm(head, question.at, question.deadline - sent),
      signal,
      trace: question.trace ?? null,
    } as const;
    const result = await client.download(this.#config.http, request, this.#config.maxBytes);
    if (result.kind === 'failure') {
      const read = faultOf(result, question, signal);
      // What we could not even begin says nothing about the source.
      const isItsFault = read.reason !== 'aborted' && result.reason !== 'config';
      const mayHelpAgain = read.reason === 'unavailable' && isPassing(result);
      return { read, bytes: 0, mayHelpAgain, retryAfter: null, event: isItsFault ? 'failed' : null };
    }
    const read = readAnswer(result, this.#config, this.#memory.recall(memoryKey));
    const isUnwell = read.kind === 'failure' && read.reason === 'unavailable';
    if (read.kind === 'vector') this.#memory.keep(memoryKey, read.metrics);
    return {
      read,
      bytes: result.body.bytes.length,
      mayHelpAgain: isUnwell && [429, 502, 503, 504].includes(result.status),
      retryAfter: retryAfter(result.headers.get('retry-after') ?? '', clock.now()),
      event: isUnwell ? 'failed' : 'answered',
    };
  }

  get #isOpen(): boolean {
    return this.#breaker.kind === 'open';
  }

  #learn(event: BreakerEvent, read: ReadVector | Fault): void {
    if (event !== 'answered' && read.kind === 'failure') this.#lastFailure = read.message;
    this.#breaker = step(this.#breaker, event, this.#parts.clock.now());
    // Who waits for the probe need not any more.
    if (event === 'answered') this.#probe.over();
  }

  /** Whether the next probe is answered, as long as the question has time to wait for it. */
  async #isBack(question: Question): Promise<boolean> {
    const { clock } = this.#parts;
    const left = this.#leftToWait(question);
    if ((probeAt(this.#breaker, clock.now()) ?? 0) >= clock.now() + left) return false;
    const patience = new Deadline(left, question.signal);
    await this.#probe.wait(patience.signal);
    patience.end();
    return !this.#isOpen;
  }

  async #askProbe(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const at = probeAt(this.#breaker, clock.now());
    if (at !== null && at > clock.now()) await clock.sleepUntil(at, signal);
    if (signal.aborted || !this.#isOpen) return;
    this.#isProbing = true;
    const now = clock.now();
    const time = Math.min(this.#config.timeout, LONGEST_PROBE_MS);
    const head = formHead(PROBE, this.#config.params);
    const deadline = new Deadline(time, signal);
    const sent = { head, memoryKey: head, at: now, deadline: now + time, headers: [], trace: null, signal };
    const { read, event } = await this.#attempt(sent, deadline.signal);
    deadline.end();
    this.#isProbing = false;
    // What we could not send is no sign that it is back.
    if (!signal.aborted) this.#learn(event === 'answered' ? event : 'probe failed', read);
  }

  #refusal(question: Question): Fault {
    if (question.signal.aborted) return givenUp(question, '');
    const now = this.#parts.clock.now();
    const left = (probeAt(this.#breaker, now) ?? now) - now;
    const message = `the source failed again and again: it is left alone for ${(left / 1000).toFixed(1)} s more; at last: ${this.#lastFailure}`;
    return { kind: 'failure', reason: 'unavailable', message };
  }
}

function withHeaders(
  headers: Readonly<Record<string, string>>,
  own: Question['headers'],
): Readonly<Record<string, string>> {
  const names = new Set(own.map(([name]) => name.toLowerCase()));
  const rest = Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase()));
  return Object.fromEntries([...rest, ...own]);
}

function givenUp({ signal }: Pick<Question, 'signal'>, waited: string): Fault {
  return signal.aborted
    ? { kind: 'failure', reason: 'aborted', message: 'the question was given up' }
    : { kind: 'failure', reason: 'timeout', message: waited };
}

function faultOf(failure: HttpFailure, question: Pick<Question, 'signal'>, signal: AbortSignal): Fault {
  const { reason, message } = failure;
  if (question.signal.aborted) return givenUp(question, message);
  return { kind: 'failure', reason: signal.aborted ? 'timeout' : OF_HTTP[reason], message };
}

const OF_HTTP: Readonly<Record<HttpFailure['reason'], AnswerFailure>> = {
  refused: 'unavailable',
  reset: 'unavailable',
  dns: 'unavailable',
  // Of the connection alone: while the question's own deadline stands, another may be had.
  timeout: 'unavailable',
  tls: 'unavailable',
  config: 'unavailable',
  aborted: 'aborted',
};

/** A certificate or a file is not better in a moment. */
const isPassing = ({ reason }: HttpFailure): boolean => reason !== 'tls' && reason !== 'config';

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.[0-9.]+$/.test(host);
}
