import { expect, test } from 'vitest';
import { Matcher } from '../../../src/model/matcher.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import { parseTime } from '../../../src/model/rfc3339.ts';
import { decideSilence, type SilenceDraft } from '../../../src/mute/silence.ts';

const at = (text: string): number => {
  const parsed = parseTime(text);
  return parsed.ok && parsed.stamp !== null ? parsed.stamp.at : expect.fail(text);
};

const draft: SilenceDraft = {
  id: '',
  matchers: [new Matcher('a', '=', 'b')],
  startsAt: at('2098-01-01T00:00:00Z'),
  endsAt: at('2099-01-01T00:00:00Z'),
  createdBy: 'x',
  comment: 'y',
  annotations: Pairs.none,
};

// What Alertmanager 0.34 said to the same silences in the first quarter of a second: then the time of it is a byte shorter.
test.each<[what: string, changes: Partial<SilenceDraft>, bytes: number]>([
  ['a small one', {}, 93],
  ['without words', { createdBy: '', comment: '' }, 87],
  [
    'two matchers, and letters of two bytes',
    { matchers: [...draft.matchers, new Matcher('instance', '!~', 'web.*')], createdBy: 'grün' },
    118,
  ],
  ['fractions', { startsAt: at('2098-01-01T00:00:00.5Z'), endsAt: at('2099-01-01T00:00:00.001Z') }, 107],
  ['a start in the past is now, and an end far away', { startsAt: 0, endsAt: at('9999-01-01T00:00:00Z') }, 100],
  [
    'long words and annotations',
    {
      comment: 'c'.repeat(300),
      annotations: Pairs.from([
        ['ticket', 'ABC-1'],
        ['empty', ''],
      ]),
    },
    422,
  ],
])('the limit counts what upstream counts: %s', (_what, changes, bytes) => {
  const newId = '058447cb-e81e-4d27-b72d-85d1e27d152c';
  const set = (maxSilenceSizeBytes: number) =>
    decideSilence(
      {
        ...{ draft: { ...draft, ...changes }, known: null, newId, count: 0 },
        limits: { maxSilences: 0, maxSilenceSizeBytes },
      },
      at('2026-11-20T12:00:00.1Z'),
    );
  const message = `silence exceeded maximum size: ${bytes} bytes (limit: ${bytes - 1} bytes)`;
  expect(set(bytes - 1)).toEqual({ kind: 'refused', message });
  expect(set(bytes).kind).toBe('create');
});

test('an edit is measured too, and there is no limit of 0', () => {
  const known = { ...draft, id: 'x', updatedAt: 0 };
  const set = (maxSilenceSizeBytes: number) =>
    decideSilence(
      {
        ...{ draft: { ...known, comment: 'c'.repeat(500) }, known, newId: '', count: 0 },
        limits: { maxSilences: 0, maxSilenceSizeBytes },
      },
      0,
    ).kind;
  expect([set(0), set(500), set(1000)]).toEqual(['update', 'refused', 'update']);
});
