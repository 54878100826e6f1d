// Spans over gRPC: one unary call a batch, all on one HTTP/2 connection, which is made anew when it is gone.
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import { gunzipSync } from 'node:zlib';
import type { TracingConfig } from '../../config/config.ts';
import type { Files } from '../../ports/files.ts';
import { isFailure } from '../http-failure.ts';
import { readTlsOptions, type TlsOptions } from '../tls.ts';
import type { Exporter } from './exporter.ts';
import { packed } from './packed.ts';
import { grpcStatusOf, judgeGrpc, type Verdict } from './verdict.ts';

export interface GrpcExporterParts {
  readonly files: Files;
  readonly userAgent: string;
}

const METHOD = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const LARGEST_ANSWER = 64 * 1024;
/** Before a message: whether it is packed, and its length. */
const PREFIX = 5;

export function createGrpcExporter(config: TracingConfig, parts: GrpcExporterParts): Exporter {
  return new GrpcExporter(config, parts);
}

class GrpcExporter implements Exporter {
  readonly #config: TracingConfig;
  readonly #parts: GrpcExporterParts;
  readonly #metadata: Metadata;
  #session: ClientHttp2Session | null = null;

  constructor(config: TracingConfig, parts: GrpcExporterParts) {
    this.#config = config;
    this.#parts = parts;
    this.#metadata = metadataOf(config, parts.userAgent);
  }

  async send(message: Uint8Array, signal: AbortSignal): Promise<Verdict> {
    const { endpoint } = this.#config;
    const retry = (why: string): Verdict => ({ kind: 'retry', why, after: null });
    try {
      const session = await this.#connected();
      if (typeof session === 'string') return retry(session);
      const isPacked = this.#config.compression === 'gzip';
      const body = framed(isPacked ? await packed(message) : message, isPacked);
      return await call(session, this.#metadata, { body, signal });
    } catch (error) {
      // Whatever has become of the connection, the next batch has a new one.
      this.close();
      if (signal.aborted) return retry(`no answer from ${endpoint} in time`);
      return retry(`no answer from ${endpoint}: ${codeOf(error)}`);
    }
  }

  close(): void {
    this.#session?.destroy();
    this.#session = null;
  }

  /** A text is why there is none. */
  async #connected(): Promise<ClientHttp2Session | string> {
    if (this.#session !== null && !this.#session.closed && !this.#session.destroyed) return this.#session;
    const { endpoint, insecure, tls } = this.#config;
    // Read at each connection, so that a rotated certificate is taken up.
    const options = insecure ? null : await this.#tls(tls);
    if (typeof options === 'string') return options;
    const session = connect(`${insecure ? 'http' : 'https'}://${endpoint}`, { ...options });
    session.on('error', () => session.destroy());
    session.unref();
    this.#session = session;
    return session;
  }

  async #tls(config: TracingConfig['tls']): Promise<TlsOptions | string> {
    const options = await readTlsOptions(this.#parts.files, config);
    return isFailure(options) ? options.message : options;
  }
}

type Metadata = Readonly<Record<string, string | string[]>>;

/** gRPC counts in at most eight digits. */
const LONGEST_TIMEOUT_MS = 99_999_999;

function metadataOf({ headers, compression, timeout }: TracingConfig, userAgent: string): Metadata {
  const own = headers.map(({ name, values, secrets }): [string, string[]] => {
    const key = name.toLowerCase();
    const all = [...values, ...secrets.map((secret) => secret.open())];
    return [key, key.endsWith('-bin') ? all.map((value) => Buffer.from(value).toString('base64')) : all];
  });
  return {
    ...Object.fromEntries(own.filter(([, values]) => values.length > 0)),
    ':method': 'POST',
    ':path': METHOD,
    'content-type': 'application/grpc+proto',
    te: 'trailers',
    'user-agent': userAgent,
    'grpc-timeout': `${Math.min(timeout, LONGEST_TIMEOUT_MS)}m`,
    'grpc-accept-encoding': 'identity,gzip',
    ...(compression === 'gzip' ? { 'grpc-encoding': 'gzip' } : {}),
  };
}

function framed(body: Uint8Array, isPacked: boolean): Buffer {
  const frame = Buffer.alloc(PREFIX + body.length);
  frame.writeUInt8(isPacked ? 1 : 0, 0);
  frame.writeUInt32BE(body.length, 1);
  frame.set(body, PREFIX);
  return frame;
}

function unframed(frame: Buffer): Uint8Array {
  if (frame.length < PREFIX) return new Uint8Array();
  const body = frame.subarray(PREFIX, PREFIX + frame.readUInt32BE(1));
  return frame.readUInt8(0) === 1 ? gunzipSync(body, { maxOutputLength: LARGEST_ANSWER }) : body;
}

async function call(session: ClientHttp2Session, metadata: Metadata, request: Call): Promise<Verdict> {
  const stream = session.request({ ...metadata }, { signal: request.signal });
  const { head, trailers, body } = await answerTo(stream, request.body);
  const said = (name: string): string => String(trailers[name] ?? head[name] ?? '');
  const httpStatus = head[':status'];
  if (httpStatus === undefined) throw new Error('ended without an answer');
  if (httpStatus !== 200) {
    return judgeGrpc({ status: grpcStatusOf(httpStatus), message: `HTTP status ${httpStatus}`, details: NONE }, NONE);
  }
  if (said('grpc-status') === '') throw new Error('broke off');
  const details = Buffer.from(said('grpc-status-details-bin'), 'base64');
  return judgeGrpc({ status: Number(said('grpc-status')), message: decoded(said('grpc-message')), details }, body);
}

interface Call {
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

const NONE = new Uint8Array();

interface CallAnswer {
  readonly head: IncomingHttpHeaders & IncomingHttpStatusHeader;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

async function answerTo(stream: ClientHttp2Stream, body: Buffer): Promise<CallAnswer> {
  let head: CallAnswer['head'] = {};
  let trailers: IncomingHttpHeaders = {};
  const chunks: Buffer[] = [];
  let size = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.on('response', (headers) => (head = headers));
  stream.on('trailers', (headers) => (trailers = headers));
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= LARGEST_ANSWER) chunks.push(chunk);
  });
  stream.on('error', reject);
  stream.on('close', resolve);
  stream.end(body);
  await promise;
  return { head, trailers, body: size <= LARGEST_ANSWER ? unframed(Buffer.concat(chunks)) : NONE };
}

function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

/** Of what lies beneath: that a stream was cancelled says nothing. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : error;
  return 'code' in cause ? String(cause.code) : cause.message;
}
