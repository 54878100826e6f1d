// A server on a free loopback port over the fake engine, closed at the end of the scope that asked for it.
import type { HttpMetrics } from '../../src/ports/metrics.ts';
import { defaultLimits, type Limits } from '../../src/http/limits.ts';
import { systemFiles } from '../../src/adapters/files.ts';
import { startServer, type ServerOptions } from '../../src/http/server.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { noTracer } from './no-tracer.ts';
import { fakeEngine, type FakeEngine } from './fake-engine.ts';

export interface Observed {
  readonly handler: string;
  readonly method: string;
  readonly code: number;
  readonly bytes: number;
}

export class FakeMetrics implements HttpMetrics {
  readonly observed: Observed[] = [];
  inFlight = 0;
  refused = 0;
  invalid = 0;

  observeRequest(handler: string, method: string, code: number, _seconds: number, bytes: number): void {
    this.observed.push({ handler, method, code, bytes });
  }
  getsInFlight(change: 1 | -1): void {
    this.inFlight += change;
  }
  getRefused(): void {
    this.refused++;
  }
  alertsInvalid(count: number): void {
    this.invalid += count;
  }
  async render(): Promise<string> {
    return '# HELP up x\nup 1\n';
  }
}

/** Time stands still at noon of 20 November 2026 until a test moves it; sleepers wake when it passes them. */
export class FakeClock implements Clock {
  #now = Date.UTC(2026, 10, 20, 12);
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleepUntil(at: number, signal?: AbortSignal): Promise<void> {
    if (at <= this.#now || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { at, wake: resolve };
      this.#sleepers.push(sleeper);
      const forget = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      };
      signal?.addEventListener('abort', forget, { once: true });
    });
  }

  get sleepers(): number {
    return this.#sleepers.length;
  }

  move(ms: number): void {
    this.#now += ms;
    const due = this.#sleepers.filter(({ at }) => at <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
    for (const { wake } of due) wake();
  }
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
}

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly engine: FakeEngine;
  readonly metrics: FakeMetrics;
  readonly clock: FakeClock;
  readonly logged: readonly LogLine[];
  close(): Promise<void>;
}

export type TestServerOptions = Partial<
  Omit<ServerOptions, 'limits' | 'engine' | 'files' | 'clock' | 'metrics' | 'log'>
> & {
  readonly limits?: Partial<Limits>;
};

export async function testServer(options: TestServerOptions = {}): Promise<TestServer> {
  const clock = new FakeClock();
  const engine = fakeEngine(() => clock.now());
  const metrics = new FakeMetrics();
  const logged: LogLine[] = [];
  const server = await startServer({
    listen: [{ host: '127.0.0.1', port: 0 }],
    routePrefix: '',
    externalURL: 'http://belfry.example',
    allowedOrigins: [],
    webConfig: null,
    getConcurrency: 0,
    timeout: 0,
    rules: {
      resendDelay: 60_000,
      forOutageTolerance: 3_600_000,
      forGracePeriod: 600_000,
      allOrNothing: false,
      allowEmpty: false,
    },
    matcherMode: 'fallback',
    tracer: noTracer,
    ...options,
    limits: { ...defaultLimits, ...options.limits },
    engine,
    files: systemFiles,
    clock,
    metrics,
    log: (level, message) => void logged.push({ level, message }),
  });
  const { port } = server.addresses[0]!;
  const close = (): Promise<void> => server.close();
  return { url: `http://127.0.0.1:${port}`, port, engine, metrics, clock, logged, close, [Symbol.asyncDispose]: close };
}
