// The outside of a story: receivers that write down what they are told and answer as the script says.
import type { IntegrationEntry } from '../config/config.ts';
import type { Instant } from '../model/time.ts';
import type { Outcome } from '../notify/outcome.ts';
import type { Clock } from '../ports/clock.ts';
import type { Courier, Letter } from '../ports/courier.ts';
import type { SeenMessage } from './compare.ts';
import type { StoryAnswer } from './story.ts';

export class ScriptedReceivers implements Courier {
  readonly seen: SeenMessage[] = [];
  readonly #clock: Clock;
  readonly #start: Instant;
  readonly #scripts = new Map<string, { answer: StoryAnswer; left: number }[]>();

  constructor(clock: Clock, start: Instant) {
    this.#clock = clock;
    this.#start = start;
  }

  script(receiver: string, answers: readonly StoryAnswer[]): void {
    this.#scripts.set(
      receiver,
      answers.map((answer) => ({ answer, left: answer.times })),
    );
  }

  async deliver(_integration: IntegrationEntry, { message, signal }: Letter): ReturnType<Courier['deliver']> {
    this.seen.push({ at: this.#clock.now() - this.#start, message });
    return { outcome: await this.#outcome(this.#answer(message.receiver), signal), templateError: null };
  }

  #answer(receiver: string): StoryAnswer {
    const script = this.#scripts.get(receiver);
    const turn = script?.find((each) => each.left > 0);
    if (turn === undefined) return { kind: 'ok', after: null, times: Infinity };
    turn.left--;
    return turn.answer;
  }

  async #outcome(answer: StoryAnswer, signal: AbortSignal): Promise<Outcome> {
    switch (answer.kind) {
      case 'ok':
        return { kind: 'delivered', detail: 'ok' };
      case 'retry':
        return { kind: 'retry', reason: 'serverError', detail: 'as the story says', after: answer.after };
      case 'rejected':
        return { kind: 'rejected', reason: 'clientError', detail: 'as the story says' };
      case 'silent':
        await this.#clock.sleepUntil(this.#clock.now() + (answer.after ?? Number.MAX_SAFE_INTEGER), signal);
        return { kind: 'retry', reason: 'contextDeadlineExceeded', detail: 'no answer', after: null };
    }
  }
}
