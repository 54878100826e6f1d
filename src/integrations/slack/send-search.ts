// Looks through a channel or a thread for a message of ours, by the key that its metadata carries.
import type { Instant } from '../../model/time.ts';

export interface Page {
  readonly oldest: string;
  readonly limit: number;
  readonly include_all_metadata: true;
  readonly cursor?: string;
}

export type Search<Asked> =
  | { readonly kind: 'found'; readonly idempotencyKey: string; readonly ts: string }
  | { readonly kind: 'none' }
  /** A page could not be had. */
  | { readonly kind: 'stopped'; readonly asked: Asked };

/** A thread lists its head as well, and a channel the replies that are shown in it. */
export interface Wanted {
  readonly keys: ReadonlySet<string>;
  readonly isReply: boolean;
}

interface Copy {
  readonly idempotencyKey: string;
  readonly ts: string;
  readonly isReply: boolean;
}

interface Ok {
  readonly kind: 'ok';
  readonly data: Readonly<Record<string, unknown>>;
}

/** What Slack gives apps that anybody may install. */
const PAGE = 15;
const MOST_PAGES = 5;
/** Slack's clock and ours. */
const CLOCKS_APART_MS = 5 * 60_000;

export async function searchFor<Asked extends { readonly kind: string }>(
  wanted: Wanted,
  since: Instant,
  ask: (page: Page) => Promise<Asked | Ok>,
): Promise<Search<Exclude<Asked, Ok>>> {
  const oldest = String(Math.floor((since - CLOCKS_APART_MS) / 1000));
  const page: Page = { oldest, limit: PAGE, include_all_metadata: true };
  let cursor = '';
  for (let count = 0; count < MOST_PAGES; count++) {
    const asked = await ask(cursor === '' ? page : { ...page, cursor });
    if (!isOk(asked)) return { kind: 'stopped', asked: asked as Exclude<Asked, Ok> };
    const found = recordsOf(asked.data['messages'])
      .map(copyIn)
      .find(({ idempotencyKey, isReply }) => isReply === wanted.isReply && wanted.keys.has(idempotencyKey));
    if (found !== undefined) return { kind: 'found', ...found };
    cursor = textAt(recordOf(asked.data['response_metadata']), 'next_cursor');
    if (cursor === '') break;
  }
  return { kind: 'none' };
}

const isOk = (asked: { readonly kind: string } | Ok): asked is Ok => asked.kind === 'ok';

function copyIn(message: Readonly<Record<string, unknown>>): Copy {
  const payload = recordOf(recordOf(message['metadata'])['event_payload']);
  const [ts, thread] = [textAt(message, 'ts'), textAt(message, 'thread_ts')];
  return { idempotencyKey: textAt(payload, 'idempotency_key'), ts, isReply: thread !== '' && thread !== ts };
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const recordsOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.map(recordOf) : [];

function textAt(record: Readonly<Record<string, unknown>>, key: string): string {
  const value = record[key];
  return typeof value === 'string' ? value : '';
}
