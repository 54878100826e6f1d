import { expect, test } from 'vitest';
import { Journal } from '../../../src/engine/journal.ts';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import { VirtualClock } from '../../../src/scenario/virtual-clock.ts';
import { t } from '../../support/builders.ts';
import { silentRecorder } from '../../support/silent-recorder.ts';

test('a noted fact that the store cannot make sense of is a defect that is said, and not the end of the process', async () => {
  const defects: unknown[] = [];
  const clock = new VirtualClock(t('0s'));
  const journal = new Journal(new SqliteStore(), clock, silentRecorder(defects));
  const entry = { groupKey: 'g', receiver: 'team', integration: 'webhook/0' };
  const message = { outwardKey: 'g', idempotencyKey: 'k', reason: '', createdAt: t('0s'), message: '{}' };
  const telling = { at: t('0s'), firing: [], resolved: [], expiresAt: t('1h') };
  journal.note([
    { kind: 'claim', delivery: { ...entry, ...message, telling, generation: 0 }, after: 0, owner: 'me', lease: 1 },
  ]);
  await clock.advanceTo(t('1s'));
  expect(defects).toEqual([['journal', new RangeError('generation 0 claimed after 0')]]);
});
