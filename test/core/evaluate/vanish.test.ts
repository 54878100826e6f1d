import { describe, expect, it, test } from 'vitest';
import { censusQuery, judge, knownVerdict, witnesses, type Verdict } from '../../../src/evaluate/vanish.ts';
import { ms, t } from '../../support/builders.ts';

const believe = (reason: (Verdict & { kind: 'believe' })['reason']): Verdict => ({ kind: 'believe', reason });
const hold = (reason: (Verdict & { kind: 'hold' })['reason']): Verdict => ({ kind: 'hold', reason });

describe('judge()', () => {
  test.each<[number, number | null, Verdict]>([
    [0, 0, believe('too few to tell')],
    [2, 0, believe('too few to tell')],
    [2, null, believe('too few to tell')],
    [3, 0, hold('most is gone')],
    [3, 1, hold('most is gone')],
    [3, 2, believe('the rest is there')],
    [4, 1, hold('most is gone')],
    [4, 2, believe('the rest is there')],
    [12, 5, hold('most is gone')],
    [12, 12, believe('the rest is there')],
    [3, null, hold('nobody can tell')],
  ])('of %i there are %s', (asked, there, verdict) => expect(judge({ asked, there })).toEqual(verdict));
});

describe('knownVerdict()', () => {
  const now = t('0s');
  test.each<[string, string | null, Verdict | null]>([
    ['0s', null, believe('not to be held')],
    ['0s', '-1m', believe('not to be held')],
    ['5m', null, null],
    ['5m', '0s', null],
    ['5m', '-4m59s', null],
    ['5m', '-5m', believe('held for long enough')],
    ['5m', '1s', believe('held for long enough')],
  ])('hold_vanished %s, held since %s', (most, since, verdict) => {
    expect(knownVerdict(ms(most), since === null ? null : t(since), now)).toEqual(verdict);
  });
});

describe('a census', () => {
  it('asks about twelve metrics at most, from all over the list, each once', () => {
    expect(witnesses(['a', 'b', 'a'])).toEqual(['a', 'b']);
    const many = witnesses(Array.from({ length: 30 }, (_, i) => `m${i}`));
    expect(many).toHaveLength(12);
    expect(new Set(many).size).toBe(12);
    expect([many[0], many[11]]).toEqual(['m0', 'm27']);
  });

  it('is one number, whatever is there', () => {
    expect(censusQuery(['a', 'b{c="d"}'])).toBe(
      '(clamp_max(count(a), 1) or vector(0)) + (clamp_max(count(b{c="d"}), 1) or vector(0))',
    );
  });
});
