import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import type { Event } from '../../src/history/event.ts';
import { parseStory } from '../../src/scenario/format.ts';
import { play } from '../../src/scenario/run.ts';
import { silentRecorder, silentRuleRecorder } from '../support/silent-recorder.ts';

// What a story leaves in the history of events, beside the messages that stories.test.ts looks at.

async function corrections(file: string): Promise<readonly Event[]> {
  const parsed = parseStory(file, readFileSync(new URL(file, import.meta.url), 'utf8'));
  if (!parsed.ok) return expect.fail('the story cannot be read');
  const store = new SqliteStore();
  await play(parsed.value, { store, record: silentRecorder([]), ruleRecord: silentRuleRecorder });
  const { items } = await store.events({ limit: 100 });
  return items
    .filter(({ kind }) => kind === 'corrected')
    .map((event) => ({ ...event, at: event.at - parsed.value.start }));
}

const corrected = { kind: 'corrected', receiver: 'team', integration: 'webhook/0', groupKey: '{}:{}' };

test('an end that nobody was told of, for a silence, is one event, however often the group ticks', async () => {
  expect(await corrections('resolved-while-silenced.story.yml')).toEqual([
    { ...corrected, at: 130_000, reason: 'resolved while muted' },
  ]);
});

test('an end that nobody wants to hear of is one event', async () => {
  expect(await corrections('resolved-unwanted.story.yml')).toEqual([
    { ...corrected, at: 130_000, reason: 'resolved alerts are not wanted' },
  ]);
});

test('a story without such an end leaves none', async () => {
  expect(await corrections('resolve.story.yml')).toEqual([]);
});
