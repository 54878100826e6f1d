import { describe, expect, test } from 'vitest';
import { printProblem, type Problem } from '../../../src/model/problem.ts';

const at = (line: number, column: number, length: number): Problem['at'] => ({
  file: 'belfry.yml',
  line,
  column,
  length,
});
const problem = (over: Partial<Problem>): Problem => ({
  severity: 'error',
  code: 'config/x',
  message: 'something is wrong',
  at: null,
  ...over,
});

describe('printProblem()', () => {
  test('puts carets below the place and the hint beside them', () => {
    const given = problem({ at: at(3, 5, 8), excerpt: '    recevier: team', hint: 'did you mean "receiver"?' });
    expect(printProblem(given)).toBe(
      [
        'belfry.yml:3:5: error: something is wrong',
        '    3 |     recevier: team',
        '      |     ^^^^^^^^ did you mean "receiver"?',
      ].join('\n'),
    );
  });

  test('without a place or an excerpt the hint has a line of its own', () => {
    expect(printProblem(problem({ hint: 'do this' }))).toBe('error: something is wrong\n  do this');
    expect(printProblem(problem({ severity: 'warning', at: at(1, 1, 1) }))).toBe(
      'belfry.yml:1:1: warning: something is wrong',
    );
  });

  const carets = (excerpt: string, column: number, length: number): string[] =>
    printProblem(problem({ at: at(1, column, length), excerpt })).split('\n').slice(1).map((line) => line.slice(8)); // prettier-ignore

  test.each([
    ['a tab stays a tab', '\tfoo: x', 2, 3, '\t^^^'],
    ['an emoji is one character, two cells wide', '🙂: x', 4, 1, '    ^'],
    ['Chinese characters are two cells wide', '名字: 值', 5, 1, '      ^^'],
    ['the end of the line can be meant', 'foo', 4, 1, '   ^'],
    ['no caret stands beyond the line', 'foo', 2, 99, ' ^^'],
    ['an empty line gets one caret', '', 1, 1, '^'],
  ])('%s', (_, excerpt, column, length, expected) => {
    expect(carets(excerpt, column, length)).toEqual([excerpt, expected]);
  });

  test('of a long line it shows the part around the place', () => {
    const [line, mark] = carets(`${'x'.repeat(5000)}HERE${'y'.repeat(5000)}`, 5001, 4);
    expect(line!.length).toBeLessThan(170);
    expect(line!.slice(mark!.indexOf('^'), mark!.lastIndexOf('^') + 1)).toBe('HERE');
    expect([line!.startsWith('…'), line!.endsWith('…')]).toEqual([true, true]);
  });

  test('control characters of the file do not reach the terminal', () => {
    expect(carets('a\u001b[31mb', 1, 1)[0]).toBe('a\ufffd[31mb');
  });
});
