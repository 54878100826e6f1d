// What a webhook was told by Belfry's own router.
import type { WebhookSink } from '../../support/e2e/webhook-sink.ts';

interface Payload {
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAt: string;
    readonly endsAt: string;
  }[];
}

export type ToldByRouter = Payload['alerts'][number];

/** Every alert of every message, in the order they came. */
export const toldBy = (sink: WebhookSink, path: string): readonly ToldByRouter[] =>
  sink.received(path).flatMap(({ body }) => (JSON.parse(body) as Payload).alerts);

/** `NAME firing`, `NAME resolved`, in the order they came. */
export const storyOf = (sink: WebhookSink, path: string): readonly string[] =>
  toldBy(sink, path).map(({ status, labels }) => `${labels['alertname']} ${status}`);
