// Outbound HTTP under one http_config. One set of connections per HttpConfig
// object; a reload brings new objects, and the old ones are let go with their connections. What needs neither TLS nor a
// proxy goes another way (http-line.ts). Every failure is a value, and `sent` is true from the moment the first byte of
// the request may have left. An answer is taken in one of two manners: a short piece of it, as notifications want, or
// the whole of a large one, as queries do.
import type { Dispatcher } from 'undici';
import { canonicalHeaderName } from '../model/header-name.ts';
import type { HttpConfig } from '../outbound/http-config.ts';
import { httpUrlFault } from '../outbound/url.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { HttpClient, HttpRequest, HttpResult } from '../ports/http-client.ts';
import { authorizationHeader, readFile, userinfoHeader } from './http-auth.ts';
import { textOf } from './http-body.ts';
import { Connections, type PoolMaker } from './http-connections.ts';
import { decoded, isEncoded, plainly, type DownloadedAnswer, type Downloader } from './http-download.ts';
import { exchange, type Answered, type Line } from './http-exchange.ts';
import { configFailure, failureOf, isFailure, type HttpFailure } from './http-failure.ts';
import { PlainLine } from './http-line.ts';
import { proxyFor, type Environment } from './http-proxy.ts';
import {
  isSensitive,
  MOST_REQUESTS,
  MOST_WITHIN_ORIGIN,
  nextHop,
  nextWithinOrigin,
  type Hop,
} from './http-redirect.ts';
import { TokenSource } from './oauth2.ts';
import { RecentMap } from '../model/recent-map.ts';

export interface HttpClientParts {
  readonly files: Files;
  /** HTTP_PROXY and its kin, for proxy_from_environment. */
  readonly env: Environment;
  readonly clock: Pick<Clock, 'now'>;
}

const MOST_URLS = 1000;

type Headers = ReadonlyMap<string, readonly string[]>;

interface Way {
  readonly line: Line;
  readonly proxied: boolean;
}

interface Manner {
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  /** What came before it broke off is an answer. */
  readonly isShort: boolean;
  /** Nothing is the worse for arriving twice. */
  readonly mayRepeat: boolean;
  /** A header of the request's own stands alone, where http_headers would otherwise add to it. */
  readonly ownHeadersWin: boolean;
}

/** What a notification or a target of remote write answers is for people to read. */
const LARGEST_SHORT = 64 * 1024;

export function createHttpClient(parts: HttpClientParts): HttpClient & Downloader & AsyncDisposable {
  return new UndiciClient(parts);
}

class UndiciClient implements HttpClient, Downloader, AsyncDisposable {
  readonly #parts: HttpClientParts;
  readonly #connections = new WeakMap<HttpConfig, Connections<Dispatcher>>();
  readonly #plain = new PlainLine();
  readonly #plainly: Way = { line: this.#plain, proxied: false };
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
    const { signal, mostBytes: maxBytes = LARGEST_SHORT } = request;
    const manner = { signal, maxBytes, isShort: true, mayRepeat: false, ownHeadersWin: false };
    let hop = firstHop(request, url);
    for (let count = 1; ; count++) {
      const answer = await this.#authorised(config, hop, manner);
      const result = isFailure(answer) ? answer : await shortOf(answer, maxBytes);
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

  async download(config: HttpConfig, request: HttpRequest, maxBytes: number): Promise<DownloadedAnswer | HttpFailure> {
    const url = this.#urlOf(request.url);
    if (isFailure(url)) return url;
    const { signal } = request;
    const manner = { signal, maxBytes, isShort: false, mayRepeat: true, ownHeadersWin: true };
    let hop = firstHop(request, url);
    for (let left = MOST_WITHIN_ORIGIN; ; left--) {
      const answer = await this.#authorised(config, hop, manner);
      if (isFailure(answer)) return answer;
      const next = config.followRedirects && left > 0 ? nextWithinOrigin(hop, answer) : null;
      if (next === null) return isEncoded(answer) ? decoded(answer, maxBytes) : plainly(answer);
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
    this.#plain.destroy();
    await Promise.all(open.map((connections) => connections?.destroy() ?? Promise.resolve()));
  }

  /** One hop, with credentials; a kept token that the server refuses is replaced once. */
  async #authorised(config: HttpConfig, hop: Hop, manner: Manner): Promise<Answered | HttpFailure> {
    // Every await is a turn that others take first: hundreds of questions a second wait for nothing here.
    const headers =
      config.headers.length === 0
        ? new Map(hop.headers)
        : await this.#configuredHeaders(config, hop, manner.ownHeadersWin);
    if (isFailure(headers)) return headers;
    const send = (): Promise<Answered | HttpFailure> => this.#exchange(config, hop, headers, manner);
    const userinfo = userinfoHeader(hop.url);
    if (userinfo !== null && !headers.has('authorization')) headers.set('authorization', [userinfo]);
    const { auth } = config;
    if (auth === null || hop.abroad) return send();
    if (auth.kind !== 'oauth2') {
      if (headers.has('authorization')) return send();
      const header = await authorizationHeader(this.#parts.files, auth);
      if (isFailure(header)) return header;
      headers.set('authorization', [header]);
      return send();
    }
    let source = this.#tokens.get(config);
    if (source === undefined) {
      source = new TokenSource(auth, { ...this.#parts, client: this });
      this.#tokens.set(config, source);
    }
    const userAgent = headers.get('user-agent')?.[0] ?? '';
    for (;;) {
      const token = await source.header(userAgent, manner.signal);
      if (isFailure(token)) return token;
      headers.set('authorization', [token.header]);
      const result = await send();
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

  async #exchange(config: HttpConfig, hop: Hop, headers: Headers, manner: Manner): Promise<Answered | HttpFailure> {
    const isPlain = hop.url.protocol === 'http:' && proxyFor(config.proxy, this.#parts.env, hop.url) === null;
    const way = isPlain ? this.#plainly : await this.#wayTo(config, hop.url);
    if (isFailure(way)) return way;
    const peer = way.proxied ? `${hop.url.host} through a proxy` : hop.url.host;
    const sending = {
      origin: hop.url.origin,
      path: hop.url.pathname + hop.url.search,
      method: hop.method,
      headers: wireHeaders(headers),
      body: hop.body,
      mayRepeat: manner.mayRepeat,
    };
    const { signal } = manner;
    let sent = false;
    try {
      return await exchange(way.line, sending, manner, () => (sent = !signal.aborted));
    } catch (error) {
      return failureOf(error, { peer, sent, signal });
    }
  }

  async #wayTo(config: HttpConfig, url: URL): Promise<Way | HttpFailure> {
    // Most processes speak to their own network in the clear, and never need it.
    const { lineOf, undiciPools } = await import('./http-undici.ts');
    const way = await this.#connectionsOf(config, undiciPools).poolFor(url);
    return isFailure(way) ? way : { line: lineOf(way.pool), proxied: way.proxied };
  }

  #connectionsOf(config: HttpConfig, maker: PoolMaker<Dispatcher>): Connections<Dispatcher> {
    let connections = this.#connections.get(config);
    if (connections === undefined) {
      connections = new Connections(config, this.#parts.files, this.#parts.env, maker);
      this.#connections.set(config, connections);
      this.#open = this.#open.filter((reference) => reference.deref() !== undefined);
      this.#open.push(new WeakRef(connections));
    }
    return connections;
  }
}

async function shortOf(
  { kind, status, headers, bytes }: Answered,
  most: number,
): Promise<Extract<HttpResult, { kind: 'answer' }>> {
  return { kind, status, headers, body: await textOf(bytes, headers.get('content-encoding') ?? '', most) };
}

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
