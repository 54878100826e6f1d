// The query string as Go reads it: pairs that are not validly escaped, or hold a semicolon, are left out. What is
// escaped may be any bytes: those that are no UTF-8 stay in the text as U+FFFD, for whoever reads it to refuse.
export type Query = ReadonlyMap<string, readonly string[]>;

/** @param search as Node gives it, each byte a character */
export function parseQuery(search: string): Query {
  const query = new Map<string, string[]>();
  for (const pair of search.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const cut = pair.indexOf('=');
    const name = unescape(cut === -1 ? pair : pair.slice(0, cut));
    const value = unescape(cut === -1 ? '' : pair.slice(cut + 1));
    if (name === null || value === null) continue;
    const values = query.get(name);
    if (values === undefined) query.set(name, [value]);
    else values.push(value);
  }
  return query;
}

/** The last value of a repeated parameter; '' is as good as absent. */
export const lastOf = (query: Query, name: string): string => query.get(name)?.at(-1) ?? '';

/** The first value of a repeated parameter: what Prometheus and vmalert go by. */
export const firstValue = (query: Query, name: string): string => query.get(name)?.[0] ?? '';

const TRUE = new Set(['true', '1', 'yes', 'ok', 'y', 'on', 'selected', 'checked', 't', 'enabled']);

/** Upstream's lenient boolean: a few words are true, every other text is false, no text is the default. */
export function flagOf(query: Query, name: string, fallback = true): boolean {
  const text = lastOf(query, name);
  return text === '' ? fallback : TRUE.has(text.toLowerCase());
}

const PLAIN = /^[^%+\u0080-\u{10ffff}]*$/u;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;

function unescape(text: string): string | null {
  if (PLAIN.test(text)) return text;
  if (BROKEN_ESCAPE.test(text)) return null;
  const bytes = text
    .replaceAll('+', ' ')
    .replaceAll(/%(..)/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
