// The whole of a large answer, or nothing: up to a cap that holds before and after decompression.
import { constants, gunzip, gunzipSync, inflate, type ZlibOptions } from 'node:zlib';
import { promisify } from 'node:util';
import type { HttpConfig } from '../outbound/http-config.ts';
import type { HttpRequest } from '../ports/http-client.ts';
import type { Answered } from './http-exchange.ts';
import type { HttpFailure } from './http-failure.ts';

export interface Downloader {
  /**
   * Redirects are followed a few times within the origin, and repeat the request; any other is the answer. An answer
   * that breaks off is a failure.
   */
  download(config: HttpConfig, request: HttpRequest, maxBytes: number): Promise<DownloadedAnswer | HttpFailure>;
}

export interface DownloadedAnswer extends Omit<Answered, 'bytes' | 'end'> {
  readonly body: Downloaded;
}

export interface Downloaded {
  readonly bytes: Buffer;
  /** 'too large': `bytes` are only the beginning. 'undecodable': they are not what their encoding says. */
  readonly end: 'whole' | 'too large' | 'undecodable';
}

/** Below it a thread costs more than the work. */
const SMALL = 8 * 1024;
const gunzipApart = promisify<Buffer, ZlibOptions, Buffer>(gunzip);
const inflateApart = promisify<Buffer, ZlibOptions, Buffer>(inflate);

const encodingOf = ({ headers }: Answered): string => (headers.get('content-encoding') ?? '').trim().toLowerCase();

export function isEncoded(answer: Answered): boolean {
  const encoding = encodingOf(answer);
  return encoding !== '' && encoding !== 'identity' && answer.bytes.length > 0;
}

export function plainly({ kind, status, headers, bytes, end }: Answered): DownloadedAnswer {
  return { kind, status, headers, body: { bytes, end } };
}

export async function decoded(answer: Answered, maxBytes: number): Promise<DownloadedAnswer> {
  return { ...plainly(answer), body: await decompressed(answer, encodingOf(answer), maxBytes) };
}

async function decompressed({ bytes: raw, end }: Answered, encoding: string, maxBytes: number): Promise<Downloaded> {
  if (end === 'too large') return { bytes: Buffer.alloc(0), end };
  const limits = { maxOutputLength: maxBytes, finishFlush: constants.Z_FINISH };
  try {
    if (encoding === 'gzip' || encoding === 'x-gzip') {
      const bytes = raw.length <= SMALL ? gunzipSync(raw, limits) : await gunzipApart(raw, limits);
      return { bytes, end: 'whole' };
    }
    if (encoding === 'deflate') return { bytes: await inflateApart(raw, limits), end: 'whole' };
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return { bytes: Buffer.alloc(0), end: isTooLarge ? 'too large' : 'undecodable' };
  }
  return { bytes: raw, end: 'undecodable' };
}
