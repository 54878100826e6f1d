import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/input/secret.ts';
import { isProxied, proxyFor } from '../../../src/adapters/http-proxy.ts';
import { NO_PROXY } from '../../../src/outbound/compile-proxy.ts';

describe('isProxied()', () => {
  it.each([
    ['', 'http://far.example/', true],
    ['', 'http://localhost/', false],
    ['', 'http://127.9.9.9:80/', false],
    ['', 'http://[::1]/', false],
    ['*', 'http://far.example/', false],
    ['a, *', 'http://10.0.0.1/', false],
    ['example.com', 'http://example.com/', false],
    ['example.com', 'http://sub.example.com/', false],
    ['example.com', 'http://notexample.com/', true],
    ['EXAMPLE.com', 'http://Example.COM/', false],
    ['.example.com', 'http://sub.example.com/', false],
    ['.example.com', 'http://example.com/', true],
    ['*.example.com', 'http://sub.example.com/', false],
    ['*.example.com', 'http://example.com/', true],
    ['example.com:8080', 'http://example.com:8080/', false],
    ['example.com:8080', 'http://example.com/', true],
    ['example.com:443', 'https://example.com/', false],
    ['10.1.2.3', 'http://10.1.2.3/', false],
    ['10.1.2.3:81', 'http://10.1.2.3/', true],
    ['10.0.0.0/8', 'http://10.200.0.1/', false],
    ['10.0.0.0/8', 'http://11.0.0.1/', true],
    ['10.0.0.0/8', 'http://ten.example/', true],
    ['10.0.0.0/99', 'http://10.0.0.1/', true],
    ['2001:db8::/32', 'http://[2001:db8::7]/', false],
    ['[2001:db8::7]:80', 'http://[2001:db8:0::7]/', false],
    ['2001:db8::7', 'http://[2001:db8::8]/', true],
    [' , ,:80', 'http://far.example/', true],
  ])('no_proxy %j, %s: %j', (noProxy, url, expected) => {
    expect(isProxied(noProxy, new URL(url))).toBe(expected);
  });
});

describe('proxyFor()', () => {
  const target = new URL('http://far.example/');
  const fixed = { ...NO_PROXY, url: new Secret('http://proxy:3128') };
  const env = { ...NO_PROXY, fromEnvironment: true };

  it('proxies even loopback by a bare proxy_url, but not once no_proxy speaks', () => {
    const local = new URL('http://localhost/');
    expect(proxyFor(fixed, {}, local)).toMatchObject({ host: 'proxy:3128' });
    expect(proxyFor({ ...fixed, noProxy: 'other' }, {}, local)).toBeNull();
  });

  it.each(['foo', 'proxy:3128', 'ftp://proxy', 'http:///'])('goes no way at all by a proxy_url of %s', (url) => {
    const unusable = { ...NO_PROXY, url: new Secret(url) };
    expect(proxyFor(unusable, {}, target)).toBe('unusable');
    expect(proxyFor({ ...unusable, noProxy: 'far.example' }, {}, target)).toBeNull();
  });

  it('does not look at the environment unless told to', () => {
    expect(proxyFor(NO_PROXY, { HTTP_PROXY: 'http://p' }, target)).toBeNull();
  });

  it.each([
    [{ HTTP_PROXY: 'http://upper', http_proxy: 'http://lower' }, 'http://upper/'],
    [{ http_proxy: 'lower:3128' }, 'http://lower:3128/'],
    [{ HTTPS_PROXY: 'http://p' }, null],
    [{ HTTP_PROXY: 'http://p', NO_PROXY: 'far.example' }, null],
    [{ HTTP_PROXY: '' }, null],
    [{ HTTP_PROXY: 'http://[broken' }, null],
  ])('reads %j', (variables, expected) => {
    expect(proxyFor(env, variables, target)?.toString() ?? null).toBe(expected);
  });
});
