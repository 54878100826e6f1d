// Outbound HTTP under one http_config: the only file that knows undici. One set of connections per HttpConfig
// object; a reload brings new objects, and the old ones are let go with their connections. Every failure is a
// value, and `sent` is true from the moment the first byte of the request may have left. An answer is taken in one of
// two manners: a short piece of it, as notifications want, or the whole of a large one, as queries do.
import { Agent, ProxyAgent, Socks5ProxyAgent, type Dispatcher } from 'undici';
import { canonicalHeaderName } from '../model/header-name.ts';
import type { HttpConfig } from '../outbound/http-config.ts';
import { httpUrlFault } from '../outbound/url.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { HttpClient, HttpRequest, HttpResult } from '../ports/http-client.ts';
import { orAborted } from './abort-race.ts';
import { authorizationHeader, readFile, userinfoHeader } from './http-auth.ts';
import { readBody } from './http-body.ts';
import { Connections, type PoolMaker, type PoolOptions } from './http-connections.ts';
import {
  answerHeaders,
  downloadFrom,
  type Answered,
  type Downloaded,
  type Downloader,
  type Sending,
} from './http-download.ts';
import { configFailure, failureOf, isFailure, type HttpFailure } from './http-failure.ts';
import type { Environment } from './http-proxy.ts';
import {
  isSensitive,
  MOST_REQUESTS,
  MOST_WITHIN_ORIGIN,
  nextHop,
  nextWithinOrigin,
  type Hop,
} from './http-redirect.ts';
import { TokenSource } from './oauth2.ts';
import { RecentMap } from './recent-map.ts';

export interface HttpClientParts {
  readonly files: Files;
  /** HTTP_PROXY and its kin, for proxy_from_environment. */
  readonly env: Environment;
  readonly clock: Pick<Clock, 'now'>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const LARGEST_HEADERS = 256 * 1024;
/** To one origin: a burst waits its turn rather than use up the file descriptors. */
const MOST_CONNECTIONS = 256;
const MOST_URLS = 1000;

type Headers = ReadonlyMap<string, readonly string[]>;
type Exchanged<Body> = Answered<Body> | HttpFailure;

interface Manner<Body> {
  /** `started` is called right before the request is written to a connection. */
  take(pool: Dispatcher, sending: Sending, started: () => void): Promise<Answered<Body>>;
  /** A header of the request's own stands alone, where http_headers would otherwise add to it. */
  readonly ownHeadersWin: boolean;
}

export function createHttpClient(parts: HttpClientParts): HttpClient & Downloader & AsyncDisposable {
  return new UndiciClient(parts);
}

class UndiciClient implements HttpClient, Downloader, AsyncDisposable {
  readonly #parts: HttpClientParts;
  readonly #connections = new WeakMap<HttpConfig, Connections<Dispatcher>>();
  readonly #tokens = new WeakMap<HttpConfig, TokenSource>();
  /** The same few are asked again and again. */
  readonly #urls = new RecentMap<string, URL>(MOST_URLS);
  /** For closing; weak, so that what a reload has dropped can go. */
  #open: WeakRef<Connections<Dispatcher>>[] = [];

  constructor(parts: HttpClientParts) {
    this.#parts = parts;
  }

  async request(config: HttpConfig, request: HttpRequest): Promise<HttpResult> {
    const url = this.#urlOf(request.url);
    if (isFailure(url)) return url;
    const shortly = readingAtMost(request.mostBytes);
    let hop = firstHop(request, url);
    for (let count = 1; ; count++) {
      const result = await this.#authorised(config, hop, request.signal, shortly);
      if (result.kind === 'failure') return { ...result, sent: result.sent || count > 1 };
      const next: Hop | HttpFailure | null = config.followRedirects ? nextHop(hop, result) : null;
      if (next === null || (request.keepsMethod && !isFailure(next) && next.method !== hop.method)) return result;
      if (isFailure(next)) return { ...next, sent: true };
      if (count === MOST_REQUESTS) {
        return { ...configFailure(`stopped after ${MOST_REQUESTS} redirects`), sent: true };
      }
      hop = next;
    }
  }

  async download(config: HttpConfig, request: HttpRequest, maxBytes: number): Promise<Exchanged<Downloaded>> {
    const url = this.#urlOf(request.url);
    if (isFailure(url)) return url;
    const wholly: Manner<Downloaded> = {
      take: (pool, sending, started) => downloadFrom(pool, sending, maxBytes, started),
      ownHeadersWin: true,
    };
    let hop = firstHop(request, url);
    for (let left = MOST_WITHIN_ORIGIN; ; left--) {
      const result = await this.#authorised(config, hop, request.signal, wholly);
      if (result.kind === 'failure' || !config.followRedirects || left === 0) return result;
      const next = nextWithinOrigin(hop, result);
      if (next === null) return result;
      hop = next;
    }
  }

  #urlOf(text: string): URL | HttpFailure {
    const known = this.#urls.get(text);
    if (known !== undefined) return known;
    const fault = httpUrlFault(text);
    if (fault !== null) return configFailure(`invalid URL: ${fault}`);
    const url = new URL(text);
    this.#urls.set(text, url);
    return url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = this.#open.map((reference) => reference.deref());
    this.#open = [];
    await Promise.all(open.map((connections) => connections?.destroy() ?? Promise.resolve()));
  }

  /** One hop, with credentials; a kept token that the server refuses is replaced once. */
  async #authorised<Body>(
    config: HttpConfig,
    hop: Hop,
    signal: AbortSignal,
    manner: Manner<Body>,
  ): Promise<Exchanged<Body>> {
    const headers = await this.#configuredHeaders(config, hop, manner.ownHeadersWin);
    if (isFailure(headers)) return headers;
    const exchange = (): Promise<Exchanged<Body>> => this.#exchange(config, hop, headers, signal, manner);
    const userinfo = userinfoHeader(hop.url);
    if (userinfo !== null && !headers.has('authorization')) headers.set('authorization', [userinfo]);
    const { auth } = config;
    if (auth === null || hop.abroad) return exchange();
    if (auth.kind !== 'oauth2') {
      if (headers.has('authorization')) return exchange();
      const header = await authorizationHeader(this.#parts.files, auth);
      if (isFailure(header)) return header;
      headers.set('authorization', [header]);
      return exchange();
    }
    let source = this.#tokens.get(config);
    if (source === undefined) {
      source = new TokenSource(auth, { ...this.#parts, client: this });
      this.#tokens.set(config, source);
    }
    const userAgent = headers.get('user-agent')?.[0] ?? '';
    for (;;) {
      const token = await source.header(userAgent, signal);
      if (isFailure(token)) return token;
      headers.set('authorization', [token.header]);
      const result = await exchange();
      if (result.kind === 'failure' || result.status !== 401) return result;
      source.forget(token.header);
      if (token.fresh) return result;
    }
  }

  /** The caller's headers and http_headers; abroad only what is nobody's secret. */
  async #configuredHeaders(
    config: HttpConfig,
    hop: Hop,
    ownWin: boolean,
  ): Promise<Map<string, readonly string[]> | HttpFailure> {
    const headers = new Map(hop.headers);
    for (const { name, values, secrets, files } of config.headers) {
      const key = name.toLowerCase();
      if (hop.abroad && isSensitive(key)) continue;
      if (ownWin && hop.headers.has(key)) continue;
      const all = [...(headers.get(key) ?? []), ...values];
      if (!hop.abroad) {
        for (const secret of secrets) all.push(secret.open());
        for (const path of files) {
          const value = await readFile(this.#parts.files, path, `header ${name}`);
          if (isFailure(value)) return value;
          all.push(value);
        }
      }
      if (all.length > 0) headers.set(key, all);
    }
    return headers;
  }

  async #exchange<Body>(
    config: HttpConfig,
    hop: Hop,
    headers: Headers,
    signal: AbortSignal,
    manner: Manner<Body>,
  ): Promise<Exchanged<Body>> {
    const way = await this.#connectionsOf(config).poolFor(hop.url);
    if (isFailure(way)) return way;
    const peer = way.proxied ? `${hop.url.host} through a proxy` : hop.url.host;
    const sending: Sending = {
      origin: hop.url.origin,
      path: hop.url.pathname + hop.url.search,
      method: hop.method,
      headers: wireHeaders(headers),
      body: hop.body,
      signal,
    };
    let sent = false;
    try {
      return await manner.take(way.pool, sending, () => (sent = !signal.aborted));
    } catch (error) {
      return failureOf(error, { peer, sent, signal });
    }
  }

  #connectionsOf(config: HttpConfig): Connections<Dispatcher> {
    let connections = this.#connections.get(config);
    if (connections === undefined) {
      connections = new Connections(config, this.#parts.files, this.#parts.env, undiciPools);
      this.#connections.set(config, connections);
      this.#open = this.#open.filter((reference) => reference.deref() !== undefined);
      this.#open.push(new WeakRef(connections));
    }
    return connections;
  }
}

const readingAtMost = (mostBytes: number | undefined): Manner<string> => ({
  async take(pool, sending, started) {
    // A request given up while it was still waiting for a connection is started too, only to be stopped.
    const watched = pool.compose((dispatch) => (options, handler) => dispatch(options, watchStart(handler, started)));
    // The library hears the signal only once there is a connection.
    const { statusCode, headers, body } = await orAborted(watched.request(sending), sending.signal);
    const known = answerHeaders(headers);
    const text = await readBody(body, known.get('content-encoding') ?? '', mostBytes);
    return { kind: 'answer', status: statusCode, headers: known, body: text };
  },
  ownHeadersWin: false,
});

/** Tells the moment before a request is written to a connection. */
function watchStart(handler: Dispatcher.DispatchHandler, started: () => void): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (controller, context) => {
      started();
      handler.onRequestStart?.(controller, context);
    },
    onResponseStart: (...args) => handler.onResponseStart?.(...args),
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  };
}

/** Deadlines are the caller's signal's business, except for the connection. */
const undiciPools: PoolMaker<Dispatcher> = {
  direct: (options) =>
    new Agent({
      ...common(options),
      connect: { ...options.tls, timeout: CONNECT_TIMEOUT_MS, allowH2: options.enableHttp2 },
    }),
  through: (proxy, options) => {
    if (proxy.url.startsWith('socks5:')) {
      return new Socks5ProxyAgent(proxy.url, { requestTls: { ...options.tls, timeout: CONNECT_TIMEOUT_MS } });
    }
    const { servername: _, ...proxyTls } = options.tls ?? {};
    return new ProxyAgent({
      ...common(options),
      uri: proxy.url,
      headers: Object.fromEntries(proxy.connectHeaders),
      ...(proxy.authorization === null ? {} : { token: proxy.authorization }),
      requestTls: { ...options.tls, timeout: CONNECT_TIMEOUT_MS, allowH2: options.enableHttp2 },
      proxyTls: { ...proxyTls, timeout: CONNECT_TIMEOUT_MS, allowH2: false },
    });
  },
  retire: (pool) => pool.close(),
  destroy: (pool) => pool.destroy(),
};

const common = (options: PoolOptions) => ({
  allowH2: options.enableHttp2,
  pipelining: 1,
  connections: MOST_CONNECTIONS,
  headersTimeout: 0,
  bodyTimeout: 0,
  // An answer refused for its headers would be a page sent twice.
  maxHeaderSize: LARGEST_HEADERS,
});

function firstHop(request: HttpRequest, url: URL): Hop {
  const headers = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(request.headers)) headers.set(name.toLowerCase(), [value]);
  const body = request.method === 'GET' ? null : request.body;
  return { method: request.method, url, body, headers, home: url.hostname, abroad: false };
}

const ASCII = /^[\x20-\x7e]*$/;
const latin1Of = (value: string): string => Buffer.from(value).toString('latin1');

/** Names and bytes as Go writes them: the library writes names as given, and one byte per character. */
function wireHeaders(headers: Headers): Record<string, string[]> {
  const wire = Object.create(null) as Record<string, string[]>;
  for (const [name, values] of headers) {
    wire[canonicalHeaderName(name)] = values.map((value) => (ASCII.test(value) ? value : latin1Of(value)));
  }
  return wire;
}
