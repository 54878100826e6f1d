// Something that answers like a Prometheus until a test tells it to do something else: one server a source, so that
// each can be away by itself.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

export class FakeSource implements AsyncDisposable {
  #server: Server | null = null;
  #port = 0;
  behaves: Behaviour;

  constructor(behaves: Behaviour) {
    this.behaves = behaves;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** At the same port as before. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () => this.behaves(response, request));
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the source has no port');
    this.#port = address.port;
    this.#server = server;
  }

  /** Connections are refused from now on. */
  async leave(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }
}

export type Series = readonly (readonly [labels: Readonly<Record<string, string>>, value: string])[];

/** A good answer; `beside` are members beside the data. */
export const vector =
  (series: Series, beside: object = {}): Behaviour =>
  (response) =>
    reply(response, 200, {
      status: 'success',
      data: {
        resultType: 'vector',
        result: series.map(([metric, value]) => ({ metric, value: [Date.now() / 1000, value] })),
      },
      ...beside,
    });

export const status =
  (code: number, text = '', headers: Readonly<Record<string, string>> = {}): Behaviour =>
  (response) =>
    void response.writeHead(code, headers).end(text);

export function reply(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
