import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDuration, parseGoDuration, printDuration, printGoDuration } from '../../../src/model/duration.ts';
import { goQuote, goUnquote } from '../../../src/model/go-quote.ts';
import { Labels } from '../../../src/model/labels.ts';
import { parseMatcher, parseMatchers, printMatchers, type MatcherMode } from '../../../src/model/matcher-parse.ts';
import { parseTime, stampMillis } from '../../../src/model/rfc3339.ts';

// What Alertmanager 0.34's own packages answered to the same texts.
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8'));

interface MatcherAnswer {
  readonly error?: string;
  readonly matchers?: readonly { readonly name: string; readonly op: string; readonly value: string }[];
  readonly printed?: string;
  readonly warning?: string;
}
type MatcherCase = { readonly input: string } & Readonly<
  Record<'classic' | 'utf8' | 'fallback' | 'oneClassic' | 'oneUtf8' | 'oneFallback', MatcherAnswer>
>;

function answerMany(text: string, mode: MatcherMode): MatcherAnswer {
  const parsed = parseMatchers(text, mode);
  if (!parsed.ok) return { error: parsed.message };
  return {
    ...(parsed.matchers.length > 0 && {
      matchers: parsed.matchers.map(({ name, op, value }) => ({ name, op, value })),
    }),
    printed: printMatchers(parsed.matchers),
    ...(parsed.warning && { warning: parsed.warning.kind }),
  };
}

function answerOne(text: string, mode: MatcherMode): MatcherAnswer {
  const parsed = parseMatcher(text, mode);
  if (!parsed.ok) return { error: parsed.message };
  const { name, op, value } = parsed.matcher;
  const warning = parsed.warning && { warning: parsed.warning.kind };
  return { matchers: [{ name, op, value }], printed: printMatchers([parsed.matcher]), ...warning };
}

describe('matchers read as upstream reads them', () => {
  const cases = fixture('matchers') as readonly MatcherCase[];

  test('the fixture is not empty', () => {
    expect(cases.length).toBeGreaterThan(200);
  });

  test.each(cases)('$input', (given) => {
    const { input } = given;
    // Upstream warns of a disagreement about no matchers at all: an empty list of another Go type.
    const { warning, ...silent } = given.fallback;
    const fallback = warning === 'disagreement' && given.fallback.matchers === undefined ? silent : given.fallback;
    expect({
      classic: answerMany(input, 'classic'),
      utf8: answerMany(input, 'utf8'),
      fallback: answerMany(input, 'fallback'),
      oneClassic: answerOne(input, 'classic'),
      oneUtf8: answerOne(input, 'utf8'),
      oneFallback: answerOne(input, 'fallback'),
    }).toEqual({
      classic: given.classic,
      utf8: given.utf8,
      fallback,
      oneClassic: given.oneClassic,
      oneUtf8: given.oneUtf8,
      oneFallback: given.oneFallback,
    });
  });
});

interface DurationCase {
  readonly text: string;
  readonly error?: string;
  readonly ms?: number;
  readonly printed?: string;
  readonly goError?: string;
  readonly goNs?: string;
  readonly goPrinted?: string;
}

describe('durations read as Go reads them', () => {
  test.each(fixture('durations') as readonly DurationCase[])('$text', (given) => {
    const parsed = parseDuration(given.text);
    if (parsed.ok) expect([parsed.ms, printDuration(parsed.ms)]).toEqual([given.ms, given.printed]);
    else expect(parsed.message).toBe(given.error);
    const go = parseGoDuration(given.text);
    if (!go.ok) expect(go.message).toBe(given.goError);
    else {
      expect(go.ms).toBeCloseTo(Number(given.goNs) / 1e6, 3);
      // Beyond 2^53 nanoseconds (104 days) the last digits are not held.
      if (Math.abs(Number(given.goNs)) < 2 ** 53 || Number.isInteger(go.ms))
        expect(printGoDuration(go.ms)).toBe(given.goPrinted);
    }
  });
});

describe('text is quoted and unquoted as Go does', () => {
  const { quote, unquote } = fixture('go-quote') as {
    readonly quote: readonly { readonly text: string; readonly quoted: string; readonly labels: string }[];
    readonly unquote: readonly { readonly quoted: string; readonly text: string | null }[];
  };

  test.each(quote)('goQuote() gives $quoted', ({ text, quoted, labels }) => {
    expect(goQuote(text)).toBe(quoted);
    expect(goUnquote(quoted)).toBe(text);
    const set = Labels.of([['a', text], ['B', 'c']]); // prettier-ignore
    expect(set.toString()).toBe(text === '' ? '{B="c"}' : labels);
  });

  test.each(unquote.filter(({ quoted }) => !/^['`]/.test(quoted)))('goUnquote() of $quoted', ({ quoted, text }) => {
    expect(goUnquote(quoted)).toBe(text);
  });
});

interface TimeCase {
  readonly text: string;
  readonly error?: string;
  readonly ms?: number;
  readonly nano?: string;
  readonly api?: string;
  readonly zero?: boolean;
}

describe("points in time read as upstream's API reads them", () => {
  test.each(fixture('times') as readonly TimeCase[])('$text', (given) => {
    const parsed = parseTime(given.text);
    if (!parsed.ok) expect(parsed.message).toBe(given.error);
    else if (parsed.stamp === null) expect(given.zero).toBe(true);
    else {
      const { stamp } = parsed;
      expect([stamp.at, stamp.text, stampMillis(stamp)]).toEqual([given.ms, given.nano, given.api]);
    }
  });
});
