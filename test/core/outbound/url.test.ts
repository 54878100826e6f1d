import { expect, it } from 'vitest';
import { httpUrlFault } from '../../../src/outbound/url.ts';

it.each([
  ['http://h', null],
  ['HTTPS://user:pw@h:8080/p?q#f', null],
  ['http://[::1]:9093/x', null],
  ['http://пример.рф/', null],
  ['ftp://x/y', 'unsupported scheme "ftp" for URL'],
  ['example.com/hook', 'unsupported scheme "" for URL'],
  ['//h/x', 'unsupported scheme "" for URL'],
  ['<secret>', 'unsupported scheme "" for URL'],
  ['http:', 'missing host for URL'],
  ['http://', 'missing host for URL'],
  ['http:///path', 'missing host for URL'],
  ['http://:80/', 'missing host for URL'],
  ['http://user@/x', 'missing host for URL'],
  ['http://[::1/secret', 'it cannot be parsed'],
  ['http://h:port/', 'it cannot be parsed'],
])('httpUrlFault() of %j is %j', (url, fault) => {
  expect(httpUrlFault(url)).toBe(fault);
});
