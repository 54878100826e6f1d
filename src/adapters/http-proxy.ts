// Which proxy a request goes through: proxy_url with no_proxy, or the environment, by the rules of Go's httpproxy.
// no_proxy is a comma list of hosts (with their subdomains), .suffix or *.suffix (subdomains only), addresses,
// CIDR ranges, each of the first three with an optional :port; * is everything. A bare proxy_url proxies everything;
// once no_proxy or the environment speaks, loopback is never proxied.
import { BlockList, isIP } from 'node:net';
import { proxyFault } from '../outbound/compile-proxy.ts';
import type { ProxyConfig } from '../outbound/http-config.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** null: straight to the target. `unusable`: by no way at all. */
export function proxyFor(proxy: ProxyConfig, env: Environment, target: URL): URL | 'unusable' | null {
  if (proxy.fromEnvironment) {
    const name = target.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
    const url = parseProxyUrl(variable(env, name));
    return url !== null && isProxied(variable(env, 'no_proxy'), target) ? url : null;
  }
  if (proxy.url === null || (proxy.noProxy !== '' && !isProxied(proxy.noProxy, target))) return null;
  const url = proxy.url.open();
  return proxyFault(url) === null ? new URL(url) : 'unusable';
}

const variable = (env: Environment, name: string): string => env[name.toUpperCase()] || env[name] || '';

/** Also takes `host:port`. */
function parseProxyUrl(text: string): URL | null {
  if (text === '') return null;
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(full) ? new URL(full) : null;
}

export function isProxied(noProxy: string, target: URL): boolean {
  const host = bareHost(target.hostname).toLowerCase();
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || isLoopback(host)) return false;
  return !noProxy.split(',').some((entry) => excludes(entry.trim().toLowerCase(), host, port));
}

function excludes(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const family = isIP(host);
  const range = cidr(entry);
  if (range !== null) return family !== 0 && range.check(host, family === 6 ? 'ipv6' : 'ipv4');
  const { name, port: onlyPort } = splitPort(entry);
  if (name === '' || (onlyPort !== '' && onlyPort !== port)) return false;
  if (isIP(name) !== 0) return family !== 0 && sameAddress(name, host);
  if (family !== 0) return false;
  const suffix = name.startsWith('*.') ? name.slice(1) : name;
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function cidr(entry: string): BlockList | null {
  const [address = '', bits = '', ...rest] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 6 ? 128 : 32))
    return null;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  return list;
}

function sameAddress(a: string, b: string): boolean {
  const list = new BlockList();
  list.addAddress(a, isIP(a) === 6 ? 'ipv6' : 'ipv4');
  return list.check(b, isIP(b) === 6 ? 'ipv6' : 'ipv4');
}

/** `host:port`, `[v6]:port`, `[v6]` or a bare host or address. */
function splitPort(entry: string): { name: string; port: string } {
  const bracketed = /^\[(.*)\](?::(\d*))?$/.exec(entry);
  if (bracketed !== null) return { name: bracketed[1]!, port: bracketed[2] ?? '' };
  const plain = /^([^:]*):([^:]*)$/.exec(entry);
  return plain === null ? { name: entry, port: '' } : { name: plain[1]!, port: plain[2]! };
}

const isLoopback = (host: string): boolean => host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

const bareHost = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');
