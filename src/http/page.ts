// Lists in pages. The cursor names the last item by its sort key and identity, not by its position, so that what
// is inserted or removed meanwhile neither repeats nor hides anything else.
import { compareUtf8 } from '../model/order.ts';
import { json, jsonArray, type Answer } from './answer.ts';
import { lastOf, type Query } from './query.ts';

export type SortKey = string | number;

export interface Order<T> {
  readonly name: string;
  readonly descending: boolean;
  key(item: T): SortKey;
}

export interface PageRequest<T> {
  readonly limit: number;
  readonly order: Order<T>;
  readonly after: Position | null;
}

export interface Position {
  readonly key: SortKey;
  readonly id: string;
}

export type PageAsked<T> =
  | { readonly ok: true; readonly value: PageRequest<T> }
  | { readonly ok: false; readonly message: string };

export const DEFAULT_LIMIT = 100;
export const LARGEST_LIMIT = 1000;

/** `keys` are the sortable members; the first is the default. `sort=-name` turns it round. */
export function askedPage<T>(
  query: Query,
  keys: ReadonlyMap<string, (item: T) => SortKey>,
  fallback: string,
): PageAsked<T> {
  const limit = limitOf(query);
  if (limit === null) return { ok: false, message: `limit is a number from 0 to ${LARGEST_LIMIT}` };
  const sort = lastOf(query, 'sort') || fallback;
  const name = sort.replace(/^-/, '');
  const key = keys.get(name);
  if (key === undefined)
    return { ok: false, message: `sort is one of ${[...keys.keys()].join(', ')}, with - for descending` };
  const order = { name, descending: sort.startsWith('-'), key };
  const cursor = lastOf(query, 'cursor');
  const after = cursor === '' ? null : readCursor(cursor, order);
  if (after === undefined) return { ok: false, message: 'cursor is not one of this list in this order' };
  return { ok: true, value: { limit, order, after } };
}

export function limitOf(query: Query): number | null {
  const text = lastOf(query, 'limit');
  if (text === '') return DEFAULT_LIMIT;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : -1;
  return limit >= 0 && limit <= LARGEST_LIMIT ? limit : null;
}

export interface PageMade<T> {
  readonly items: readonly T[];
  readonly cursor: string | null;
}

export function pageOf<T>(all: readonly T[], asked: PageRequest<T>, idOf: (item: T) => string): PageMade<T> {
  const { order, after, limit } = asked;
  const turn = order.descending ? -1 : 1;
  const shown: (Position & { readonly item: T })[] = [];
  let left = 0;
  for (const item of all) {
    const row = { item, key: order.key(item), id: idOf(item) };
    if (after !== null && turn * compare(row, after) <= 0) continue;
    left++;
    keepFirst(shown, row, limit, turn);
  }
  const last = shown.at(-1);
  const isMore = last !== undefined && left > limit;
  return { items: shown.map(({ item }) => item), cursor: isMore ? writeCursor(last, order) : null };
}

/** Of a hundred thousand only the few that are shown are put in order. */
function keepFirst<Row extends Position>(shown: Row[], row: Row, limit: number, turn: 1 | -1): void {
  const isBefore = (other: Row): boolean => turn * compare(row, other) < 0;
  if (shown.length >= limit && (limit === 0 || !isBefore(shown.at(-1)!))) return;
  let from = 0;
  let to = shown.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isBefore(shown[middle]!)) to = middle;
    else from = middle + 1;
  }
  shown.splice(from, 0, row);
  if (shown.length > limit) shown.pop();
}

/** `items` are JSON already. `total`: null when it is not known. */
export const pageAnswer = (items: Iterable<string>, total: number | null, cursor: string | null): Answer =>
  json(200, pageParts(items, total, cursor));

function* pageParts(items: Iterable<string>, total: number | null, cursor: string | null): Generator<string> {
  yield '{"items":';
  yield* jsonArray(items);
  yield `,"total":${total},"cursor":${JSON.stringify(cursor)}}\n`;
}

function compare(a: Position, b: Position): number {
  return compareKeys(a.key, b.key) || compareUtf8(a.id, b.id);
}

function compareKeys(a: SortKey, b: SortKey): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareUtf8(String(a), String(b));
}

interface NamedOrder {
  readonly name: string;
  readonly descending: boolean;
}

const writeCursor = (position: Position, order: NamedOrder): string =>
  Buffer.from(JSON.stringify([order.name, order.descending, position.key, position.id])).toString('base64url');

function readCursor(text: string, order: NamedOrder): Position | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts)) return undefined;
  const known: readonly unknown[] = parts;
  const [name, descending, key, id] = known;
  if (name !== order.name || descending !== order.descending || typeof id !== 'string') return undefined;
  return typeof key === 'string' || typeof key === 'number' ? { key, id } : undefined;
}
