// Two servers, one configuration, one timeline: what happens in a case happens to both at the same moment, and each
// has a sink of its own that hears what it says.
import type { Alertmanager } from '../../support/e2e/alertmanager.ts';
import { startAlertmanager } from '../../support/e2e/alertmanager.ts';
import { startBelfry } from '../../support/e2e/belfry.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { startWebhookSink, type Received, type WebhookSink } from '../../support/e2e/webhook-sink.ts';
import type { Alert, Case, Setup, Silence, Step } from './case.ts';
import { CASE_LABEL, configText, pathOf } from './setup-file.ts';

/** A message, by the case's own time. */
export interface Heard {
  readonly at: number;
  readonly to: string;
  readonly status: number;
  readonly body: string;
}

/** What one side did in a case. */
export interface Side {
  readonly heard: readonly Heard[];
  /** What each step was answered: a status code, or why there was none. */
  readonly answers: readonly (number | string)[];
}

export interface Outcome {
  readonly ours: Side;
  readonly peer: Side;
  /** When the case began, as the clock on the wall says. */
  readonly epoch: number;
}

interface Server {
  readonly router: RouterProcess;
  readonly sink: WebhookSink;
  /** By performance.now(). */
  readonly readyAt: number;
}

interface Pair extends AsyncDisposable {
  readonly ours: Server;
  readonly peer: Server;
}

const EXTERNAL_URL = '--web.external-url=http://alerts.example:9093';

/** Cases that disturb nobody else: one pair of servers for all of them, all at once. */
export async function runTogether(cases: readonly Case[], peer: Alertmanager): Promise<readonly Outcome[]> {
  const branches = cases.map((setup, index) => ({ id: idOf(index), setup }));
  await using pair = await startPair(peer, (sinkUrl) => configText(branches, sinkUrl));
  // Not all in the same instant: what is measured is how the two do, not how much this machine can do at a time.
  return await Promise.all(cases.map((one, index) => play(one, idOf(index), pair, (index % 20) * 53)));
}

/** A case with servers of its own: it reloads or restarts them, or needs flags. */
export async function runAlone(one: Case, peer: Alertmanager): Promise<Outcome> {
  const id = idOf(0);
  const config = (sinkUrl: string): string => configText([{ id, setup: one }], sinkUrl, one.global);
  await using pair = await startPair(peer, config, one.args);
  return await play(one, id, pair, 0);
}

const idOf = (index: number): string => `c${index}`;

async function startPair(
  peer: Alertmanager,
  config: (sinkUrl: string) => string,
  more: readonly string[] = [],
): Promise<Pair> {
  const stack = new AsyncDisposableStack();
  try {
    const args = [EXTERNAL_URL, ...more];
    const start = async (run: (text: string) => Promise<RouterProcess>): Promise<Server> => {
      const sink = stack.use(await startWebhookSink());
      const router = stack.use(await run(config(sink.url)));
      const readyAt = performance.now();
      await warmUp(router);
      return { sink, router, readyAt };
    };
    const starting = [
      start((text) => startBelfry({ config: text, args })),
      start((text) => startAlertmanager(peer.binary, { config: text, args })),
    ] as const;
    // Both, whatever becomes of either: what is still starting could not be ended.
    await Promise.allSettled(starting);
    const [mine, theirs] = await Promise.all(starting);
    return { ours: mine, peer: theirs, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function play(one: Case, id: string, pair: Pair, afterMs: number): Promise<Outcome> {
  await pause(afterMs);
  for (const [to, answers] of Object.entries(one.answers ?? {})) {
    for (const { sink } of [pair.ours, pair.peer]) sink.answer(pathOf(id, to), answers);
  }
  const zero = performance.now();
  const epoch = Date.now();
  const ours = new Player(one, id, pair.ours, epoch);
  const peer = new Player(one, id, pair.peer, epoch);
  const underway: Promise<unknown>[] = [];
  for (const step of one.steps.toSorted((a, b) => a.at - b.at)) {
    await pause(zero + step.at * 1000 - performance.now());
    underway.push(ours.take(step), peer.take(step));
  }
  await pause(zero + one.until * 1000 - performance.now());
  await Promise.all(underway);
  return { ours: ours.side(zero), peer: peer.side(zero), epoch };
}

/** The case, done to one server. */
class Player {
  readonly #case: Case;
  readonly #id: string;
  readonly #server: Server;
  readonly #epoch: number;
  readonly #answers: (number | string)[] = [];
  readonly #silences = new Map<string, string>();
  /** Steps in their order, also when one takes longer than the next is away. */
  #last: Promise<void> = Promise.resolve();

  constructor(one: Case, id: string, server: Server, epoch: number) {
    this.#case = one;
    this.#id = id;
    this.#server = server;
    this.#epoch = epoch;
  }

  take(step: Step): Promise<void> {
    this.#last = this.#last.then(async () => void this.#answers.push(await this.#do(step).catch(String)));
    return this.#last;
  }

  side(zero: number): Side {
    const start = pathOf(this.#id, '');
    const mine = this.#server.sink.received().filter(({ path }) => path.startsWith(start));
    const from = this.#case.sinceReady === true ? this.#server.readyAt : zero;
    const heard = ({ path, at, status, body }: Received): Heard => ({
      at: (at - from) / 1000,
      to: path.slice(start.length),
      status,
      body,
    });
    return { heard: mine.map(heard), answers: this.#answers };
  }

  async #do(step: Step): Promise<number> {
    if ('post' in step)
      return (
        await this.#send(
          'POST',
          '/alerts',
          step.post.map((alert) => this.#alert(alert)),
        )
      ).status;
    if ('silence' in step) return this.#silence(step.silence, step.at);
    if ('expire' in step) return (await this.#send('DELETE', `/silence/${this.#silences.get(step.expire)}`)).status;
    if ('reload' in step) return (await this.#server.router.reload(this.#config(step.reload))).status;
    await this.#server.router.restart(step.restart);
    await warmUp(this.#server.router);
    return 0;
  }

  #alert({ labels, annotations, starts, ends, generatorURL }: Alert): object {
    return {
      // Labels last: one may be called __proto__.
      labels: Object.fromEntries([[CASE_LABEL, this.#id], ...Object.entries(labels)]),
      annotations,
      startsAt: this.#time(starts),
      endsAt: this.#time(ends),
      generatorURL,
    };
  }

  async #silence({ name, matchers, starts, ends }: Silence, at: number): Promise<number> {
    const response = await this.#send('POST', '/silences', {
      id: this.#silences.get(name),
      matchers: [`${CASE_LABEL}=${this.#id}`, ...matchers].map(matcher),
      startsAt: this.#time(starts ?? at),
      endsAt: this.#time(ends),
      createdBy: 'somebody',
      comment: name,
    });
    const answer: unknown = await response.json();
    if (typeof answer === 'object' && answer !== null && 'silenceID' in answer) {
      this.#silences.set(name, String(answer.silenceID));
    }
    return response.status;
  }

  #config(change: Partial<Setup> | 'nonsense'): string {
    if (change === 'nonsense') return 'route: {receiver: nobody}';
    return configText(
      [{ id: this.#id, setup: { ...this.#case, ...change } }],
      this.#server.sink.url,
      this.#case.global,
    );
  }

  #send(method: string, path: string, body?: unknown): Promise<Response> {
    const json =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return fetch(`${this.#server.router.url}/api/v2${path}`, { method, ...json });
  }

  #time(seconds: number | undefined): string | undefined {
    return seconds === undefined ? undefined : new Date(this.#epoch + seconds * 1000).toISOString();
  }
}

/** The first request of a process takes longer than the others; this alert goes nowhere. */
async function warmUp({ url }: RouterProcess): Promise<void> {
  const body = JSON.stringify([{ labels: { alertname: 'WarmUp' } }]);
  await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

function matcher(text: string): object {
  const match = /^(\w+)(=~|!~|!=|=)(.*)$/.exec(text);
  if (match === null) throw new Error(`not a matcher: ${text}`);
  const [, name, operator = '', value] = match;
  return { name, value, isRegex: operator.endsWith('~'), isEqual: operator.startsWith('=') };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
