import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formHead, fullForm, timeText } from '../../../src/adapters/prometheus/question-form.ts';

const anyText = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
const form = (head: string): [string, string][] => [...new URLSearchParams(head)];

describe('timeText()', () => {
  it('is seconds, with as many digits as there are milliseconds', () => {
    expect(timeText(1_700_000_000_000)).toBe('1700000000');
    expect(timeText(1_700_000_000_123)).toBe('1700000000.123');
  });

  it('is read exactly by those who cut off and by those who round', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (at) => {
        const seconds = Number(timeText(at));
        const whole = Math.trunc(seconds);
        expect(Math.trunc(seconds * 1e3)).toBe(at);
        expect(whole * 1000 + Math.round((seconds - whole) * 1000)).toBe(at);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('formHead()', () => {
  it('carries any query unchanged', () => {
    fc.assert(
      fc.property(anyText, (query) => {
        expect(new URLSearchParams(formHead(query)).get('query')).toBe(query.toWellFormed());
      }),
    );
    expect(formHead('a\ud800b')).toBe('query=a%EF%BF%BDb&nocache=1');
  });

  it('has the params of the group instead of those of the source', () => {
    const head = formHead(
      'up',
      [
        ['dedup', ['false']],
        ['x', ['1', '2']],
      ],
      [['x', ['3']]],
    );
    expect(form(head)).toEqual([
      ['query', 'up'],
      ['nocache', '1'],
      ['dedup', 'false'],
      ['x', '3'],
    ]);
  });

  it('lets nobody replace the question itself, but caching may be asked for', () => {
    const head = formHead('up', [
      ['query', ['1']],
      ['time', ['2']],
      ['timeout', ['3']],
      ['nocache', ['0']],
    ]);
    expect(form(head)).toEqual([
      ['query', 'up'],
      ['nocache', '0'],
    ]);
  });
});

it('fullForm() adds the time and what is left of the patience, in seconds', () => {
  expect(form(fullForm('query=up', 1_700_000_000_500, 9950))).toEqual([
    ['query', 'up'],
    ['time', '1700000000.5'.padEnd(14, '0')],
    ['timeout', '9.95'],
  ]);
  expect(fullForm('query=up', 0, -5)).toBe('query=up&time=0&timeout=0.001');
});
