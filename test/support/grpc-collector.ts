// A collector that speaks gRPC over HTTP/2, and answers as it is told.
import { once } from 'node:events';
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { readBatch, unpacked, type ReadSpan } from './otlp-read.ts';

export interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly spans: readonly ReadSpan[];
}

export interface Reply {
  /** Before the trailers; absent for a call that ends with its headers. */
  readonly message?: Uint8Array;
  readonly isPacked?: boolean;
  readonly trailers: Readonly<Record<string, string>>;
}

export type Answer = Reply | ((stream: ServerHttp2Stream) => void);

export const OK: Reply = { message: Buffer.alloc(0), trailers: { 'grpc-status': '0' } };

export class GrpcCollector implements AsyncDisposable {
  readonly calls: Call[] = [];
  connections = 0;
  /** Of the next calls; after them all is well. */
  readonly answers: Answer[] = [];
  readonly #server: Http2Server | Http2SecureServer;
  readonly #sessions = new Set<ServerHttp2Session>();

  private constructor(tls: SecureServerOptions | null) {
    this.#server = tls === null ? createServer() : createSecureServer(tls);
    this.#server.on('session', (session: ServerHttp2Session) => {
      this.connections++;
      this.#sessions.add(session);
      session.on('error', () => {});
      session.on('close', () => this.#sessions.delete(session));
    });
    this.#server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => this.#take(stream, headers));
  }

  static async start(tls: SecureServerOptions | null = null): Promise<GrpcCollector> {
    const collector = new GrpcCollector(tls);
    collector.#server.listen(0, '127.0.0.1');
    await once(collector.#server, 'listening');
    return collector;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
    await closed;
  }

  #take(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const chunks: Buffer[] = [];
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      this.calls.push({ headers, spans: spansOf(Buffer.concat(chunks), headers) });
      const answer = this.answers.shift() ?? OK;
      if (typeof answer === 'function') answer(stream);
      else reply(stream, answer);
    });
  }
}

function spansOf(frame: Buffer, headers: IncomingHttpHeaders): readonly ReadSpan[] {
  const isPacked = frame.readUInt8(0) === 1;
  const body = frame.subarray(5);
  if (frame.readUInt32BE(1) !== body.length) throw new Error('the prefix does not say how long the message is');
  if (isPacked && headers['grpc-encoding'] !== 'gzip') throw new Error('packed, and nobody says how');
  return readBatch(unpacked(body, isPacked ? 'gzip' : undefined)).spans;
}

function reply(stream: ServerHttp2Stream, { message, isPacked = false, trailers }: Reply): void {
  const head = { ':status': 200, 'content-type': 'application/grpc' };
  if (message === undefined) {
    stream.respond({ ...head, ...trailers }, { endStream: true });
    return;
  }
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.respond(head, { waitForTrailers: true });
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(isPacked ? 1 : 0, 0);
  prefix.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([prefix, message]));
}
