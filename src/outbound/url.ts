// What counts as a URL we may speak to. Messages never quote it: a webhook's URL is a secret.
import { goQuote } from '../model/go-quote.ts';

/** Upstream takes it where a URL is a secret, so that what it prints can be loaded. */
export const HIDDEN_URL = '<secret>';

/** What is wrong with it, in upstream's words, or null. */
export function httpUrlFault(url: string, schemes: readonly string[] = ['http', 'https']): string | null {
  const scheme = (/^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1] ?? '').toLowerCase();
  if (!schemes.includes(scheme)) return `unsupported scheme ${goQuote(scheme)} for URL`;
  // WHATWG parsing would take the first word of `http:///path` for the host.
  const host = /^[^:]+:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(url)?.[1] ?? '';
  if (host === '' || host.startsWith(':')) return 'missing host for URL';
  return URL.canParse(url) ? null : 'it cannot be parsed';
}
