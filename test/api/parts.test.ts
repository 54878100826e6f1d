// The small parts of the HTTP side, as tables.
import type { IncomingHttpHeaders } from 'node:http';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Gate } from '../../src/http/gate.ts';
import { defaultLimits } from '../../src/http/limits.ts';
import { parseAlerts } from '../../src/http/parse-alerts.ts';
import { parseSilence } from '../../src/http/parse-silence.ts';
import { nestsDeeperThan } from '../../src/http/json-depth.ts';
import { isCrossSiteWrite } from '../../src/http/origin.ts';
import { flagOf, parseQuery } from '../../src/http/query.ts';
import { RateLimit } from '../../src/http/rate-limit.ts';
import { isRequestUri } from '../../src/http/request-uri.ts';
import { subjectAltNames } from '../../src/http/tls.ts';

describe('parseAlerts() and parseSilence()', () => {
  const shaped = fc.letrec((tie) => ({
    leaf: fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom('', '2026-01-01T00:00:00Z', 'http://x', '(', null)),
    pairs: fc.dictionary(fc.constantFrom('', 'a', '__proto__', 'alertname'), tie('leaf')),
    matcher: fc.record(
      { name: tie('leaf'), value: tie('leaf'), isRegex: tie('leaf'), isEqual: tie('leaf') },
      { requiredKeys: [] },
    ),
    alert: fc.record(
      {
        labels: fc.oneof(tie('pairs'), tie('leaf')),
        annotations: tie('pairs'),
        startsAt: tie('leaf'),
        endsAt: tie('leaf'),
        generatorURL: tie('leaf'),
      },
      { requiredKeys: [] },
    ),
    silence: fc.record(
      {
        id: tie('leaf'),
        matchers: fc.oneof(fc.array(fc.oneof(tie('matcher'), tie('leaf'))), tie('leaf')),
        startsAt: tie('leaf'),
        endsAt: tie('leaf'),
        createdBy: tie('leaf'),
        comment: tie('leaf'),
        annotations: fc.oneof(tie('pairs'), tie('leaf')),
      },
      { requiredKeys: [] },
    ),
  }));

  test('answer every JSON value with alerts, or with what is wrong', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.oneof(shaped.alert, shaped.leaf)), shaped.leaf), (body) => {
        const parsed = parseAlerts(body, { names: 'utf8', limits: defaultLimits, latestOpenStart: Infinity });
        if (parsed.kind === 'refused') {
          expect(parsed.fault.message).not.toBe('');
          return;
        }
        expect(parsed.alerts.length + parsed.rejected.length).toBe(Array.isArray(body) ? body.length : 0);
        for (const { labels } of parsed.alerts) expect(labels.size).toBeGreaterThan(0);
      }),
    );
  });

  test('answer every JSON value with a silence, or with what is wrong', () => {
    fc.assert(
      fc.property(fc.oneof(shaped.silence, shaped.leaf), (body) => {
        const parsed = parseSilence(body, 'utf8');
        if (parsed.ok) expect(parsed.value.matchers.length).toBeGreaterThan(0);
        else expect(parsed.fault.message).not.toBe('');
      }),
    );
  });
});

describe('isRequestUri()', () => {
  test.each([
    'http://x',
    'http://[::1]:9090/',
    'http://[fe80::1%25en0]/',
    'http://x/a%20b',
    'x:%zz',
    'http://%E4%BD%A0/',
    'http://u%40:p@h/',
  ])('takes %j', (text) => expect(isRequestUri(text)).toBe(true));
  test.each(['http://[::1', 'http://a%20b/', 'http://x/%z', 'http://us er@h/', 'x', '', '//%zz', 'http://[::1]x/'])(
    'refuses %j',
    (text) => expect(isRequestUri(text)).toBe(false),
  );
});

describe('nestsDeeperThan()', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  test.each([
    ['[[1]]', 2, false],
    ['[[1]]', 1, true],
    ['[{"a":[]}]', 3, false],
    ['[{"a":[]}]', 2, true],
    ['["[[[[", "\\"[[[", "\\\\"]', 1, false],
    ['["\\\\", [1]]', 1, true],
    ['[],[],[]', 1, false],
    ['"[[[[', 1, false],
  ])('%j is deeper than %i: %s', (text, limit, deeper) => expect(nestsDeeperThan(bytes(text), limit)).toBe(deeper));

  test('agrees with a walk over what JSON.parse makes', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const depth = depthOf(value);
        const text = bytes(JSON.stringify(value));
        expect(nestsDeeperThan(text, depth)).toBe(false);
        if (depth > 0) expect(nestsDeeperThan(text, depth - 1)).toBe(true);
      }),
    );
  });
});

describe('parseQuery()', () => {
  test('leaves out what Go leaves out, and keeps the order of repeats', () => {
    const query = parseQuery('a=1&b=%zz&a=2+3&c;d=4&%3D=x&e&=y&a=%ff&b=%&b=%f&u=%c3%bc\u00c3\u00bc&%fe=z');
    expect([...query]).toEqual([
      ['a', ['1', '2 3', '\ufffd']],
      ['=', ['x']],
      ['e', ['']],
      ['', ['y']],
      ['u', ['üü']],
      ['\ufffd', ['z']],
    ]);
  });
  test.each([
    ['', true],
    ['f=', true],
    ['f=yes', true],
    ['f=T', true],
    ['f=false', false],
    ['f=maybe', false],
    ['f=false&f=on', true],
  ])('flagOf(%j) is %s', (search, value) => expect(flagOf(parseQuery(search), 'f')).toBe(value));
});

describe('isCrossSiteWrite()', () => {
  test.each<[method: string, headers: IncomingHttpHeaders, isCrossSite: boolean]>([
    ['POST', {}, false],
    ['GET', { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }, false],
    ['POST', { 'sec-fetch-site': 'same-origin', origin: 'http://h:1', host: 'h:2' }, false],
    ['POST', { 'sec-fetch-site': 'none' }, false],
    ['POST', { 'sec-fetch-site': 'same-site' }, true],
    ['DELETE', { 'sec-fetch-site': 'cross-site' }, true],
    ['POST', { origin: 'http://h:9093', host: 'h:9093' }, false],
    ['POST', { origin: 'https://belfry.example', host: '10.0.0.1:9093' }, false],
    ['POST', { origin: 'http://evil.example', host: 'h:9093' }, true],
    ['POST', { origin: 'null', host: 'h:9093' }, true],
    ['POST', { origin: '', host: 'h:9093' }, true],
  ])('of %s %j is %s', (method, headers, isCrossSite) => {
    const externalURL = 'https://belfry.example/am';
    expect(isCrossSiteWrite(method, headers, { externalURL, allowedOrigins: [] })).toBe(isCrossSite);
    const named = { externalURL, allowedOrigins: ['http://evil.example'] };
    expect(isCrossSiteWrite(method, headers, named)).toBe(isCrossSite && headers.origin !== 'http://evil.example');
    expect(isCrossSiteWrite(method, headers, { externalURL, allowedOrigins: ['*'] })).toBe(false);
  });
});

describe('Gate', () => {
  test('lets in up to its limit, each leaving once', () => {
    const gate = new Gate(2);
    const first = gate.enter();
    expect(gate.enter()).not.toBe(null);
    expect(gate.enter()).toBe(null);
    first?.();
    first?.();
    expect(gate.enter()).not.toBe(null);
    expect(gate.enter()).toBe(null);
  });
  test('lets something larger than itself pass alone', () => {
    const gate = new Gate(10);
    const leave = gate.enter(50);
    expect(leave).not.toBe(null);
    expect(gate.enter(1)).toBe(null);
    leave?.();
    expect(gate.enter(1)).not.toBe(null);
    expect(gate.enter(50)).toBe(null);
  });
});

test('RateLimit gives a burst, then one per interval', () => {
  const limit = new RateLimit(1000, 2, 0);
  const taken = [0, 0, 0, 999, 1000, 1999, 60_000, 60_000, 60_000].map((at) => limit.take(at));
  expect(taken).toEqual([true, true, false, false, true, false, true, true, false]);
});

test('subjectAltNames() reads every kind, and is not fooled by a comma inside a name', () => {
  const text =
    'DNS:a.example, IP Address:127.0.0.1, email:x@y.example, URI:spiffe://a/b, DNS:"evil, DNS:client.example"';
  expect(subjectAltNames(text)).toEqual([
    'a.example',
    '127.0.0.1',
    'x@y.example',
    'spiffe://a/b',
    'evil, DNS:client.example',
  ]);
});
