// A server that takes webhooks and remembers them: what arrived where, when and in which order. A path can be
// told what to answer; it answers 200 otherwise.
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  /** When its head arrived, by performance.now(). */
  readonly at: number;
  readonly headers: IncomingHttpHeaders;
  /** The text as it was sent. */
  readonly body: string;
  /** What it was answered. */
  readonly status: number;
}

export interface Answer {
  readonly status: number;
  /** How long the sender waits for it. */
  readonly afterMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export class WebhookSink implements AsyncDisposable {
  readonly #server: Server;
  readonly #received: Received[] = [];
  readonly #answers = new Map<string, { readonly next: Answer[]; readonly always: Answer }>();

  constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => {
      const at = performance.now();
      const path = request.url ?? '';
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const answer = this.#answerFor(path);
        const body = Buffer.concat(chunks).toString('utf8');
        this.#received.push({ path, at, headers: request.headers, body, status: answer.status });
        if (answer.afterMs === undefined) end(response, answer);
        else setTimeout(end, answer.afterMs, response, answer);
      });
    });
  }

  /** http://127.0.0.1:PORT, without a slash at the end. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** Everything that arrived, in the order it did; at one path when it is named. */
  received(path?: string): readonly Received[] {
    const inOrder = [...this.#received].sort((a, b) => a.at - b.at);
    return path === undefined ? inOrder : inOrder.filter((one) => one.path === path);
  }

  /** The next answers at a path, each once; after them `always`. */
  answer(path: string, next: readonly Answer[], always: Answer = { status: 200 }): void {
    this.#answers.set(path, { next: [...next], always });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answerFor(path: string): Answer {
    const planned = this.#answers.get(path);
    return planned?.next.shift() ?? planned?.always ?? { status: 200 };
  }
}

export async function startWebhookSink(): Promise<WebhookSink> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new WebhookSink(server);
}

function end(response: ServerResponse, { status, headers, body = '' }: Answer): void {
  response.writeHead(status, { ...headers }).end(body);
}
