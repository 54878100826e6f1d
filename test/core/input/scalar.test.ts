import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../../src/input/formats.ts';
import { readBool, readFloat, readInt, readTyped } from '../../../src/input/scalar.ts';
import { closest } from '../../../src/input/suggest.ts';

describe('scalars of YAML 1.1', () => {
  test.each([
    ['y', true], ['Yes', true], ['ON', true], ['true', true], ['n', false], ['No', false], ['off', false], ['FALSE', false],
    ['yEs', null], ['1', null], ['', null], ['truely', null],
  ])('`readBool()` of %j is %s', (text, expected) => {
    expect(readBool(text)).toBe(expected);
  }); // prettier-ignore

  test.each([
    ['0', 0], ['-0', 0], ['+7', 7], ['-12', -12], ['017', 15], ['0o17', 15], ['0x1F', 31], ['-0x10', -16], ['0b101', 5], ['1_000', 1000],
    ['08', null], ['1.0', null], ['', null], ['-', null], ['0x', null], ['1 ', null], ['_1', null], ['1e3', null],
  ])('`readInt()` of %j is %s', (text, expected) => {
    expect(readInt(text)).toBe(expected);
  }); // prettier-ignore

  test.each([
    ['1.5', 1.5], ['.5', 0.5], ['5.', 5], ['1e3', 1000], ['-1.5E-2', -0.015], ['.inf', Infinity], ['-.INF', -Infinity], ['3', 3],
    ['1.2.3', null], ['e3', null], ['inf', null], ['', null],
  ])('`readFloat()` of %j is %s', (text, expected) => {
    expect(readFloat(text)).toBe(expected);
  }); // prettier-ignore

  test.each([
    ['', null], ['~', null], ['NULL', null], ['on', true], ['12', 12], ['1.5', 1.5], ['012', 10], ['08', 8], ['1:30', '1:30'], ['2026-01-01', '2026-01-01'], ['x', 'x'],
  ])('`readTyped()` of %j is %j', (text, expected) => {
    expect(readTyped(text)).toBe(expected);
  }); // prettier-ignore
});

describe('formats', () => {
  test.each([
    ['int', '5', null],
    ['int', '5.5', 'expected a whole number, found "5.5"'],
    ['uint', '-5', 'expected a whole number of at least 0, found "-5"'],
    ['int', '9007199254740993', 'expected a whole number, found "9007199254740993"'],
    ['float', '.5', null],
    ['float', 'x', 'expected a number, found "x"'],
    ['duration', '0', null],
    ['duration', '-1s', 'not a valid duration string: "-1s"'],
    ['go-duration', '5', null],
    ['go-duration', '5x', 'time: unknown unit "x" in duration "5x"'],
    ['label-name', 'a b', null],
    ['legacy-label-name', 'a b', 'invalid label name "a b"'],
    ['url', 'http://localhost:9093/x?y=z', null],
    ['url', 'https://user:pass@[::1]:80', null],
    ['url', 'ftp://x', 'unsupported scheme "ftp" for URL'],
    ['url', 'example.com/x', 'unsupported scheme "" for URL'],
    ['url', 'http://', 'missing host for URL'],
    ['url', 'http:///x', 'missing host for URL'],
    ['url', 'http://:80/x', 'missing host for URL'],
    ['url', 'http://a b/', 'cannot parse "http://a b/" as a URL'],
  ])('%s of %j: %s', (format, text, message) => {
    expect(FORMATS[format]!(text)?.message ?? null).toBe(message);
  });

  test('a hint says what was probably meant', () => {
    expect(FORMATS['duration']!('5')?.hint).toBe('a unit is missing: did you mean "5s"?');
    expect(FORMATS['duration']!('30m1h')?.hint).toBe('units go from big to small, each once: y w d h m s ms');
    expect(FORMATS['url']!('localhost:9093')?.hint).toBe('did you mean "http://localhost:9093"?');
  });
});

describe('closest()', () => {
  const words = ['receiver', 'receivers', 'group_by', 'group_wait', 'to', 'url'];

  test.each([
    ['recevier', 'receiver'],
    ['Receivers', 'receivers'],
    ['groupby', 'group_by'],
    ['group-wait', 'group_wait'],
    ['ulr', 'url'],
    ['tp', 'to'],
    ['x', null],
    ['banana', null],
    ['r'.repeat(5000), null],
  ])('%j means %j', (word, expected) => {
    expect(closest(word, words)).toBe(expected);
  });
});
