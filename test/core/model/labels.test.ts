import { describe, expect, test } from 'vitest';
import { isValidLabelName } from '../../../src/model/label-name.ts';
import { Labels } from '../../../src/model/labels.ts';
import { Pairs } from '../../../src/model/pairs.ts';

describe('Labels', () => {
  test('the fingerprints are the ones upstream gives', () => {
    expect(Labels.empty.fingerprint).toBe('cbf29ce484222325');
    expect(Labels.of(Object.entries({ severity: 'critical', alertname: 'ok1' })).fingerprint).toBe('98ed1358ea93243b');
  });

  test('`of()` drops empty values, and of a repeated name keeps the last value', () => {
    const labels = Labels.of([['b', '1'], ['a', ''], ['b', '2'], ['c', 'x'], ['c', '']]); // prettier-ignore
    expect(labels.flat).toEqual(['b', '2']);
  });

  test('names that objects are born with are ordinary names', () => {
    const labels = Labels.of([['__proto__', 'p'], ['constructor', 'c'], ['toString', 't']]); // prettier-ignore
    expect(labels.get('__proto__')).toBe('p');
    expect(JSON.stringify(labels)).toBe('{"__proto__":"p","constructor":"c","toString":"t"}');
    expect(labels.json).toBe('{"__proto__":"p","constructor":"c","toString":"t"}');
    expect(Labels.of([['a', 'b']]).get('toString')).toBe(''); // prettier-ignore
  });

  test('names are in the order of their UTF-8 bytes, not of their UTF-16 units', () => {
    const labels = Labels.of([['\u{1f600}', 'emoji'], ['\uff61', 'halfwidth'], ['Z', '1'], ['a', '2']]); // prettier-ignore
    expect([...labels].map(([name]) => name)).toEqual(['Z', 'a', '\uff61', '\u{1f600}']);
  });

  test('`of()` is the same for many labels as for few', () => {
    const pairs = Array.from({ length: 300 }, (_, i): [string, string] => [`n${(i * 7919) % 250}`, `v${i}`]);
    const few = pairs.reduce((labels, pair) => Labels.of([...labels, pair]), Labels.empty);
    expect(Labels.of(pairs).flat).toEqual(few.flat);
  });

  test('`pick()` leaves out what is absent', () => {
    const labels = Labels.of([['a', '1'], ['b', '2']]); // prettier-ignore
    expect(labels.pick(['b', 'zz']).toString()).toBe('{b="2"}');
  });

  test('`digest` is 32 hex digits and depends on the set alone', () => {
    const one = Labels.of([['a', '1'], ['b', '2']]); // prettier-ignore
    const other = Labels.of([['b', '2'], ['a', '1']]); // prettier-ignore
    expect(one.digest).toMatch(/^[0-9a-f]{32}$/);
    expect(other.digest).toBe(one.digest);
    expect(Labels.of([['a', '1']]).digest).not.toBe(one.digest); // prettier-ignore
  });
});

describe('Pairs', () => {
  test('`from()` keeps empty values, `get()` gives an empty text for a missing name', () => {
    const pairs = Pairs.from([['b', ''], ['a', 'x']]); // prettier-ignore
    expect([...pairs]).toEqual([['a', 'x'], ['b', '']]); // prettier-ignore
    expect([pairs.size, pairs.get('nope')]).toEqual([2, '']);
    expect(pairs.sameAs(Pairs.from([['a', 'x'], ['b', '']]))).toBe(true); // prettier-ignore
    expect(pairs.sameAs(Pairs.from([['a', 'x']]))).toBe(false); // prettier-ignore
  });
});

describe('isValidLabelName()', () => {
  test.each([
    ['job', true, true],
    ['_a1', true, true],
    ['1a', true, false],
    ['a-b', true, false],
    ['a:b', true, false],
    ['Σ', true, false],
    ['a b', true, false],
    ['a\n', true, false],
    ['__proto__', true, true],
    ['', false, false],
    ['\ud800', false, false],
  ])('%j is %s in UTF-8 mode and %s in legacy mode', (name, utf8, legacy) => {
    expect([isValidLabelName(name, 'utf8'), isValidLabelName(name, 'legacy')]).toEqual([utf8, legacy]);
  });
});
