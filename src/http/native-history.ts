// What happened, newest first: notifications (who was told what, when, with which answer) and events.
import { parseTime, printMillis } from '../model/rfc3339.ts';
import type { Views } from '../engine/contract.ts';
import type { Event } from '../history/event.ts';
import type { Instant } from '../model/time.ts';
import type { DeliveryState, HistoryQuery, StoredDelivery } from '../ports/store.ts';
import { decodeMessage } from '../notify/message-json.ts';
import { standardBody } from '../notify/standard-body.ts';
import { badRequest, type Answer } from './answer.ts';
import { limitOf, pageAnswer, LARGEST_LIMIT } from './page.ts';
import { lastOf, type Query } from './query.ts';
import type { Route } from './route.ts';

export function nativeHistory(views: Views, base: string): readonly Route[] {
  return [
    {
      method: 'GET',
      path: `${base}/notifications`,
      load: 'read',
      handle: ({ query }) => getNotifications(views, query),
    },
    { method: 'GET', path: `${base}/events`, load: 'read', handle: ({ query }) => getEvents(views, query) },
  ];
}

const STATES: ReadonlySet<string> = new Set<DeliveryState>([
  'sending',
  'waiting',
  'sent',
  'parked',
  'superseded',
  'dropped',
]);

const isState = (text: string): text is DeliveryState => STATES.has(text);

async function getNotifications(views: Views, query: Query): Promise<Answer> {
  const limit = limitOf(query);
  if (limit === null || limit === 0) return badRequest(`limit is a number from 1 to ${LARGEST_LIMIT}`);
  const from = instantOf(query, 'from');
  const to = instantOf(query, 'to');
  if (from === undefined || to === undefined) return badRequest('from and to are RFC 3339 times');
  const state = lastOf(query, 'state');
  if (state !== '' && !isState(state)) return badRequest(`state is one of ${[...STATES].join(', ')}`);
  const outwardKey = lastOf(query, 'groupKey');
  const receiver = lastOf(query, 'receiver');
  const cursor = lastOf(query, 'cursor');
  const asked: HistoryQuery = {
    limit,
    ...(outwardKey === '' ? {} : { outwardKey }),
    ...(receiver === '' ? {} : { receiver }),
    ...(isState(state) ? { state } : {}),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
    ...(cursor === '' ? {} : { cursor }),
  };
  const page = await views.notifications(asked);
  return pageAnswer(printed(page.items, printNotification), NOT_COUNTED, page.cursor);
}

async function getEvents(views: Views, query: Query): Promise<Answer> {
  const limit = limitOf(query);
  if (limit === null || limit === 0) return badRequest(`limit is a number from 1 to ${LARGEST_LIMIT}`);
  const from = instantOf(query, 'from');
  if (from === undefined) return badRequest('from is an RFC 3339 time');
  const cursor = lastOf(query, 'cursor');
  const page = await views.events({ limit, ...(from === null ? {} : { from }), ...(cursor === '' ? {} : { cursor }) });
  return pageAnswer(printed(page.items, printEvent), NOT_COUNTED, page.cursor);
}

/** The store does not. */
const NOT_COUNTED = null;

/** One by one, as the answer is written: a page of large messages holds up nobody. */
function* printed<T>(items: readonly T[], print: (item: T) => string): Generator<string> {
  for (const item of items) yield print(item);
}

function instantOf(query: Query, name: string): Instant | null | undefined {
  const text = lastOf(query, name);
  if (text === '') return null;
  const parsed = parseTime(text);
  return parsed.ok ? parsed.stamp?.at : undefined;
}

const timeOrNull = (at: Instant | null): string | null => (at === null ? null : printMillis(at));

function printNotification(delivery: StoredDelivery): string {
  const { outwardKey, receiver, integration, generation, idempotencyKey, reason, state, attempts } = delivery;
  const members = JSON.stringify({
    groupKey: outwardKey,
    receiver,
    integration,
    generation,
    idempotencyKey,
    reason,
    state,
    attempts,
    createdAt: printMillis(delivery.createdAt),
    nextAttemptAt: timeOrNull(delivery.nextAttemptAt),
    settledAt: timeOrNull(delivery.settledAt),
    answer: delivery.answer,
    answerReason: delivery.answerReason,
  });
  return `${members.slice(0, -1)},"message":${printMessage(delivery.message)}}`;
}

/** What a webhook is told, whole. What damage has made unreadable is not worth the rest of its page. */
function printMessage(text: string): string {
  try {
    return standardBody(decodeMessage(text));
  } catch {
    return 'null';
  }
}

const printEvent = (event: Event): string => JSON.stringify({ ...event, at: printMillis(event.at) });
