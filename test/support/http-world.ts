// The other side of an HTTP client, in process: servers with a handler each, a proxy that tunnels and forwards, and
// memory for what they saw. Everything closes with the world.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createSecureServer, type Http2SecureServer, type SecureServerOptions } from 'node:http2';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import type { Files, FileText } from '../../src/ports/files.ts';

export const fixture = (path: string): string => readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8');

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export type Handler = (seen: Seen, ...args: Parameters<RequestListener>) => void;

export class HttpWorld implements AsyncDisposable {
  readonly #closers: (() => Promise<void>)[] = [];
  readonly seen: Seen[] = [];
  /** `CONNECT host:port` and forwarded URLs, with the headers the proxy got. */
  readonly proxied: Seen[] = [];

  /** The origin of a new server. */
  async serve(handler: Handler): Promise<string> {
    return `http://127.0.0.1:${await this.#listen(createServer(this.#record(handler)))}`;
  }

  async serveTls(options: ServerOptions, handler: Handler): Promise<string> {
    return `https://localhost:${await this.#listen(createTlsServer(options, this.#record(handler)))}`;
  }

  /** Speaks HTTP/2 and 1.1, and answers with the version it was asked in. */
  async serveBothVersions(options: SecureServerOptions): Promise<string> {
    const server = createSecureServer({ ...options, allowHTTP1: true }, (request, response) => {
      request.resume();
      response.writeHead(200).end(request.httpVersion);
    });
    return `https://localhost:${await this.#listen(server)}`;
  }

  /** Raw bytes, for servers that do not speak HTTP well. */
  async serveRaw(handler: (socket: Socket) => void): Promise<string> {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      handler(socket);
    });
    return `http://127.0.0.1:${await this.#listen(server)}`;
  }

  /** A port where nobody listens. */
  async deadOrigin(): Promise<string> {
    const server = createTcpServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = portOf(server);
    server.close();
    await once(server, 'close');
    return `http://127.0.0.1:${port}`;
  }

  /** Answers 407 unless it is given `authorization`. */
  async serveProxy(authorization: string | null): Promise<string> {
    const refuses = (request: IncomingMessage): boolean =>
      authorization !== null && request.headers['proxy-authorization'] !== authorization;
    const server = createServer((request, response) => {
      this.proxied.push(seenOf(request, ''));
      response.writeHead(refuses(request) ? 407 : 200).end(`through the proxy: ${request.url}`);
    });
    server.on('connect', (request: IncomingMessage, client: Socket) => {
      this.proxied.push(seenOf(request, ''));
      client.on('error', () => {});
      if (refuses(request)) {
        client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const target = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        target.pipe(client).pipe(target);
      });
      target.on('error', () => client.destroy());
      client.on('close', () => target.destroy());
    });
    return `http://127.0.0.1:${await this.#listen(server)}`;
  }

  /** A SOCKS5 proxy that wants a user, and leads everything to one target; `asked` has user and host in turn. */
  async serveSocks(target: string): Promise<{ origin: string; asked: readonly string[] }> {
    const asked: string[] = [];
    const text = (bytes: Buffer, at: number): string => bytes.toString('latin1', at + 1, at + 1 + bytes[at]!);
    const origin = await this.serveRaw((client) => {
      client.once('data', () => {
        client.write(Buffer.from([5, 2]));
        client.once('data', (user: Buffer) => {
          asked.push(`${text(user, 1)}:${text(user, 2 + user[1]!)}`);
          client.write(Buffer.from([1, 0]));
          client.once('data', (request: Buffer) => {
            asked.push(text(request, 4));
            const upstream = connect(Number(new URL(target).port), '127.0.0.1', () => {
              client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
              upstream.pipe(client).pipe(upstream);
            });
            upstream.on('error', () => client.destroy());
          });
        });
      });
    });
    return { origin, asked };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()));
  }

  #record(handler: Handler): RequestListener {
    return (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => {});
      request.on('end', () => {
        const seen = seenOf(request, Buffer.concat(chunks).toString());
        this.seen.push(seen);
        handler(seen, request, response);
      });
    };
  }

  async #listen(server: Server | ReturnType<typeof createTcpServer> | Http2SecureServer): Promise<number> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#closers.push(async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    });
    return portOf(server).port;
  }
}

function portOf(server: { address(): AddressInfo | string | null }): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address;
}

function seenOf(request: IncomingMessage, body: string): Seen {
  const { method = '', url = '', headers, rawHeaders } = request;
  return { method, url, headers, rawHeaders, body };
}

/** Files in memory; what is not there fails as the disk does. */
export class MemoryFiles implements Files {
  readonly #texts: Map<string, string>;

  constructor(texts: Readonly<Record<string, string>> = {}) {
    this.#texts = new Map(Object.entries(texts));
  }

  set(path: string, text: string): void {
    this.#texts.set(path, text);
  }

  read(path: string): Promise<FileText> {
    const value = this.#texts.get(path);
    if (value !== undefined) return Promise.resolve({ ok: true, value });
    const problem = { severity: 'error', code: 'file/missing', message: `no such file: ${path}`, at: null } as const;
    return Promise.resolve({ ok: false, problem });
  }

  glob(): Promise<readonly string[]> {
    return Promise.resolve([...this.#texts.keys()]);
  }
}
