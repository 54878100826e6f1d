// TLS, HTTP/2 and proxies, as undici has them.
import { Agent, ProxyAgent, Socks5ProxyAgent, type Dispatcher } from 'undici';
import type { PoolMaker, PoolOptions } from './http-connections.ts';
import type { Line } from './http-exchange.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const LARGEST_HEADERS = 256 * 1024;
/** To one origin: a burst waits its turn rather than use up the file descriptors. */
const MOST_CONNECTIONS = 256;

export const lineOf = (pool: Dispatcher): Line => ({
  dispatch: ({ origin, path, method, headers, body }, taker) =>
    void pool.dispatch(
      { origin, path, method, headers, body },
      {
        onRequestStart: (controller) => taker.started((error) => controller.abort(error)),
        onResponseStart: (_controller, status, headers) => {
          if (status >= 200) taker.head(status, answerHeaders(headers));
        },
        onResponseData: (_controller, chunk) => taker.data(chunk),
        onResponseEnd: () => taker.end(),
        onResponseError: (_controller, error) => taker.failed(error),
      },
    ),
});

function answerHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) known.set(name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value);
  }
  return known;
}

/** Deadlines are the caller's signal's business, except for the connection. */
export const undiciPools: PoolMaker<Dispatcher> = {
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
