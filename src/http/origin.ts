// Pages of other sites: what a browser lets them read, and whether one is behind a write. amtool, Prometheus and curl
// send none of these headers; browsers always send at least one on a cross-site write, and pages cannot forge them.
import type { IncomingHttpHeaders } from 'node:http';
import { empty, withHeaders, type Answer } from './answer.ts';

export interface OriginOptions {
  /** --web.allowed-origin, each; `*` is every one. */
  readonly allowedOrigins: readonly string[];
  readonly externalURL: string;
}

const ANY_ORIGIN = '*';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isCrossSiteWrite(method: string, headers: IncomingHttpHeaders, options: OriginOptions): boolean {
  if (SAFE.has(method) || isAllowed(headers.origin ?? '', options)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  if (origin === undefined) return false;
  const host = hostOf(origin);
  return host === null || (host !== headers.host?.toLowerCase() && origin !== originOf(options.externalURL));
}

/** What to tell the person who is behind a proxy that names itself instead of us. */
export function whyRefused({ origin }: IncomingHttpHeaders): string {
  const named = origin === undefined || origin.length > 300 ? null : originOf(origin);
  const flag = `--web.allowed-origin=${named ?? 'ORIGIN'}`;
  return `a page of another site may not write here, unless ${flag} says so`;
}

/** What every answer says to a browser. Passwords that it knows are sent for named origins alone. */
export function corsHeaders({ origin }: IncomingHttpHeaders, options: OriginOptions): Readonly<Record<string, string>> {
  const { allowedOrigins } = options;
  if (allowedOrigins.length === 0) return {};
  const vary = { vary: 'Origin' };
  if (origin === undefined || !isAllowed(origin, options)) return vary;
  const exposed = { 'access-control-expose-headers': 'Belfry-Rejected, Retry-After' };
  if (!allowedOrigins.includes(origin)) return { ...vary, ...exposed, 'access-control-allow-origin': ANY_ORIGIN };
  return {
    ...{ ...vary, ...exposed },
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
  };
}

/** A browser's question before a request, or null: it comes without a password, and only those allowed get an answer. */
export function preflight(
  { method, headers }: { readonly method: string; readonly headers: IncomingHttpHeaders },
  methods: readonly string[],
  options: OriginOptions,
): Answer | null {
  const { origin } = headers;
  if (method !== 'OPTIONS' || origin === undefined || methods.length === 0) return null;
  if (headers['access-control-request-method'] === undefined || !isAllowed(origin, options)) return null;
  return withHeaders(empty(204), {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': 'Accept, Authorization, Content-Type, X-Requested-With',
    'access-control-max-age': '600',
  });
}

const isAllowed = (origin: string, { allowedOrigins }: OriginOptions): boolean =>
  allowedOrigins.includes(ANY_ORIGIN) || allowedOrigins.includes(origin);

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}
