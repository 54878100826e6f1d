// A large answer, whole or not at all: up to a cap that holds before and after decompression, taken straight from the
// connection without a stream in between. What goes beyond the cap is not read.
import { constants, gunzip, gunzipSync, inflate, type ZlibOptions } from 'node:zlib';
import { promisify } from 'node:util';
import type { Dispatcher } from 'undici';
import type { HttpConfig } from '../outbound/http-config.ts';
import type { HttpRequest } from '../ports/http-client.ts';
import type { HttpFailure } from './http-failure.ts';

export interface Downloader {
  /**
   * Redirects are followed a few times within the origin, and repeat the request; any other is the answer. An answer
   * that breaks off is a failure.
   */
  download(config: HttpConfig, request: HttpRequest, maxBytes: number): Promise<Answered<Downloaded> | HttpFailure>;
}

export interface Answered<Body> {
  readonly kind: 'answer';
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Body;
}

export interface Downloaded {
  readonly bytes: Buffer;
  /** 'too large': `bytes` are only the beginning. 'undecodable': they are not what their encoding says. */
  readonly end: 'whole' | 'too large' | 'undecodable';
}

export interface Sending {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string[]>;
  readonly body: string | Uint8Array | null;
  readonly signal: AbortSignal;
}

export async function downloadFrom(
  pool: Dispatcher,
  sending: Sending,
  maxBytes: number,
  started: () => void,
): Promise<Answered<Downloaded>> {
  const { signal, ...options } = sending;
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Answered<Downloaded>>();
  const taker = new Taker(signal, maxBytes, { started, resolve, reject });
  // The library hears no signal here, and would hear none while there is no connection.
  const giveUp = (): void => taker.giveUp();
  signal.addEventListener('abort', giveUp);
  try {
    pool.dispatch(options, taker);
    const answer = await promise;
    return { ...answer, body: await decoded(answer, maxBytes) };
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

export function answerHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) known.set(name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value);
  }
  return known;
}

interface Listener {
  started(): void;
  resolve(answer: Answered<Downloaded>): void;
  reject(error: unknown): void;
}

/** The library's handler of one exchange. Whoever settles first has the last word. */
class Taker implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal;
  readonly #maxBytes: number;
  readonly #listener: Listener;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #headers: ReadonlyMap<string, string> = new Map();
  #size = 0;

  constructor(signal: AbortSignal, maxBytes: number, listener: Listener) {
    this.#signal = signal;
    this.#maxBytes = maxBytes;
    this.#listener = listener;
  }

  giveUp(): void {
    this.#listener.reject(this.#signal.reason);
    this.#controller?.abort(asError(this.#signal.reason));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal.aborted) controller.abort(asError(this.#signal.reason));
    else this.#listener.started();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = answerHeaders(headers);
    if (Number(this.#headers.get('content-length')) > this.#maxBytes) this.#stop(controller);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > this.#maxBytes) this.#stop(controller);
  }

  onResponseEnd(): void {
    this.#finish('whole');
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#listener.reject(error);
  }

  #stop(controller: Dispatcher.DispatchController): void {
    this.#finish('too large');
    controller.abort(new Error('more than is wanted'));
  }

  #finish(end: Downloaded['end']): void {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#size);
    this.#listener.resolve({ kind: 'answer', status: this.#status, headers: this.#headers, body: { bytes, end } });
  }
}

const asError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('aborted', { cause: reason });

/** Below it a thread costs more than the work. */
const SMALL = 8 * 1024;
const gunzipApart = promisify<Buffer, ZlibOptions, Buffer>(gunzip);
const inflateApart = promisify<Buffer, ZlibOptions, Buffer>(inflate);

async function decoded({ headers, body }: Answered<Downloaded>, maxBytes: number): Promise<Downloaded> {
  const encoding = (headers.get('content-encoding') ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity' || body.bytes.length === 0) return body;
  if (body.end === 'too large') return { bytes: Buffer.alloc(0), end: 'too large' };
  const limits = { maxOutputLength: maxBytes, finishFlush: constants.Z_FINISH };
  try {
    if (encoding === 'gzip' || encoding === 'x-gzip') {
      const bytes = body.bytes.length <= SMALL ? gunzipSync(body.bytes, limits) : await gunzipApart(body.bytes, limits);
      return { bytes, end: 'whole' };
    }
    if (encoding === 'deflate') return { bytes: await inflateApart(body.bytes, limits), end: 'whole' };
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return { bytes: Buffer.alloc(0), end: isTooLarge ? 'too large' : 'undecodable' };
  }
  return { bytes: body.bytes, end: 'undecodable' };
}
