// HTTP header names as Go spells them on the wire and in messages: Www-Authenticate.

export function canonicalHeaderName(name: string): string {
  const known = COMMON.get(name);
  return known ?? canonical(name);
}

const canonical = (name: string): string => name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());

/** Of every request. */
const COMMON: ReadonlyMap<string, string> = new Map(
  [
    ...['accept', 'accept-encoding', 'authorization', 'content-encoding', 'content-type', 'user-agent'],
    ...['x-prometheus-remote-write-version', 'x-scope-orgid'],
  ].map((name) => [name, canonical(name)]),
);
