// What Alertmanager 0.34 sent through a kind, and the messages it sent it for. The messages are the bodies its webhook
// had for the same notifications.
import { readFileSync } from 'node:fs';
import type { Handed, HttpAnswer, HttpPost, Pass, Reader, Wire } from '../../src/integrations/http/request.ts';
import { Labels } from '../../src/model/labels.ts';
import { Pairs } from '../../src/model/pairs.ts';
import type { Outcome } from '../../src/notify/outcome.ts';
import { compose } from '../../src/notify/compose.ts';
import type { Message } from '../../src/notify/message.ts';
import { draft, element, NOW } from './integration-scene.ts';

export interface RecordedElement {
  readonly name: string;
  /** YAML of one element of the list. */
  readonly element: string;
  /** As its status shows the element. */
  readonly printed: Readonly<Record<string, unknown>>;
  /** By the name of the message. */
  readonly requests: Readonly<Record<string, readonly RecordedRequest[]>>;
}

export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization?: string;
  readonly body: string;
  /** What the peer said, where it mattered. */
  readonly answer?: string | undefined;
}

interface WebhookBody {
  readonly receiver: string;
  readonly notification_reason: string;
  readonly groupLabels: Record<string, string>;
  readonly routeLabels: Record<string, string>;
  readonly externalURL: string;
  readonly groupKey: string;
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly labels: Record<string, string>;
    readonly annotations: Record<string, string>;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly generatorURL: string;
  }[];
}

const fixture = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8'));

export const recordedElements = (kind: string): readonly RecordedElement[] =>
  fixture(`${kind}/recorded.json`) as readonly RecordedElement[];

const bodies = fixture('messages.json') as Readonly<Record<string, WebhookBody>>;

export function recordedMessage(name: string): Message {
  const body = bodies[name]!;
  return compose(
    {
      receiver: body.receiver.replaceAll('\\', ''),
      reason: body.notification_reason,
      groupLabels: Labels.of(Object.entries(body.groupLabels)),
      routeLabels: Pairs.from(Object.entries(body.routeLabels)),
      ...{ externalURL: body.externalURL, groupKey: body.groupKey, idempotencyKey: 'key-1', at: NOW },
    },
    body.alerts.map((alert) => ({
      ...alert,
      labels: Labels.of(Object.entries(alert.labels)),
      annotations: Pairs.from(Object.entries(alert.annotations)),
      reading: null,
    })),
  );
}

/** Everything that one message asks of a peer that says what it said then. */
export function wiresOf(kind: string, yaml: string, { message, recorded, handed }: Asked): readonly Wire[] {
  const { draft: made, templateError } = draft(element(`${kind}_configs`, yaml), message);
  if (templateError !== null) throw new Error(templateError);
  if (made.kind !== 'http') throw new Error(`a draft of kind ${made.kind}`);
  const wires: Wire[] = [];
  const answers = recorded.map(({ answer }) => answer ?? '{}');
  const ask: Ask = (write, secret) => {
    const wire = write(secret, NOW);
    if (wire.kind !== 'wire') throw new Error(wire.detail);
    wires.push(wire);
    return { status: 202, headers: new Map(), body: answers.shift() ?? '{}', at: NOW, hide: String };
  };
  const { request } = made;
  const here = request.locally?.post({ variable: () => '', files: new Map() }) ?? request;
  if (!('write' in here)) throw new Error(here.detail);
  let next: HttpPost | null = here;
  while (next !== null) {
    const { secrets, pass, write, judge }: HttpPost = next;
    const read = handed === undefined && pass !== undefined ? handedBy(pass, ask) : undefined;
    const passed = handed ?? read?.secrets;
    const own = inlineOf(secrets);
    const answer = ask(write, (name) => passed?.get(name) ?? own(name));
    const judged: HttpPost | Outcome | null = judge?.(answer) ?? null;
    next = judged !== null && 'write' in judged ? judged : null;
  }
  return wires;
}

function handedBy({ ask: { secrets, write, judge } }: Pass, ask: Ask): Handed {
  const read = judge?.(ask(write, inlineOf(secrets)));
  if (read === undefined || read === null || 'write' in read || read.kind !== 'handed')
    throw new Error('nothing was handed out');
  return read;
}

const inlineOf =
  (secrets: HttpPost['secrets']): Reader =>
  (name) => {
    const source = secrets[name];
    return source?.kind === 'inline' ? source.secret.open() : '';
  };

type Ask = (write: HttpPost['write'], secret: Reader) => HttpAnswer;

interface Asked {
  readonly message: Message;
  readonly recorded: readonly RecordedRequest[];
  /** The secrets of a pass, where the peer has handed it out before. */
  readonly handed?: ReadonlyMap<string, string>;
}
