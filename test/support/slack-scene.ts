// What the tests of slack_configs share: a draft taken apart, and a sender over a fake Slack in a time of its own.
import { createHttpClient } from '../../src/adapters/http-client.ts';
import type { IntegrationEntry } from '../../src/config/config.ts';
import { createHttpSender } from '../../src/integrations/http/send.ts';
import type { Drafted, SceneParts } from '../../src/integrations/scene.ts';
import type { AppRequest, SlackRequest, WebhookRequest } from '../../src/integrations/slack/request.ts';
import { createSlackSender } from '../../src/integrations/slack/send.ts';
import type { Message } from '../../src/notify/message.ts';
import type { Outcome } from '../../src/notify/outcome.ts';
import type { Attempt, Sender } from '../../src/ports/sender.ts';
import type { World } from '../contract/integration.contract.ts';
import { FakeSlack, type FakeSlackOptions } from './fake-slack.ts';
import { HttpWorld, MemoryFiles } from './http-world.ts';
import { draft, NOW, wireOf } from './integration-scene.ts';

export function slackOf({ draft: made }: Drafted): SlackRequest {
  if (made.kind !== 'slack') throw new Error(`a draft of kind ${made.kind}`);
  return made.request;
}

export function webhookOf(made: Drafted): WebhookRequest {
  const request = slackOf(made);
  if (request.kind !== 'webhook') throw new Error('not a webhook');
  return request;
}

export function appOf(made: Drafted): AppRequest {
  const request = slackOf(made);
  if (request.kind !== 'app') throw new Error('not an app');
  return request;
}

/** The JSON a webhook gets. */
export function webhookBody(made: Drafted): unknown {
  const { post } = webhookOf(made);
  return JSON.parse(wireOf({ ...made, draft: { kind: 'http', request: post } }).body);
}

export function slackSender(world: Pick<World, 'http' | 'files'>, clock: VirtualClock): Sender<SlackRequest> {
  const parts = { ...world, clock, userAgent: 'Belfry/1' };
  return createSlackSender({ ...parts, post: createHttpSender({ ...parts, variable: () => '' }) });
}

/** Whoever sleeps has slept at once. */
export class VirtualClock {
  #now = NOW;

  now(): number {
    return this.#now;
  }

  sleepUntil(at: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted !== true) this.#now = Math.max(this.#now, at);
    return Promise.resolve();
  }
}

/** What the engine does for an integration: keeps its memo, and says what may have arrived. */
export class SlackScene implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly slack: FakeSlack;
  readonly outcomes: Outcome[] = [];
  memo: string | null = null;
  readonly #world = new HttpWorld();
  readonly #client = createHttpClient({ files: new MemoryFiles(), env: {}, clock: this.clock });
  #sender = slackSender({ http: this.#client, files: new MemoryFiles() }, this.clock);
  #origin = '';

  constructor(options: Partial<FakeSlackOptions> = {}) {
    this.slack = new FakeSlack({ now: () => this.clock.now(), ...options });
  }

  async origin(): Promise<string> {
    this.#origin ||= await this.#world.serve(this.slack.handler);
    return this.#origin;
  }

  /** As after a restart: what only the process knew is gone. */
  restart(): void {
    this.#sender = slackSender({ http: this.#client, files: new MemoryFiles() }, this.clock);
  }

  /** One attempt. */
  async attempt(entry: IntegrationEntry, message: Message, over: Partial<Attempt & SceneParts> = {}): Promise<Outcome> {
    const { signal = AbortSignal.timeout(10_000), mayHaveArrived = false, ...scene } = over;
    const made = draft(entry, message, { memo: this.memo, ...scene });
    const outcome = await this.#sender.send(slackOf(made), { signal, mayHaveArrived });
    this.memo = outcome.memo ?? this.memo;
    this.outcomes.push(outcome);
    return outcome;
  }

  /** Until it is delivered or refused for good. */
  async deliver(entry: IntegrationEntry, message: Message, mayHaveArrived = false): Promise<Outcome> {
    let doubt = mayHaveArrived;
    for (let attempts = 0; attempts < 200; attempts++) {
      const outcome = await this.attempt(entry, message, { mayHaveArrived: doubt });
      if (outcome.kind !== 'retry') return outcome;
      doubt ||= outcome.mayHaveArrived === true;
      await this.clock.sleepUntil(this.clock.now() + (outcome.after ?? 500));
    }
    throw new Error('no end of attempts');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
    await this.#world[Symbol.asyncDispose]();
  }
}
