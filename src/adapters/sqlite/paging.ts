// Pages, newest first, by a moment and the row that had it: rows that arrive meanwhile do not shift them.
import type { Page } from '../../ports/store.ts';

interface PlaceInTime {
  readonly at: number;
  readonly id: number;
}

/** undefined: not one of ours. */
export function parseCursor(text: string): PlaceInTime | undefined {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(text);
  return match === null ? undefined : { at: Number(match[1]), id: Number(match[2]) };
}

/** `rows` were asked for with one more than the limit. */
export function pageOf<Row>(rows: readonly Row[], limit: number, place: (row: Row) => PlaceInTime): Page<Row> {
  if (rows.length <= limit) return { items: rows, cursor: null };
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (last === undefined) return { items, cursor: null };
  const { at, id } = place(last);
  return { items, cursor: `${at}.${id}` };
}
