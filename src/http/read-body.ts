// From the bytes of a request to a JSON value, refusing on the way what is too large, too deep, not UTF-8 or
// not JSON. Size is counted while the body arrives; a gzip layer is undone under the same cap.
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { goQuote } from '../model/go-quote.ts';
import { nestsDeeperThan } from './json-depth.ts';
import type { Limits } from './limits.ts';
import { messageOf } from '../model/error-message.ts';

export type JsonBody =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'none' }
  /** Not JSON of the allowed form: `because` says why. */
  | { readonly kind: 'broken'; readonly because: string }
  | { readonly kind: 'refused'; readonly status: 400 | 413 | 415; readonly message: string };

export async function readJson(stream: Readable, headers: IncomingHttpHeaders, limits: Limits): Promise<JsonBody> {
  if (!hasBody(headers)) return { kind: 'none' };
  const wrongType = contentTypeFault(headers['content-type'] ?? '');
  if (wrongType !== null) return wrongType;
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip') {
    const message = `unsupported content encoding ${goQuote(encoding)}, only [gzip,identity] are allowed`;
    return { kind: 'refused', status: 415, message };
  }
  if (Number(headers['content-length'] ?? 0) > limits.bodyBytes) return tooLarge(limits);
  const sent = await collect(stream, limits.bodyBytes);
  if (sent === 'too large') return tooLarge(limits);
  if (sent === 'aborted') return { kind: 'broken', because: 'the body ended early' };
  if (encoding === 'identity') return parseJson(sent, limits);
  const plain = await unzip(sent, limits);
  if (plain === 'too large') return tooLarge(limits);
  return plain === 'broken' ? { kind: 'broken', because: 'the body is not gzip' } : parseJson(plain, limits);
}

export const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function parseJson(bytes: Uint8Array, limits: Pick<Limits, 'jsonDepth'>): JsonBody {
  if (nestsDeeperThan(bytes, limits.jsonDepth)) {
    return { kind: 'broken', because: `it nests deeper than ${limits.jsonDepth} levels` };
  }
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { kind: 'broken', because: 'it is not UTF-8' };
  }
  if (/^[ \t\r\n]*$/.test(text)) return { kind: 'none' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'broken', because: messageOf(error) };
  }
  if (ESCAPED_SURROGATE.test(text) && !isWellFormed(value)) {
    return { kind: 'broken', because: 'it holds half of a surrogate pair' };
  }
  return { kind: 'value', value };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;
const gunzipAsync = promisify(gunzip);

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return value.every(isWellFormed);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isWellFormed(member));
}

const MEDIA_TYPE = /^[!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+$/;

function contentTypeFault(header: string): JsonBody | null {
  const type = header.split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'application/json') return null;
  if (type !== '' && !MEDIA_TYPE.test(type)) return { kind: 'refused', status: 400, message: notMediaType(header) };
  const named = type === '' ? 'application/octet-stream' : type;
  const message = `unsupported media type ${goQuote(named)}, only [application/json] are allowed`;
  return { kind: 'refused', status: 415, message };
}

export const notMediaType = (header: string): string =>
  `parsing Content-Type header from ${goQuote(header)} failed, because it is not a media type`;

const tooLarge = (limits: Limits): JsonBody => ({
  kind: 'refused',
  status: 413,
  message: `the body is larger than ${limits.bodyBytes} bytes`,
});

async function collect(stream: Readable, limit: number): Promise<Buffer | 'too large' | 'aborted'> {
  // Whoever left while we looked at the login will not say so again.
  if (stream.destroyed) return 'aborted';
  const parts: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const settle = (result: Buffer | 'too large' | 'aborted'): void => {
      stream.off('data', onData);
      stream.off('end', onEnd);
      stream.off('error', onLost);
      stream.off('close', onLost);
      resolve(result);
    };
    const onData = (part: Buffer): void => {
      size += part.length;
      if (size > limit) {
        stream.pause();
        settle('too large');
      } else parts.push(part);
    };
    const onEnd = (): void => settle(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    const onLost = (): void => settle('aborted');
    stream.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost);
  });
}

async function unzip(bytes: Buffer, limits: Limits): Promise<Buffer | 'too large' | 'broken'> {
  // A few hundred bytes may shrink far better than 50 times and hurt nobody.
  const maxOutputLength = Math.min(limits.bodyBytes, Math.max(64 * 1024, bytes.length * limits.gzipRatio));
  try {
    return await gunzipAsync(bytes, { maxOutputLength });
  } catch (error) {
    return error instanceof RangeError ? 'too large' : 'broken';
  }
}
