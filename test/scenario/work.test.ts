import { expect, test } from 'vitest';
import { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import type { IntegrationRef, Work } from '../../src/ports/recorder.ts';
import { parseStory } from '../../src/scenario/format.ts';
import { play } from '../../src/scenario/run.ts';
import { silentRecorder, silentRuleRecorder } from '../support/silent-recorder.ts';

const STORY = `
name: what is counted and timed
config:
  route: {receiver: team, group_by: [alertname], group_wait: 10s, group_interval: 10m}
  receivers: [{name: team, webhook_configs: [{url: http://team.example/}]}]
steps:
  - {at: 0s, silence: {as: s, matchers: [alertname=A], lasts: 150s}}
  - at: 1s
    alerts: [{labels: {alertname: A}, ends: 1h}, {labels: {alertname: B}, ends: 1h}]
end: 16m
expect:
  - {at: 11s, receiver: team, reason: first notification, firing: [B]}
  - {at: 10m11s, receiver: team, reason: new alerts added, firing: [A]}
`;

test('a story tells what it looked up, took in and cleared away', async () => {
  const parsed = parseStory('work.story.yml', STORY);
  if (!parsed.ok) return expect.fail('the story cannot be read');
  const things: Partial<Record<Work, number>> = {};
  const maintained: unknown[] = [];
  const configured: Omit<IntegrationRef, 'name'>[] = [];
  const record = {
    ...silentRecorder([]),
    timed: <T>(work: Work, count: number, doIt: () => T): T => {
      things[work] = (things[work] ?? 0) + count;
      return doIt();
    },
    maintained: (what: string, ok: boolean) => void maintained.push([what, ok]),
    configLoaded: ({ integrations }: { readonly integrations: Iterable<Omit<IntegrationRef, 'name'>> }) =>
      void configured.push(...integrations),
  };
  await play(parsed.value, { store: new SqliteStore(), record, ruleRecord: silentRuleRecorder });
  expect(things).toEqual({
    ...{ alerts: 2, 'silences.gc': 1, 'nflog.gc': 1 },
    // The story asks for the silence it is to set, then each alert is asked about once: what was found is remembered.
    'silences.query': 3,
    // Two groups at 11 s and at 10m11s, one integration each.
    'nflog.query': 4,
  });
  expect(maintained).toEqual([
    ['silences', true],
    ['nflog', true],
  ]);
  expect(configured).toEqual([{ receiver: 'team', kind: 'webhook' }]);
});
