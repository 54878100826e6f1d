import { describe, expect, test } from 'vitest';
import { step, type AlertingInput, type Match } from '../../../src/evaluate/alerting.ts';
import type { Instances } from '../../../src/evaluate/instance.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import { labels, ms, t } from '../../support/builders.ts';

const match = (name: string, value = 1, summary = ''): Match => ({
  labels: labels({ alertname: 'A', name }),
  annotations: Pairs.from([['summary', summary]]),
  value,
});

interface Timing {
  readonly for?: string;
  readonly keep?: string;
}

/** `a b` matches; `?` an answer that proves nothing absent; each a minute later. Returns the states after each. */
function play(timing: Timing, ...answers: readonly string[]): readonly string[] {
  const rule = { for: ms(timing.for ?? '0s'), keepFiringFor: ms(timing.keep ?? '0s'), threshold: null };
  let instances: Instances = new Map();
  return answers.map((answer, minute) => {
    const matches = answer
      .replace('?', '')
      .split(' ')
      .filter((name) => name !== '')
      .map((name) => match(name));
    const absences: AlertingInput['absences'] = answer.startsWith('?') ? 'mean nothing' : 'count';
    instances = step(rule, instances, { matches, absences }, t(`${minute}m`)).instances;
    return [...instances.values()]
      .map((one) => `${one.labels.get('name')}:${one.kind}`)
      .sort()
      .join(' ');
  });
}

describe('step()', () => {
  test.each<[string, Timing, string[], string[]]>([
    ['without `for` it fires at once', {}, ['a', ''], ['a:firing', 'a:resolved']],
    ['it is pending for as long as `for` says', { for: '2m' }, ['a', 'a', 'a'], ['a:pending', 'a:pending', 'a:firing']],
    [
      'a `for` shorter than the interval fires at the second match',
      { for: '15s' },
      ['a', 'a'],
      ['a:pending', 'a:firing'],
    ],
    [
      'what stops matching while pending is forgotten',
      { for: '2m' },
      ['a', 'a', '', 'a'],
      ['a:pending', 'a:pending', '', 'a:pending'],
    ],
    [
      'each label set has its own time',
      { for: '1m' },
      ['a', 'a b', 'b'],
      ['a:pending', 'a:firing b:pending', 'a:resolved b:firing'],
    ],
    ['it is kept firing', { keep: '2m' }, ['a', '', '', ''], ['a:firing', 'a:kept', 'a:kept', 'a:resolved']],
    [
      'kept, it matches again and starts keeping anew',
      { keep: '2m' },
      ['a', '', 'a', '', ''],
      ['a:firing', 'a:kept', 'a:firing', 'a:kept', 'a:kept'],
    ],
    [
      'resolved, it fires anew',
      { for: '1m' },
      ['a', 'a', '', 'a', 'a'],
      ['a:pending', 'a:firing', 'a:resolved', 'a:pending', 'a:firing'],
    ],
    [
      'an incomplete answer resolves nothing',
      {},
      ['a b', '?a', '?', 'a'],
      ['a:firing b:firing', 'a:firing b:firing', 'a:firing b:firing', 'a:firing b:resolved'],
    ],
    [
      'an incomplete answer forgets nothing pending',
      { for: '3m' },
      ['a', '?', 'a', 'a'],
      ['a:pending', 'a:pending', 'a:pending', 'a:firing'],
    ],
    ['an incomplete answer starts what it shows', { for: '1m' }, ['?a', '?a'], ['a:pending', 'a:firing']],
  ])('%s', (_title, timing, answers, states) => expect(play(timing, ...answers)).toEqual(states));

  test('a resolved instance is forgotten after more than fifteen minutes', () => {
    const states = play({}, 'a', ...Array<string>(17).fill(''));
    expect(states.at(-2)).toBe('a:resolved');
    expect(states.at(-1)).toBe('');
  });

  test('a longer `for` sends a firing instance back to pending', () => {
    const before = step(
      { for: 0, keepFiringFor: 0, threshold: null },
      new Map(),
      { matches: [match('a')], absences: 'count' },
      t('0s'),
    );
    const after = step(
      { for: ms('5m'), keepFiringFor: 0, threshold: null },
      before.instances,
      { matches: [match('a')], absences: 'count' },
      t('1m'),
    );
    expect([...after.instances.values()]).toMatchObject([{ kind: 'pending', activeAt: t('0s') }]);
    expect(after.transitions).toMatchObject([{ from: 'firing', to: 'pending', reason: '`for` became longer' }]);
  });

  test('value and annotations follow while it matches and stay as last seen after', () => {
    const rule = { for: 0, keepFiringFor: ms('5m'), threshold: null };
    const seen = (value: number, summary: string): AlertingInput => ({
      matches: [match('a', value, summary)],
      absences: 'count',
    });
    let now = step(rule, new Map(), seen(1, 'one'), t('0s'));
    now = step(rule, now.instances, seen(2, 'two'), t('1m'));
    now = step(rule, now.instances, { matches: [], absences: 'count' }, t('2m'));
    const [kept] = now.instances.values();
    expect(kept).toMatchObject({ kind: 'kept', value: 2, activeAt: t('0s'), firedAt: t('0s') });
    expect(kept?.annotations.get('summary')).toBe('two');
  });

  test.each([
    ['>', [5, 9, 7], 9],
    ['<=', [5, 2, 4], 2],
    [null, [5, 9, 7], 9],
    ['>', [5, Number.NaN, 4], 5],
  ] as const)('remembers the worst value of an episode: %s %j is %d', (op, values, worst) => {
    const threshold = op === null ? null : { op, value: 1, query: 'up' };
    const rule = { for: 0, keepFiringFor: 0, threshold };
    let instances: Instances = new Map();
    const play = (matches: readonly Match[], minute: number): void => {
      instances = step(rule, instances, { matches, absences: 'count' }, t(`${minute}m`)).instances;
    };
    // An earlier episode counts no more.
    [100, -100].forEach((value, minute) => play([match('a', value)], minute));
    play([], 2);
    values.forEach((value, i) => play([match('a', value)], 3 + i));
    play([], 9);
    expect([...instances.values()]).toMatchObject([{ kind: 'resolved', peak: worst, endValue: null }]);
  });
});
