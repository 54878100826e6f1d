import { describe, expect, test } from 'vitest';
import { Labels } from '../../../src/model/labels.ts';
import { parseMatcher, parseMatchers, printMatcher } from '../../../src/model/matcher-parse.ts';
import { compareMatchers, makeMatcher, Matcher, matchesAll, type MatcherOp } from '../../../src/model/matcher.ts';
import { compileAnchored } from '../../../src/model/regex.ts';

describe('Matcher', () => {
  const labels = Labels.of([['job', 'node'], ['text', 'a\nb']]); // prettier-ignore

  test.each<[string, MatcherOp, string, boolean]>([
    ['job', '=', 'node', true],
    ['job', '=', 'nod', false],
    ['job', '!=', 'node', false],
    ['job', '=~', 'no', false],
    ['job', '=~', 'no.*', true],
    ['job', '=~', 'x|node', true],
    ['job', '!~', 'no.*', false],
    ['job', '=~', 'NODE', false],
    ['job', '=~', '(?i)NODE', true],
    ['job', '=~', 'node$', true],
    ['absent', '=', '', true],
    ['absent', '!=', '', false],
    ['absent', '=~', '.*', true],
    ['absent', '=~', '.+', false],
    ['absent', '!~', '.+', true],
    ['text', '=~', 'a.b', false],
    ['text', '=~', '(?s)a.b', true],
    ['job', '=~', 'no)(de', true],
    ['job', '=~', 'no)|(de', true],
    ['job', '=~', '\\Qnode\\E', true],
  ])('`%s%s%s` matches: %s', (name, op, value, expected) => {
    expect(new Matcher(name, op, value).matches(labels)).toBe(expected);
  });

  test('`makeMatcher()` answers a bad pattern with the message, the constructor throws it', () => {
    const message = 'error parsing regexp: missing closing ): `^(?:()$`';
    expect(makeMatcher('a', '=~', '(')).toEqual({ ok: false, message });
    expect(() => new Matcher('a', '=~', '(')).toThrow(message);
    expect(makeMatcher('a', '=', '(').ok).toBe(true);
  });

  test('`matchesAll()` of no matchers is true', () => {
    expect(matchesAll([], labels)).toBe(true);
    expect(matchesAll([new Matcher('job', '=', 'node'), new Matcher('job', '!~', 'n.*')], labels)).toBe(false);
  });

  test('`compareMatchers()` goes by name, value, then = != =~ !~', () => {
    const given = ['b=x', 'a!~x', 'a=~x', 'a!=x', 'a=x', 'a=w'].map((text) => parseMatcher(text, 'utf8'));
    const sorted = given.flatMap((parsed) => (parsed.ok ? [parsed.matcher] : [])).sort(compareMatchers);
    expect(sorted.map(printMatcher)).toEqual(['a="w"', 'a="x"', 'a!="x"', 'a=~"x"', 'a!~"x"', 'b="x"']);
  });
});

describe('what a failed parse points at', () => {
  test.each([
    ['foo', 'fallback', 'foo'],
    ['a=b,foo,c=d', 'fallback', 'foo'],
    ['a=b, c="x"y" ', 'fallback', '"x"y"'],
    ['a=~"("', 'fallback', '"("'],
    ['a=b,c=~(', 'fallback', '('],
    ['a=b,=c', 'utf8', '='],
    ['{a=b', 'utf8', ''],
    ['a=b}', 'utf8', '}'],
    ['a="\\q"', 'utf8', '"\\q"'],
    ['🙂=a,~', 'utf8', '~'],
    ['a="bc', 'utf8', '"bc'],
  ] as const)('%j in %s mode: %j', (text, mode, marked) => {
    const parsed = parseMatchers(text, mode);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(text.slice(parsed.offset, parsed.offset + parsed.length)).toBe(marked);
  });

  test('a warning names what to write instead', () => {
    const parsed = parseMatchers('foo=~"\\d+"', 'fallback');
    expect(parsed.ok && parsed.warning?.message).toContain('write it as foo=~"\\\\d+"');
  });
});

describe('hostile patterns', () => {
  const nested = (depth: number): string => '('.repeat(depth) + 'a' + ')'.repeat(depth);
  const tail = [30, 60, 100, 250, 500, 1000].flatMap((n) => [`(a{1,${n}}){1,${n}}`, `(a{0,${n}}b?){${n}}`, `a{${n}}`]);
  const stars = ['(a+)+', '(a*)*', '(a|a)*', '(a|aa)+', '(.*)*', '(.*a){20}', '([a-z]+)*', '(a?){50}a{50}', '(x+x+)+y'];
  const shapes = stars.flatMap((p) => [`${p}b`, `^${p}$`, `(?:${p})*c`, `${p}|${p}`, `(?i)${p}d`, `(?s).*${p}e`]);
  const large = [
    nested(900),
    nested(2000),
    nested(30_000),
    'a|'.repeat(3000),
    '(?:a|b)'.repeat(900),
    'a?'.repeat(1000) + 'a'.repeat(1000),
    '[a-z]'.repeat(1300),
    '\\pL'.repeat(2000),
    '(\\pL{1,100}){1,10}',
    '('.repeat(65_536),
    '['.repeat(65_536),
    '\\'.repeat(65_536),
    '*'.repeat(65_536),
    'x'.repeat(65_536),
    'x'.repeat(65_537),
    '(?i)' + 'ſk'.repeat(2000),
    '.*'.repeat(1500),
    '(((a{30}){30}){30}){30}',
    '(a{1,100}){1,100}{1,100}',
    '[^\\x00-\\x{10FFFF}]*',
    'a{99999999999999999999}',
    '(?P<' + 'n'.repeat(60_000) + '>a)',
    '\\x{' + '0'.repeat(60_000),
    '\\Q' + 'a'.repeat(60_000),
  ];
  const patterns = [...new Set([...tail, ...shapes, ...large])];

  test('there are enough of them', () => {
    expect(patterns.length).toBeGreaterThanOrEqual(90);
  });

  // A backtracking engine would not be back this year: that the test ends is what it says.
  test('each is refused or answers', () => {
    const subjects = ['a'.repeat(120), `${'a'.repeat(120)}!`, 'x'.repeat(120), ''];
    let answered = 0;
    for (const pattern of patterns) {
      const compiled = compileAnchored(pattern);
      if (compiled.ok)
        answered += subjects.filter((subject) => typeof compiled.regex.test(subject) === 'boolean').length;
      else expect(compiled.message).toMatch(/^error parsing regexp: |^regular expression is longer/);
    }
    expect(answered).toBeGreaterThan(60 * subjects.length);
  });

  test('repeats are refused where Go refuses them', () => {
    for (const pattern of ['a{1001}', '(a{1,100}){1,100}', '(((a{30}){30}){30}){30}', '(a{0,500}b?){500}']) {
      expect(compileAnchored(pattern).ok).toBe(false);
    }
    expect(compileAnchored('a{1000}').ok).toBe(true);
  });

  test('texts of matchers have an end, too', () => {
    const long = `a="${'x'.repeat(70_000)}"`;
    for (const mode of ['fallback', 'classic', 'utf8'] as const) {
      expect(parseMatchers(long, mode).ok).toBe(false);
      expect(parseMatcher(long, mode).ok).toBe(false);
    }
    expect(parseMatchers(`a=${' '.repeat(65_000)}x`, 'fallback').ok).toBe(true);
  });
});
