// The query string as Go reads it: pairs that are not validly escaped, or hold a semicolon, are left out.
export type Query = ReadonlyMap<string, readonly string[]>;

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

function unescape(text: string): string | null {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
