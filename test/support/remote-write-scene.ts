// A receiver of remote write that answers as it is told, a target that writes to it, and time that jumps: who sleeps
// wakes at once, that much later.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createHttpClient } from '../../src/adapters/http-client.ts';
import { RemoteWrite } from '../../src/adapters/remote-write/all-targets.ts';
import type { RemoteWriteParts } from '../../src/adapters/remote-write/target.ts';
import type { RemoteWriteConfig } from '../../src/config/config.ts';
import { Labels } from '../../src/model/labels.ts';
import { DEFAULT_HTTP_CONFIG } from '../../src/outbound/compile.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { RemoteWriteMetrics } from '../../src/ports/sending-metrics.ts';
import type { WrittenSample } from '../../src/ports/series-writer.ts';
import { MemoryFiles } from './http-world.ts';
import { printSample, readBody, type ReadSample } from './remote-write-body.ts';

export interface WriteRequest {
  readonly headers: IncomingHttpHeaders;
  readonly protocol: '1.0' | '2.0';
  readonly samples: readonly ReadSample[];
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What is written counts only when the reply says so: `taken`. */
export type Receive = (request: WriteRequest, count: number) => Reply | 'hang up' | Promise<Reply>;

export const wrote = (samples: number): Readonly<Record<string, string>> => ({
  'x-prometheus-remote-write-samples-written': String(samples),
});

/** A receiver of 2.0 to whom all is well. */
export const takesAll: Receive = ({ protocol, samples }) => ({
  status: 204,
  ...(protocol === '2.0' && { headers: wrote(samples.length) }),
});

export class Receiver implements AsyncDisposable {
  readonly requests: WriteRequest[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  receive: Receive;

  private constructor(receive: Receive) {
    this.receive = receive;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const protocol = request.headers['x-prometheus-remote-write-version'] === '2.0.0' ? '2.0' : '1.0';
        const samples = readBody(Buffer.concat(chunks), protocol);
        const seen: WriteRequest = { headers: request.headers, protocol, samples };
        this.requests.push(seen);
        void Promise.resolve(this.receive(seen, this.requests.length)).then((reply) => {
          if (reply === 'hang up') request.socket.destroy();
          else response.writeHead(reply.status, reply.headers).end(reply.body ?? '');
        });
      });
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(receive: Receive = takesAll): Promise<Receiver> {
    const receiver = new Receiver(receive);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v1/write`;
  }

  /** Requests as `1.0: a 1@5, b 2@5`. */
  get told(): readonly string[] {
    return this.requests.map(({ protocol, samples }) => `${protocol}: ${samples.map(printSample).join(', ')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

class JumpingClock implements Clock {
  #now: number;
  readonly slept: number[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  move(ms: number): void {
    this.#now += ms;
  }

  sleepUntil(at: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted !== true && at > this.#now) {
      this.slept.push(at - this.#now);
      this.#now = at;
    }
    return Promise.resolve();
  }
}

/** Sums of what was told, by event. */
export class CountingMetrics implements RemoteWriteMetrics {
  readonly counts = new Map<string, number>();
  readonly pendings: number[] = [];

  #add(what: string, count: number): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + count);
  }

  samplesIn(_target: string, count: number): void {
    this.#add('in', count);
  }
  pending(_target: string, count: number): void {
    this.pendings.push(count);
  }
  requestDone(_target: string, _seconds: number, _bytes: number, ok: boolean): void {
    this.#add(ok ? 'requests ok' : 'requests failed', 1);
  }
  samplesSent(_target: string, count: number): void {
    this.#add('sent', count);
  }
  samplesRetried(_target: string, count: number): void {
    this.#add('retried', count);
  }
  samplesFailed(_target: string, count: number): void {
    this.#add('failed', count);
  }
  samplesDropped(_target: string, count: number, reason: string): void {
    this.#add(`dropped: ${reason}`, count);
  }
  protocol(_target: string, version: string): void {
    this.#add(`speaks ${version}`, 1);
  }
}

export const START = Date.UTC(2026, 10, 20, 12);

export class WriteScene implements AsyncDisposable {
  readonly clock = new JumpingClock(START);
  readonly metrics = new CountingMetrics();
  readonly #client = createHttpClient({ files: new MemoryFiles(), env: {}, clock: this.clock });
  readonly #writers: RemoteWrite[] = [];

  parts(changes: Partial<RemoteWriteParts> = {}): RemoteWriteParts {
    const { clock, metrics } = this;
    const settled = { userAgent: 'Belfry/test', externalLabels: Labels.empty, names: 'utf8' } as const;
    return { http: this.#client, clock, metrics, ...settled, ...changes };
  }

  writer(configs: readonly RemoteWriteConfig[], parts: Partial<RemoteWriteParts> = {}): RemoteWrite {
    const writer = new RemoteWrite(configs, this.parts(parts));
    this.#writers.push(writer);
    return writer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.close(AbortSignal.abort())));
    await this.#client[Symbol.asyncDispose]();
  }
}

export function target(
  url: string,
  changes: Partial<Omit<RemoteWriteConfig, 'queue'>> & { readonly queue?: Partial<RemoteWriteConfig['queue']> } = {},
): RemoteWriteConfig {
  return {
    name: 'store',
    url,
    http: DEFAULT_HTTP_CONFIG,
    timeout: 5000,
    protocol: null,
    sendsHistograms: true,
    writeRelabel: [],
    ...changes,
    queue: {
      maxSamplesPerSend: 2000,
      capacity: 100_000,
      minBackoff: 30,
      maxBackoff: 5000,
      sampleAgeLimit: 7_200_000,
      ...changes.queue,
    },
  };
}

/** `sample('up', 1)`, `sample('up{job="x"}', null)`; at the start of the scene unless said otherwise. */
export function sample(series: string, value: number | null, at = START): WrittenSample {
  const [, name = '', labels = ''] = /^([^{]*)(?:\{(.*)\})?$/.exec(series)!;
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label!, text!] as const);
  return { labels: Labels.of([['__name__', name], ...pairs]), at, value };
}

export const NEVER: AbortSignal = new AbortController().signal;
