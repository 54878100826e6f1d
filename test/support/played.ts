// A conversation of an integration with a peer whose answers are given: what it asks, and what comes of it.
import type { IntegrationEntry } from '../../src/config/config.ts';
import { createHttpSender } from '../../src/integrations/http/send.ts';
import type { Message } from '../../src/notify/message.ts';
import type { Outcome } from '../../src/notify/outcome.ts';
import type { HttpRequest, HttpResult } from '../../src/ports/http-client.ts';
import type { Sender } from '../../src/ports/sender.ts';
import type { HttpPost } from '../../src/integrations/http/request.ts';
import { MemoryFiles } from './http-world.ts';
import { draft, NOW, postOf, sampleMessage } from './integration-scene.ts';

/** A status, or 200; the body as text, or as JSON. */
export const saying = (body: unknown, status = 200, headers: readonly [string, string][] = []): HttpResult => ({
  ...{ kind: 'answer', status, headers: new Map(headers) },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

export class Peer {
  now = NOW;
  readonly files = new MemoryFiles();
  readonly variables = new Map<string, string>();
  readonly asked: HttpRequest[] = [];
  readonly #answers: HttpResult[] = [];
  readonly #sender: Sender<HttpPost> = createHttpSender({
    http: {
      request: (_config, request) => {
        this.asked.push(request);
        const answer = this.#answers.shift();
        if (answer === undefined) throw new Error(`nobody expected ${request.method} ${request.url}`);
        return Promise.resolve(answer);
      },
    },
    files: this.files,
    clock: { now: () => this.now },
    variable: (name) => this.variables.get(name) ?? '',
    userAgent: 'Belfry/1',
  });

  /** Every answer has to be asked for. */
  async send(
    entry: IntegrationEntry,
    answers: readonly HttpResult[],
    message: Message = sampleMessage(),
  ): Promise<Outcome> {
    this.asked.length = 0;
    this.#answers.push(...answers);
    const outcome = await this.#sender.send(postOf(draft(entry, message)), {
      signal: new AbortController().signal,
      mayHaveArrived: false,
    });
    if (this.#answers.length > 0) throw new Error(`${this.#answers.length} answers nobody asked for`);
    return outcome;
  }

  /** `POST http://…` */
  get lines(): readonly string[] {
    return this.asked.map(({ method, url }) => `${method} ${url}`);
  }

  body(index: number): unknown {
    return JSON.parse(String(this.asked[index]!.body));
  }
}
