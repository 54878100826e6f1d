// proxy_url, no_proxy, proxy_from_environment, proxy_connect_header: four keys that stand beside others, in
// http_config and in oauth2. Which proxy a request takes is decided when it is made: adapters/http-proxy.ts.
import { Secret } from '../input/secret.ts';
import type { ProxyConfig } from './http-config.ts';
import { refuseBadHeaderName, refuseBadHeaderValue } from './header-rules.ts';
import type { Section } from './section.ts';
import { httpUrlFault } from './url.ts';

export const NO_PROXY: ProxyConfig = { url: null, noProxy: '', fromEnvironment: false, connectHeaders: [] };

const SCHEMES = ['http', 'https', 'socks5', 'socks5h'];

export function compileProxy(section: Section): ProxyConfig {
  const url = section.text('proxy_url');
  const noProxy = section.text('no_proxy');
  const fromEnvironment = section.bool('proxy_from_environment', false);
  const connect = section.section('proxy_connect_header');
  const connectHeaders = connect === null ? [] : compileConnectHeaders(connect);

  const fault = url === '' ? null : proxyFault(url);
  if (fault !== null && isTaken(url)) {
    section.warnValue('proxy_url', `unusable proxy_url: ${fault}`, 'no request can be made through it');
  } else if (fault !== null) {
    section.refuseValue('proxy_url', 'config/bad-url', `invalid proxy_url: ${fault}`);
  }
  if (connectHeaders.length > 0 && !fromEnvironment && url === '') {
    const message =
      'if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured';
    section.refuse('proxy_connect_header', 'config/incomplete', message);
  }
  if (fromEnvironment && url !== '') {
    const message = 'if proxy_from_environment is configured, proxy_url must not be configured';
    section.refuse('proxy_url', 'config/exclusive-keys', message);
  }
  if (fromEnvironment && noProxy !== '') {
    const message = 'if proxy_from_environment is configured, no_proxy must not be configured';
    section.refuse('no_proxy', 'config/exclusive-keys', message);
  }
  // Upstream lets an empty proxy_url pass here: present, and no proxy.
  if (!section.has('proxy_url') && noProxy !== '' && !fromEnvironment) {
    const message = 'if no_proxy is configured, proxy_url must also be configured';
    section.refuse('no_proxy', 'config/incomplete', message);
  }
  return { url: url === '' ? null : new Secret(url), noProxy, fromEnvironment, connectHeaders };
}

/** Why no request can go through it. */
export const proxyFault = (url: string): string | null => httpUrlFault(url, SCHEMES);

/** What is a URL for Go, without host or of whatever scheme. */
function isTaken(url: string): boolean {
  const path = /^(?:[a-z][a-z0-9+.-]*:)?(.*)$/is.exec(url)![1]!;
  const isWhole = path.length < url.length;
  if (/[\0-\x1f\x7f]|^:|%(?![0-9a-f]{2})/i.test(url)) return false;
  if (isWhole) return !path.startsWith('//') || /^\/\/(?:[^/?#]*@)?[^/?#@: ]*(?::\d*)?(?=[/?#]|$)/.test(path);
  return path.startsWith('/') || !path.split('/', 1)[0]!.includes(':');
}

function compileConnectHeaders(section: Section): readonly (readonly [string, Secret])[] {
  const headers: (readonly [string, Secret])[] = [];
  for (const name of section.keys()) {
    refuseBadHeaderName(section, name);
    for (const value of section.list(name)) {
      refuseBadHeaderValue(section, name, value);
      headers.push([name, new Secret(value)]);
    }
  }
  return headers;
}
