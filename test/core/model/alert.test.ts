import { describe, expect, test } from 'vitest';
import { compareForMessage } from '../../../src/model/alert-order.ts';
import { isExtension, succeed } from '../../../src/model/alert.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import { alert, labels, t } from '../../support/builders.ts';

describe('succeed()', () => {
  const at = (from: string, to: string, heard: string, timeout = false) =>
    alert({ a: 'b' }, from, to, { updatedAt: t(heard), timeout });
  test.each([
    ['a re-send moves the end', at('0s', '5m', '0s'), at('0s', '6m', '1m'), '0s', '6m'],
    ['an overlapping start keeps the earlier one', at('0s', '5m', '0s'), at('2m', '8m', '2m'), '0s', '8m'],
    ['resolved now: the end is the new one', at('0s', '5m', '0s'), at('0s', '1m', '1m'), '0s', '1m'],
    ['both ended: the later end', at('-9m', '-1m', '0s'), at('-9m', '-2m', '1m'), '-9m', '-1m'],
    ['still firing: a later end that was meant stands', at('0s', '9m', '0s'), at('1m', '7m', '1m'), '0s', '9m'],
    [
      'still firing: a later end that was a guess does not',
      at('0s', '9m', '0s', true),
      at('1m', '7m', '1m'),
      '0s',
      '7m',
    ],
    ['no overlap is a new incident', at('0s', '1m', '0s'), at('10m', '20m', '10m'), '10m', '20m'],
  ])('%s', (_title, known, next, from, to) => {
    const after = succeed(known, next, next.updatedAt);
    expect([after.startsAt.at, after.endsAt.at]).toEqual([t(from), t(to)]);
  });

  test('the newer version gives annotations and generator URL', () => {
    const next = alert({ a: 'b' }, '1m', '9m', {
      annotations: Pairs.from([['summary', 'new']]),
      generatorURL: 'http://new',
    });
    const after = succeed(alert({ a: 'b' }, '0s', '5m'), next, t('1m'));
    expect([after.annotations.get('summary'), after.generatorURL]).toEqual(['new', 'http://new']);
  });
});

test('isExtension() is true only when nothing but the end moved', () => {
  const known = alert({ a: 'b' }, '0s', '5m');
  expect(isExtension(known, alert({ a: 'b' }, '0s', '9m'))).toBe(true);
  expect(isExtension(known, alert({ a: 'b' }, '1s', '9m'))).toBe(false);
  expect(isExtension(known, alert({ a: 'b' }, '0s', '9m', { generatorURL: 'x' }))).toBe(false);
  expect(isExtension(known, alert({ a: 'b' }, '0s', '9m', { timeout: true }))).toBe(false);
  expect(isExtension(known, alert({ a: 'b' }, '0s', '9m', { annotations: Pairs.from([['x', '']]) }))).toBe(false);
});

test('compareForMessage() orders by job, instance, then the whole set', () => {
  const sets = [
    { job: 'a', instance: '1', x: '2' },
    { job: 'a', instance: '1', x: '3' },
    { job: 'a', instance: '2' },
    { job: 'a', z: '1' },
    { job: 'b', instance: '1' },
    { instance: '1', y: '1' },
    { b: '1' },
    { a: '1' },
    { a: '2' },
  ].map(labels);
  const shuffled = [6, 2, 8, 0, 5, 1, 7, 4, 3].map((i) => sets[i]!);
  expect(shuffled.sort(compareForMessage).map(String)).toEqual(sets.map(String));
});
