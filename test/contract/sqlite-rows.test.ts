// Rows that say what nobody wrote: damage that SQLite does not see. Each costs itself at most; what is read beside it
// is read, and what is read of it makes sense.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { encodeMessage, decodeMessage } from '../../src/notify/message-json.ts';
import { sampleMessage } from '../support/integration-scene.ts';
import type { Message } from '../../src/notify/message.ts';
import { standardBody } from '../../src/notify/standard-body.ts';
import type { Instant } from '../../src/model/time.ts';
import type { Page, Store, Write } from '../../src/ports/store.ts';
import * as make from './store.builders.ts';
import { T0 } from './store.builders.ts';

const MESSAGE = encodeMessage(sampleMessage());

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'belfry-rows-'))));
afterEach(() => rmSync(directory, { recursive: true }));

/** Two of everything. */
async function fill(): Promise<void> {
  const store = new SqliteStore(directory);
  for (const n of [1, 2]) {
    const name = make.entryName(`g${n}`);
    const entry = { ...name, generation: 1, fence: 1, told: make.told(T0), memo: null };
    const delivery = make.delivery(name, 2, { message: MESSAGE });
    const writes: readonly Write[] = [
      { kind: 'alerts.put', alerts: [make.alert(n)] },
      { kind: 'silence.put', silence: make.silence(`s${n}`) },
      { kind: 'groups.put', groups: [make.group(`g${n}`)] },
      { kind: 'group.release', groupKey: `g${n}`, alerts: [n] },
      { kind: 'entries.put', entries: [entry] },
      { kind: 'claim', delivery, after: 1, owner: 'one', lease: 20_000 },
      { kind: 'rules.put', group: `r${n}`, evaluatedAt: T0, put: make.instances(), gone: [] },
      { kind: 'event', event: { kind: 'stopped', at: T0 } },
    ];
    await store.commit(writes, T0);
  }
  await store.close();
}

function spoil(table: string, column: string, value: string | bigint): void {
  const db = new DatabaseSync(join(directory, 'belfry.db'));
  try {
    // Checked at the start, a damaged file is set aside; this is what passes.
    db.exec('PRAGMA ignore_check_constraints = ON');
    const one = `rowid = (SELECT min(rowid) FROM "${table}")`;
    const where = table === 'instance' ? `group_id = 'r1'` : table === 'release' ? `group_key = 'g1'` : one;
    db.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE ${where}`).run(value);
  } finally {
    db.close();
  }
}

/** Of each kind what is left. */
async function left(store: Store): Promise<Record<string, number>> {
  const stored = await store.load();
  const deliveries = await make.everything((cursor) => store.deliveries({ ...cursor, limit: 10 }));
  const events = await make.everything((cursor): Promise<Page<unknown>> => store.events({ ...cursor, limit: 10 }));
  for (const instant of instantsIn([stored, deliveries, events]))
    expect(() => new Date(instant).toISOString()).not.toThrow();
  for (const { alert } of stored.alerts) expect(alert.labels.toString() + alert.annotations.json).toContain('host-');
  for (const silence of stored.silences) {
    for (const matcher of silence.matchers) expect(typeof matcher.matchesValue('x')).toBe('boolean');
  }
  for (const { message } of deliveries) printed(message);
  return {
    alert: stored.alerts.length,
    silence: stored.silences.length,
    group: stored.groups.length,
    entry: stored.entries.length,
    delivery: stored.deliveries.length,
    page: deliveries.length,
    ruleGroup: stored.ruleGroups.length,
    instance: stored.ruleGroups.flatMap(({ instances }) => instances).length,
    event: events.length,
  };
}

const WHOLE = { alert: 2, silence: 2, group: 2, entry: 2, delivery: 2, page: 2, ruleGroup: 2, instance: 8, event: 2 };

/** A message that can be read can be told. */
function printed(text: string): string {
  let message: Message;
  try {
    message = decodeMessage(text);
  } catch {
    return '';
  }
  return standardBody(message);
}

/** Whatever is called a time. */
function* instantsIn(value: unknown, name = ''): Generator<Instant> {
  if (typeof value === 'number' && (name === 'at' || name.endsWith('At'))) yield value;
  if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) yield* instantsIn(each, key);
  }
}

const JSONS: readonly (readonly [table: string, column: string])[] = [
  ['alert', 'body'],
  ['silence', 'matchers'],
  ['silence', 'annotations'],
  ['alert_group', 'labels'],
  ['entry', 'told'],
  ['delivery', 'telling'],
  ['delivery', 'message'],
  ['instance', 'body'],
  ['event', 'body'],
];
const TIMES: readonly (readonly [table: string, column: string])[] = [
  ['alert_end', 'ends_at'],
  ['alert_end', 'updated_at'],
  ['silence', 'starts_at'],
  ['silence', 'ends_at'],
  ['silence', 'updated_at'],
  ['alert_group', 'next_flush_at'],
  ['delivery', 'created_at'],
  ['delivery', 'next_attempt_at'],
  ['rule_group', 'evaluated_at'],
];
const COUNTS: readonly (readonly [table: string, column: string])[] = [
  ['alert_group', 'flushes'],
  ['release', 'alert_id'],
  ['entry', 'generation'],
  ['entry', 'fence'],
  ['entry', 'lease_until'],
  ['delivery', 'generation'],
  ['delivery', 'attempts'],
];

/** What counting what is left would call otherwise. */
const OF_TABLE: Readonly<Record<string, readonly string[]>> = {
  alert_end: ['alert'],
  alert_group: ['group'],
  delivery: ['delivery', 'page'],
  rule_group: ['ruleGroup', 'instance'],
};

/** Of what a row of the table may not cost: all other kinds, and more than one of its own (a group has four instances). */
async function lostTooMuch(table: string): Promise<readonly string[]> {
  const store = new SqliteStore(directory);
  try {
    if (store.quarantined !== null) return [store.quarantined.reason];
    const found = await left(store);
    await store.commit([{ kind: 'silence.put', silence: make.silence('new') }], T0);
    return Object.entries(WHOLE).flatMap(([kind, count]) => {
      const isIts = (OF_TABLE[table] ?? [table]).includes(kind);
      const most = isIts ? (kind === 'instance' ? 4 : 1) : 0;
      return count - found[kind]! > most ? [`${kind}: ${found[kind]} of ${count}`] : [];
    });
  } finally {
    await store.close();
  }
}

describe('of JSON that says something else', () => {
  test.each(JSONS)('%s.%s', async (table, column) => {
    await fill();
    const db = new DatabaseSync(join(directory, 'belfry.db'));
    const before = String(db.prepare(`SELECT "${column}" AS text FROM "${table}" LIMIT 1`).get()!['text']);
    db.close();
    const others = [
      '',
      'null',
      '[]',
      '{}',
      '0',
      '"x"',
      '[[1]]',
      '[null,null,null]',
      '[1e999,1e999,[],[]]',
      '[["a"],["b"]]',
    ];
    // A character of it is another, one in so many.
    const stride = Math.max(1, Math.floor(before.length / 25));
    for (let at = 0; at < before.length; at += stride) {
      others.push(before.slice(0, at) + (before[at] === '0' ? '9' : '0') + before.slice(at + 1));
      others.push(before.slice(0, at) + ']' + before.slice(at + 1));
      others.push(before.slice(0, at) + before.slice(at + 1));
    }
    for (const other of others) {
      spoil(table, column, other);
      expect(await lostTooMuch(table), `with ${other}`).toEqual([]);
    }
  });
});

describe('of numbers that cannot be', () => {
  test.each([...TIMES, ...COUNTS])('%s.%s', async (table, column) => {
    for (const value of [0n, -1n, 2n ** 52n, 2n ** 53n + 1n, 2n ** 60n, -(2n ** 60n)]) {
      rmSync(directory, { recursive: true });
      await fill();
      spoil(table, column, value);
      expect(await lostTooMuch(table), `with ${value}`).toEqual([]);
    }
  });
});
