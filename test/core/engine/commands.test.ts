import { expect, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import { SilenceCommands } from '../../../src/engine/commands.ts';
import type { SilenceRequest } from '../../../src/engine/contract.ts';
import { Journal } from '../../../src/engine/journal.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import { SilenceIndex } from '../../../src/mute/silence-index.ts';
import { VirtualClock } from '../../../src/scenario/virtual-clock.ts';
import { matchers, t } from '../../support/builders.ts';
import { noTracer } from '../../support/no-tracer.ts';
import { silentRecorder } from '../../support/silent-recorder.ts';

// All of a test is asked for before any of it is durable.

function scene(maxSilences: number): { readonly commands: SilenceCommands; readonly silences: SilenceIndex } {
  const clock = new VirtualClock(t('0s'));
  const record = silentRecorder([]);
  const silences = new SilenceIndex();
  let ids = 0;
  const commands = new SilenceCommands({
    ...{ silences, clock, record, tracer: noTracer, journal: new Journal(new SqliteStore(), clock, record) },
    entropy: { uuid: () => `id-${++ids}`, fraction: () => 0 },
    limits: { maxSilences, maxSilenceSizeBytes: 0 },
    stream: null,
  });
  return { commands, silences };
}

const request = (more: Partial<SilenceRequest> = {}): SilenceRequest => ({
  ...{ id: '', matchers: matchers('a=b'), startsAt: t('0s'), endsAt: t('1h'), createdBy: '', comment: '' },
  ...{ annotations: Pairs.none, ...more },
});

test('setSilence() keeps to --silences.max-silences however many ask at once', async () => {
  const { commands, silences } = scene(2);
  const answers = await Promise.all(Array.from({ length: 5 }, () => commands.setSilence(request())));
  expect(answers.map(({ kind }) => kind)).toEqual(['set', 'set', 'refused', 'refused', 'refused']);
  expect(silences.size).toBe(2);
});

test('an edit that comes while its silence is being ended makes a new one: the end stands', async () => {
  const { commands, silences } = scene(0);
  await commands.setSilence(request());
  const [ended, edited] = await Promise.all([
    commands.expireSilence('id-1'),
    commands.setSilence(request({ id: 'id-1', endsAt: t('2h') })),
  ]);
  expect(ended).toBe('expired');
  expect(edited).toEqual({ kind: 'set', id: 'id-2' });
  expect(silences.get('id-1')?.endsAt).toBe(t('0s'));
});
