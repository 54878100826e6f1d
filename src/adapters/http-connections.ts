// The connections of one http_config: a pool per way out (straight, or through a proxy). When a certificate file
// has changed the pools are let go, so that the next request shakes hands with the new one.
import type { HttpConfig, ProxyConfig } from '../outbound/http-config.ts';
import type { Files } from '../ports/files.ts';
import { userinfoHeader } from './http-auth.ts';
import { configFailure, isFailure, type HttpFailure } from './http-failure.ts';
import { proxyFor, type Environment } from './http-proxy.ts';
import { readTlsMaterial, sameMaterial, tlsOptions, type TlsMaterial, type TlsOptions } from './tls.ts';

/** Made by the client, which alone knows the HTTP library. */
export interface PoolMaker<Pool> {
  direct(options: PoolOptions): Pool;
  through(proxy: ProxyHop, options: PoolOptions): Pool;
  /** Once its requests are answered. */
  retire(pool: Pool): Promise<void>;
  /** At once. */
  destroy(pool: Pool): Promise<void>;
}

export interface PoolOptions {
  /** null for plain HTTP. */
  readonly tls: TlsOptions | null;
  readonly enableHttp2: boolean;
}

export interface ProxyHop {
  /** With its user and password for SOCKS only: an HTTP proxy gets them as `authorization`. */
  readonly url: string;
  readonly authorization: string | null;
  readonly connectHeaders: readonly (readonly [name: string, value: string])[];
}

export class Connections<Pool> {
  readonly #config: HttpConfig;
  readonly #files: Files;
  readonly #env: Environment;
  readonly #maker: PoolMaker<Pool>;
  readonly #pools = new Map<string, Pool>();
  #tls: { readonly material: TlsMaterial; readonly options: TlsOptions } | null = null;

  constructor(config: HttpConfig, files: Files, env: Environment, maker: PoolMaker<Pool>) {
    this.#config = config;
    this.#files = files;
    this.#env = env;
    this.#maker = maker;
  }

  async poolFor(target: URL): Promise<{ pool: Pool; proxied: boolean } | HttpFailure> {
    const proxy = proxyFor(this.#config.proxy, this.#env, target);
    if (proxy === 'unusable') return configFailure('proxy_url is no address of a proxy');
    // One from the environment may be anything.
    if (proxy !== null && !/^(?:https?|socks5h?):$/.test(proxy.protocol)) {
      return configFailure(`unsupported proxy scheme ${proxy.protocol}`);
    }
    const needsTls = target.protocol === 'https:' || proxy?.protocol === 'https:';
    const tls = needsTls ? await this.#currentTls() : null;
    if (isFailure(tls)) return tls;
    const options: PoolOptions = { tls, enableHttp2: this.#config.enableHttp2 };
    const name = `${target.protocol} ${proxy?.href ?? ''}`;
    let pool = this.#pools.get(name);
    if (pool === undefined) {
      pool =
        proxy === null
          ? this.#maker.direct(options)
          : this.#maker.through(proxyHop(proxy, this.#config.proxy, target), options);
      this.#pools.set(name, pool);
    }
    return { pool, proxied: proxy !== null };
  }

  async destroy(): Promise<void> {
    await Promise.all(this.#takePools().map((pool) => this.#maker.destroy(pool)));
  }

  #takePools(): readonly Pool[] {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    return pools;
  }

  async #currentTls(): Promise<TlsOptions | HttpFailure> {
    const material = await readTlsMaterial(this.#files, this.#config.tls);
    if (isFailure(material)) return material;
    if (this.#tls !== null && sameMaterial(this.#tls.material, material)) return this.#tls.options;
    const options = tlsOptions(this.#config.tls, material);
    if (isFailure(options)) return options;
    // Requests under way finish on the old connections; nobody waits for them here.
    for (const pool of this.#takePools()) void this.#maker.retire(pool);
    this.#tls = { material, options };
    return options;
  }
}

function proxyHop(url: URL, config: ProxyConfig, target: URL): ProxyHop {
  // Either way it is the proxy that resolves the name.
  const socks = /^socks5h?:(.*)$/.exec(url.href);
  if (socks !== null) return { url: `socks5:${socks[1]}`, authorization: null, connectHeaders: [] };
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  const tunnelled = target.protocol === 'https:';
  return {
    url: bare.href,
    authorization: userinfoHeader(url),
    // Only a CONNECT carries them.
    connectHeaders: tunnelled ? config.connectHeaders.map(([name, secret]) => [name, secret.open()] as const) : [],
  };
}
