// A webhook receiver on a bad day: it refuses, asks for patience, hangs up before or after it has read, or takes its
// time. What it has accepted is what people were told; everything that arrived is remembered with its times.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Random } from './random.ts';

export interface ToldAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
}

export interface Arrival {
  /** Milliseconds since the epoch, as all times of a history: when it was read, which on a busy machine is late. */
  readonly at: number;
  /** Which life of the process sent it, by the header that its configuration adds. */
  readonly life: number;
  readonly idempotencyKey: string;
  readonly groupKey: string;
  readonly alerts: readonly ToldAlert[];
  readonly body: string;
  /** null until something was answered; a hang-up is an answer. */
  answeredAt: number | null;
  outcome: 'accepted' | 'refused' | 'hung up' | null;
}

type Mood = 'accept' | 'slow' | 'error' | 'patience' | 'reset early' | 'reset late';

/** The error comes most often, as the world has it. */
const BAD_DAY: readonly Mood[] = [
  'accept',
  'accept',
  'accept',
  'slow',
  'slow',
  'error',
  'error',
  'patience',
  'reset early',
  'reset late',
];

export class FlakySink implements AsyncDisposable {
  readonly arrivals: Arrival[] = [];
  healthy = false;
  readonly #server: Server;
  readonly #random: Random;

  private constructor(server: Server, random: Random) {
    this.#server = server;
    this.#random = random;
    server.on('request', (request, response) => void this.#take(request, response));
  }

  static async start(random: Random): Promise<FlakySink> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FlakySink(server, random);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const mood = this.healthy ? 'accept' : this.#random.pick(BAD_DAY);
    if (mood === 'reset early') return void request.socket.resetAndDestroy();
    const body = await textOf(request);
    // Killed while it was talking: nothing was said.
    if (body === null) return;
    const { groupKey, alerts } = JSON.parse(body) as Pick<Arrival, 'groupKey' | 'alerts'>;
    const arrival: Arrival = {
      ...{ at, groupKey, alerts, body, answeredAt: null, outcome: null },
      idempotencyKey: String(request.headers['idempotency-key']),
      life: Number(request.headers['x-life'] ?? 0),
    };
    this.arrivals.push(arrival);
    const outcome = await this.#answer(mood, request, response);
    arrival.outcome = outcome;
    arrival.answeredAt = Date.now();
  }

  async #answer(mood: Mood, request: IncomingMessage, response: ServerResponse): Promise<Arrival['outcome']> {
    switch (mood) {
      case 'slow':
        await new Promise((resolve) => setTimeout(resolve, this.#random.between(50, 500)));
        response.end();
        return 'accepted';
      case 'accept':
        response.end();
        return 'accepted';
      case 'error':
        response.writeHead(500).end();
        return 'refused';
      case 'patience':
        response.writeHead(429, { 'Retry-After': '1' }).end();
        return 'refused';
      case 'reset early':
      case 'reset late':
        request.socket.resetAndDestroy();
        return 'hung up';
    }
  }
}

async function textOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  return Buffer.concat(chunks).toString('utf8');
}
