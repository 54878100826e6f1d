// A failed exchange as a value: what went wrong, in words that are safe to show. Host and port may appear; path,
// query, user and secrets never do, and no foreign message is passed on but those of TLS, which speak of certificates.
import type { HttpResult } from '../ports/http-client.ts';

export type HttpFailure = Extract<HttpResult, { kind: 'failure' }>;

export function isFailure(value: unknown): value is HttpFailure {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'failure';
}

/** Something of ours is wrong (a file, a setting): nothing was sent. */
export const configFailure = (message: string): HttpFailure => ({
  kind: 'failure',
  sent: false,
  reason: 'config',
  message,
});

interface Attempt {
  /** `host:port`, with "through a proxy" where one stands between. */
  readonly peer: string;
  readonly sent: boolean;
  readonly signal: AbortSignal;
}

export function failureOf(error: unknown, attempt: Attempt): HttpFailure {
  const { peer, sent, signal } = attempt;
  const fail = (reason: HttpFailure['reason'], message: string): HttpFailure => ({
    kind: 'failure',
    sent,
    reason,
    message,
  });
  if (signal.aborted) {
    if (!isTimeout(signal.reason)) return fail('aborted', `given up on ${peer}`);
    return fail('timeout', sent ? `no answer from ${peer} in time` : `no connection to ${peer} in time`);
  }
  const code = codeOf(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return fail('timeout', `no connection to ${peer} in time`);
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return fail('dns', `cannot resolve ${peer} (${code})`);
  if (isTlsCode(code)) return fail('tls', `TLS with ${peer} failed: ${tlsMessage(error, code)}`);
  const proxyStatus = /^Proxy response \((\d{3})\)/.exec(messageOf(error))?.[1] ?? (isProxyAuth(error) ? '407' : null);
  if (proxyStatus !== null) {
    return { kind: 'failure', sent: false, reason: 'refused', message: `${peer}: the proxy answered ${proxyStatus}` };
  }
  if (INVALID_HEADER.has(code)) return fail('config', `the request to ${peer} cannot be made: invalid header`);
  if (sent) return fail('reset', `the connection to ${peer} broke off${suffix(code)}`);
  return fail('refused', `cannot connect to ${peer}${suffix(code)}`);
}

const INVALID_HEADER: ReadonlySet<string> = new Set([
  'UND_ERR_INVALID_ARG',
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
]);

const suffix = (code: string): string => (code === '' ? '' : ` (${code})`);

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError';
}

/** The code of the error or of the first cause that has one. */
function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    // undici wraps what befell the socket.
    const wraps = 'code' in at && (at.code === 'UND_ERR_PRX_TLS' || at.code === 'UND_ERR_SOCKET') && at.cause;
    if ('code' in at && typeof at.code === 'string' && !wraps) return at.code;
  }
  return '';
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

const isProxyAuth = (error: unknown): boolean => messageOf(error).startsWith('Proxy Authentication Required');

const TLS_CODE =
  /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|EPROTO)/;

const isTlsCode = (code: string): boolean => TLS_CODE.test(code);

function tlsMessage(error: unknown, code: string): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error && codeOf(at) === codeOf(at.cause)) at = at.cause;
  // OpenSSL's own messages carry addresses and source lines of no use to anyone.
  if (/^(?:ERR_SSL_|ERR_OSSL_|EPROTO)/.test(code)) return code;
  return (
    messageOf(at)
      .replace(/[\u0000-\u001f\u007f]+/g, ' ')
      .slice(0, 200) || code
  );
}
