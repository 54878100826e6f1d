import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration, parseGoDuration, printDuration, printGoDuration } from '../../../src/model/duration.ts';
import { fingerprintOf } from '../../../src/model/fingerprint.ts';
import { goQuote, goUnquote } from '../../../src/model/go-quote.ts';
import { Labels } from '../../../src/model/labels.ts';
import { parseMatchers, printMatchers } from '../../../src/model/matcher-parse.ts';
import { Matcher } from '../../../src/model/matcher.ts';
import { compareUtf8 } from '../../../src/model/order.ts';
import { parseTime, printMillis, printNano, stampMillis, stampOf } from '../../../src/model/rfc3339.ts';

const text = fc.string({ unit: 'binary', maxLength: 12 });
/** Few characters, among them every one that separates or escapes. */
const awkward = fc.string({
  unit: fc.constantFrom('\0', '\u0001', '\u0002', '\u0003', 'a', 'b', '=', '"'),
  maxLength: 5,
});
const pairs = fc.array(fc.tuple(fc.oneof(text, awkward), fc.oneof(text, awkward)), { maxLength: 8 });

/** FNV-1a 64 as its definition says it. */
function slowFingerprint(flat: readonly string[]): string {
  let hash = 0xcbf29ce484222325n;
  const mix = (byte: number): void => {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  };
  for (const part of flat) {
    for (const byte of new TextEncoder().encode(part)) mix(byte);
    mix(0xff);
  }
  return hash.toString(16).padStart(16, '0');
}

describe('identity of label sets', () => {
  test('the fingerprint equals the plain definition', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' })), (flat) => {
      expect(fingerprintOf(flat)).toBe(slowFingerprint(flat));
    })); // prettier-ignore
  });

  test('a lone surrogate counts as U+FFFD, and nothing after it is lost', () => {
    expect(fingerprintOf(['\ud800a'])).toBe(slowFingerprint(['\ufffda']));
  });

  test('order of the pairs does not matter', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name }), (given) => {
      const labels = Labels.of(given);
      const reversed = Labels.of(given.toReversed());
      expect(reversed.key).toBe(labels.key);
      expect(reversed.fingerprint).toBe(labels.fingerprint);
      expect(reversed.flat).toEqual(labels.flat);
    })); // prettier-ignore
  });

  test('keys are equal exactly when the sets are', () => {
    fc.assert(fc.property(pairs, pairs, (a, b) => {
      const [one, other] = [Labels.of(a), Labels.of(b)];
      expect(one.key === other.key).toBe(JSON.stringify(one.flat) === JSON.stringify(other.flat));
    }), { numRuns: 500 }); // prettier-ignore
  });

  test('separators inside values do not make two sets one', () => {
    const key = (...given: [string, string][]): string => Labels.of(given).key;
    const keys = [
      key(['a', 'b\0c\0d']),
      key(['a', 'b'], ['c', 'd']),
      key(['a', 'b\u0001c'], ['d', 'e']),
      key(['a', 'b\u0001\u0002c']),
      key(['a', 'b\0c']),
      key(['a', 'b\u0001\u0003c']),
      key(['a', 'b\u0001c']),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('`compareUtf8()` is the order of the bytes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    })); // prettier-ignore
  });
});

describe('what is printed can be read', () => {
  test('quoted text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (given) => {
      expect(goUnquote(goQuote(given))).toBe(given);
    })); // prettier-ignore
  });

  test('matchers, in the UTF-8 grammar and in fallback mode', () => {
    const matcher = fc
      .tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom('=' as const, '!=' as const), text)
      .map(([name, op, value]) => new Matcher(name, op, value));
    fc.assert(fc.property(fc.array(matcher, { minLength: 1, maxLength: 3 }), (given) => {
      const parsed = parseMatchers(printMatchers(given), 'utf8');
      expect(parsed.ok && parsed.matchers.map(({ name, op, value }) => [name, op, value])).toEqual(
        given.map(({ name, op, value }) => [name, op, value]),
      );
      const fallback = parseMatchers(printMatchers(given), 'fallback');
      expect(fallback.ok).toBe(true);
    })); // prettier-ignore
  });

  test('Prometheus durations', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 9_223_372_036_854 }), (ms) => {
      expect(parseDuration(printDuration(ms))).toEqual({ ok: true, ms });
    })); // prettier-ignore
  });

  test('Go durations', () => {
    fc.assert(fc.property(fc.integer({ min: -9_223_372_036_854, max: 9_223_372_036_854 }), (ms) => {
      expect(parseGoDuration(printGoDuration(ms))).toEqual({ ok: true, ms });
    })); // prettier-ignore
  });

  test('instants, against the calendar of the platform', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (at) => {
      expect(printMillis(at)).toBe(new Date(at).toISOString());
      expect(parseTime(printNano(at))).toEqual({ ok: true, stamp: stampOf(at) });
      expect(stampMillis(stampOf(at))).toBe(printMillis(at));
    })); // prettier-ignore
  });
});
