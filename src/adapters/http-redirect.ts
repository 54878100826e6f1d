// Redirects as Go's client follows them: 301, 302 and 303 turn a POST into a GET without its body, 307 and 308
// repeat it. Once a chain has left the first host (its subdomains are still at home), credentials stay behind for the
// rest of it.
import { configFailure, type HttpFailure } from './http-failure.ts';

/** Requests in one chain, the first included. */
export const MOST_REQUESTS = 10;

/** Redirects of one query. */
export const MOST_WITHIN_ORIGIN = 3;

/** What an answer says about where to go. */
interface Pointer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

export interface Hop {
  readonly method: string;
  readonly url: URL;
  readonly body: string | Uint8Array | null;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly home: string;
  /** The chain has left home: no credential goes along. */
  readonly abroad: boolean;
}

const ABOUT_THE_BODY = ['content-type', 'content-encoding', 'content-language', 'content-location'];
const SENSITIVE = [
  'authorization',
  'www-authenticate',
  'cookie',
  'cookie2',
  'proxy-authorization',
  'proxy-authenticate',
  'x-auth-token',
  'x-user-id',
  'x-amz-security-token',
];

/** null: this answer is the last word. */
export function nextHop(hop: Hop, answer: Pointer): Hop | HttpFailure | null {
  const { status } = answer;
  const location = answer.headers.get('location') ?? '';
  if (![301, 302, 303, 307, 308].includes(status) || location === '') return null;
  if (!URL.canParse(location, hop.url)) return configFailure(`${hop.url.host} redirects to something that is no URL`);
  const url = new URL(location, hop.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return configFailure(`${hop.url.host} redirects to the unsupported scheme ${url.protocol}`);
  }
  const keepsBody = status === 307 || status === 308;
  const abroad = hop.abroad || !isAtHome(url.hostname, hop.home);
  const headers = new Map(hop.headers);
  if (!keepsBody) for (const name of ABOUT_THE_BODY) headers.delete(name);
  if (abroad) for (const name of SENSITIVE) headers.delete(name);
  const method = keepsBody || hop.method === 'HEAD' ? hop.method : 'GET';
  return { method, url, body: keepsBody ? hop.body : null, headers, home: hop.home, abroad };
}

/**
 * For queries: nowhere but to another path of the same origin, so no credential can leave it; and the question goes
 * along, since one without its body would be another question. null: this answer is the last word.
 */
export function nextWithinOrigin(hop: Hop, answer: Pointer): Hop | null {
  const location = answer.headers.get('location') ?? '';
  if (![301, 302, 307, 308].includes(answer.status) || !URL.canParse(location, hop.url)) return null;
  const url = new URL(location, hop.url);
  return location !== '' && url.origin === hop.url.origin ? { ...hop, url } : null;
}

function isAtHome(host: string, home: string): boolean {
  return host === home || (!host.includes(':') && host.endsWith(`.${home}`));
}

export const isSensitive = (name: string): boolean => SENSITIVE.includes(name);
