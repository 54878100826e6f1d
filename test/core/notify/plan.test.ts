import { describe, expect, test } from 'vitest';
import { plan, type PlanInput, type Telling } from '../../../src/notify/plan.ts';
import { ms, t } from '../../support/builders.ts';

const set = (text: string): ReadonlySet<string> => new Set(text);
const telling = (firing: string, resolved = '', at = '-1m'): Telling => ({
  at: t(at),
  firing: set(firing),
  resolved: set(resolved),
});
const underway = (firing: string, resolved = ''): PlanInput['undelivered'] => ({
  telling: telling(firing, resolved),
  underway: true,
});
const parked = (firing: string): PlanInput['undelivered'] => ({ telling: telling(firing), underway: false });

const textOf = (digests: ReadonlySet<string>): string => [...digests].join('') || '-';

interface Case extends Partial<Omit<PlanInput, 'firing' | 'resolved' | 'mutedResolved'>> {
  readonly firing?: string;
  readonly resolved?: string;
  readonly muted?: string;
}

const decide = ({ firing = '', resolved = '', muted = '', ...more }: Case): string => {
  const decision = plan(
    {
      told: null,
      undelivered: null,
      sendResolved: true,
      repeatInterval: ms('4h'),
      ...more,
      firing: set(firing),
      resolved: set(resolved),
      mutedResolved: set(muted),
    },
    t('0s'),
  );
  switch (decision.kind) {
    case 'send':
      return `send: ${decision.reason}${decision.missed.size > 0 ? ` (missed ${[...decision.missed].join('')})` : ''}`;
    case 'record':
      return `record ${textOf(decision.told.firing)}/${textOf(decision.told.resolved)}: ${decision.reason}`;
    case 'nothing':
      return `nothing: ${decision.reason}`;
  }
};

describe("plan() decides as upstream's table, row by row", () => {
  test.each<[string, Case, string]>([
    ['1: nothing told, something fires', { firing: 'a' }, 'send: first notification'],
    ['2: nothing told, only resolved', { resolved: 'a' }, 'nothing: nothing to tell'],
    ['3: all had been resolved', { told: telling('', 'a'), firing: 'b' }, 'send: first notification'],
    ['4: one more fires', { told: telling('a'), firing: 'ab' }, 'send: new alerts added'],
    ['4: another fires', { told: telling('a'), firing: 'b', resolved: 'a' }, 'send: new alerts added'],
    ['5: all resolved', { told: telling('ab'), resolved: 'ab' }, 'send: all alerts resolved'],
    ['5: the last unmuted one resolved', { told: telling('ab'), resolved: 'a' }, 'send: all alerts resolved'],
    ['6: nothing was firing', { told: telling('', 'a'), resolved: 'b' }, 'nothing: nothing to tell'],
    ['7: one of two resolved', { told: telling('ab'), firing: 'b', resolved: 'a' }, 'send: some alerts resolved'],
    ['7: which was told already', { told: telling('b', 'a'), firing: 'b', resolved: 'a' }, 'nothing: told already'],
    [
      '8: the repeat interval is over',
      { told: telling('a', '', '-4h1m'), firing: 'a' },
      'send: repeat interval elapsed',
    ],
    ['8: it is exactly over', { told: telling('a', '', '-4h'), firing: 'a' }, 'send: repeat interval elapsed'],
    [
      '8: it is over in a moment',
      { told: telling('a', '', '-3h59m59s'), firing: 'a' },
      'send: repeat interval elapsed',
    ],
    ['8: it is not over', { told: telling('a', '', '-3h59m58s'), firing: 'a' }, 'nothing: told already'],
    ['9: nothing changed', { told: telling('ab'), firing: 'a' }, 'nothing: told already'],
  ])('row %s', (_title, input, decision) => expect(decide(input)).toBe(decision));
});

describe('plan() remembers what resolved unseen', () => {
  test.each<[string, Case, string]>([
    ['everything muted, nothing resolved', { told: telling('a') }, 'nothing: told already'],
    ['everything muted, one resolved', { told: telling('ab'), muted: 'a' }, 'record ab/a: resolved while muted'],
    ['the last one resolved muted', { told: telling('a'), muted: 'a' }, 'record a/a: resolved while muted'],
    [
      'one resolved muted beside one that fires',
      { told: telling('ab'), firing: 'b', muted: 'a' },
      'record ab/a: resolved while muted',
    ],
    [
      'resolved ones are not wanted: one of two',
      { told: telling('ab'), firing: 'b', resolved: 'a', sendResolved: false },
      'record b/-: resolved alerts are not wanted',
    ],
    [
      'resolved ones are not wanted: all',
      { told: telling('ab'), resolved: 'ab', sendResolved: false },
      'record -/-: resolved alerts are not wanted',
    ],
    ['resolved muted, and still so', { told: telling('ab', 'a'), muted: 'a', firing: 'b' }, 'nothing: told already'],
    ['resolved muted, fires again', { told: telling('a', 'a'), firing: 'a' }, 'send: first notification'],
    [
      'resolved muted, fires again beside another',
      { told: telling('ab', 'a'), firing: 'ab' },
      'send: new alerts added',
    ],
    [
      'resolved muted, its end is heard after all',
      { told: telling('a', 'a'), resolved: 'a' },
      'send: all alerts resolved',
    ],
    [
      'resolved muted, its end is heard after all beside another',
      { told: telling('ab', 'a'), firing: 'b', resolved: 'a' },
      'send: some alerts resolved',
    ],
    [
      'resolved muted, its end is heard where it is not wanted',
      { told: telling('a', 'a'), resolved: 'a', sendResolved: false },
      'record -/a: resolved alerts are not wanted',
    ],
    ['never told, resolved muted', { muted: 'a' }, 'nothing: nothing to tell'],
    [
      'a repeat that is due says so first',
      { told: telling('ab', '', '-5h'), firing: 'b', muted: 'a' },
      'send: repeat interval elapsed',
    ],
  ])('%s', (_title, input, decision) => expect(decide(input)).toBe(decision));
});

describe('plan() with a message that was not delivered', () => {
  test.each<[string, Case, string]>([
    ['the same is on its way', { undelivered: underway('a'), firing: 'a' }, 'nothing: on its way already'],
    ['more fires meanwhile', { undelivered: underway('a'), firing: 'ab' }, 'send: first notification'],
    [
      'it resolved before it was told',
      { undelivered: underway('a'), resolved: 'a' },
      'send: fired and resolved while undeliverable (missed a)',
    ],
    ['that is on its way, too', { undelivered: underway('', 'a'), resolved: 'a' }, 'nothing: on its way already'],
    [
      'one of two resolved, resolved not wanted',
      { undelivered: underway('ab'), firing: 'b', resolved: 'a', sendResolved: false },
      'send: first notification (missed a)',
    ],
    [
      'new one resolved, old one fires, resolved not wanted',
      { told: telling('a'), undelivered: underway('ab'), firing: 'a', resolved: 'b', sendResolved: false },
      'send: fired and resolved while undeliverable (missed b)',
    ],
    [
      'a resolved message is underway and the alert fires again',
      { told: telling('a'), undelivered: underway('', 'a'), firing: 'a' },
      'nothing: on its way already',
    ],
    [
      'a correction waits for what is underway',
      { told: telling('ab'), undelivered: underway('abc'), firing: 'b', muted: 'a', sendResolved: false },
      'nothing: on its way already',
    ],
    ['refused for good: tried anew', { undelivered: parked('a'), firing: 'a' }, 'send: first notification'],
    [
      'refused for good and resolved',
      { undelivered: parked('a'), resolved: 'a' },
      'send: fired and resolved while undeliverable (missed a)',
    ],
    [
      'refused for good, its report too',
      { undelivered: { telling: telling('', 'a'), underway: false }, resolved: 'a' },
      'nothing: nothing to tell',
    ],
  ])('%s', (_title, input, decision) => expect(decide(input)).toBe(decision));
});

test('what ended undelivered is not forgotten when its report is overtaken, or refused', () => {
  // The report of b, with a that was missed: it has a as fired and resolved.
  const report = telling('ab', 'a');
  const overtaking = { firing: 'bc', resolved: 'a', sendResolved: false };
  expect(decide({ ...overtaking, undelivered: { telling: report, underway: true } })).toBe(
    'send: first notification (missed a)',
  );
  expect(decide({ ...overtaking, undelivered: { telling: report, underway: false } })).toBe(
    'send: first notification (missed a)',
  );
  const same = { firing: 'b', resolved: 'a', sendResolved: false };
  expect(decide({ ...same, undelivered: { telling: report, underway: true } })).toBe('nothing: on its way already');
  // Delivered, it is told: nothing more to say, and its return is news.
  expect(decide({ ...same, told: report })).toBe('record b/a: resolved alerts are not wanted');
  expect(decide({ firing: 'ab', told: report, sendResolved: false })).toBe('send: new alerts added');
});
