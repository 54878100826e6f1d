// Whether a browser on some other site is behind a write. amtool, Prometheus and curl send neither header;
// browsers always send at least one on a cross-site write, and pages cannot forge them.
import type { IncomingHttpHeaders } from 'node:http';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isCrossSiteWrite(method: string, headers: IncomingHttpHeaders, externalURL: string): boolean {
  if (SAFE.has(method)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = headers.origin;
  if (origin === undefined) return false;
  const host = hostOf(origin);
  return host === null || (host !== headers.host?.toLowerCase() && origin !== originOf(externalURL));
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}
