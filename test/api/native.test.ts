// Our own API: pages that stay right while the list changes, history, previews; and both descriptions, held
// against the answers.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openapiNative } from '../../src/http/openapi-native.ts';
import { openapiV2 } from '../../src/http/openapi-v2.ts';
import { pageOf, type Order, type PageMade, type Position } from '../../src/http/page.ts';
import { jsonValidator } from '../support/json-schema.ts';
import { Labels } from '../../src/model/labels.ts';
import { Pairs } from '../../src/model/pairs.ts';
import { encodeMessage } from '../../src/notify/message-json.ts';
import type { Message, MessageAlert } from '../../src/notify/message.ts';
import type { StoredDelivery } from '../../src/ports/store.ts';
import { readCases } from '../support/api-cases.ts';
import { testServer, type TestServer } from '../support/http-server.ts';

const BASE = '/api/belfry/v1';
const FIXED = { startsAt: '2020-01-01T00:00:00Z', endsAt: '2099-01-01T00:00:00Z' };

interface Page {
  readonly items: readonly { readonly labels: Record<string, string>; readonly id?: string }[];
  readonly total: number | null;
  readonly cursor: string | null;
}

async function get(server: TestServer, path: string): Promise<Page> {
  const answer = await fetch(`${server.url}${BASE}${path}`);
  const text = await answer.text();
  expect(text).toMatch(/^\{"items":/);
  return JSON.parse(text) as Page;
}

const post = (server: TestServer, path: string, body: unknown): Promise<Response> =>
  fetch(server.url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

const names = (page: Page): string[] => page.items.map(({ labels }) => labels['alertname'] ?? '');

/** `schema` of a document that calls its definitions by `#/…`. */
const validator = (document: object, schema: unknown): ((value: unknown) => readonly unknown[]) =>
  jsonValidator({ ...document, allOf: [schema] });

const schemaOf = (document: object, ...path: string[]): unknown =>
  path.reduce(
    (at: unknown, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    document,
  );

const nativeSchema = (path: string, method: string): unknown =>
  schemaOf(openapiNative, 'paths', path, method, 'responses', '200', 'content', 'application/json', 'schema');

const alert: MessageAlert = {
  status: 'firing',
  labels: Labels.of([
    ['__proto__', 'x'],
    ['alertname', 'Down'],
  ]),
  annotations: Pairs.from([['summary', 'a < b']]),
  startsAt: '2026-01-01T00:00:00.19Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/',
  reading: null,
};

const message: Message = {
  receiver: 'web',
  status: 'firing',
  reason: 'new alerts added',
  alerts: [alert],
  groupLabels: Labels.of([['alertname', 'Down']]),
  commonLabels: alert.labels,
  commonAnnotations: alert.annotations,
  routeLabels: Pairs.none,
  externalURL: 'http://belfry.example',
  groupKey: '{}:{alertname="Down"}',
  idempotencyKey: 'k',
  at: Date.UTC(2026, 0, 1),
};

const delivery: StoredDelivery = {
  groupKey: 'r0 alertname Down',
  outwardKey: message.groupKey,
  receiver: 'web',
  integration: 'webhook/0',
  generation: 3,
  idempotencyKey: 'k',
  reason: 'new alerts added',
  createdAt: Date.UTC(2026, 0, 1),
  message: encodeMessage(message),
  telling: { at: 0, firing: [], resolved: [], expiresAt: 0 },
  state: 'sent',
  fence: 1,
  attempts: 2,
  nextAttemptAt: null,
  answer: '200 OK',
  answerReason: '',
  settledAt: Date.UTC(2026, 0, 1, 0, 0, 1),
};

describe('lists in pages', () => {
  test('alerts come in the order asked for, page by page, with a total', async () => {
    await using server = await testServer();
    await post(
      server,
      '/api/v2/alerts',
      ['e', 'a', 'd', 'b', 'c'].map((alertname) => ({ labels: { alertname }, ...FIXED })),
    );
    const first = await get(server, '/alerts?sort=alertname&limit=2');
    expect([names(first), first.total]).toEqual([['a', 'b'], 5]);
    await post(server, '/api/v2/alerts', [
      { labels: { alertname: 'aa' }, ...FIXED },
      { labels: { alertname: 'cc' }, ...FIXED },
    ]);
    const second = await get(server, `/alerts?sort=alertname&limit=2&cursor=${first.cursor}`);
    expect(names(second)).toEqual(['c', 'cc']);
    const third = await get(server, `/alerts?sort=alertname&limit=2&cursor=${second.cursor}`);
    expect([names(third), third.cursor, third.total]).toEqual([['d', 'e'], null, 7]);
    expect(names(await get(server, '/alerts?sort=-alertname&limit=2'))).toEqual(['e', 'd']);
    const counted = await get(server, '/alerts?limit=0&filter=alertname%3D~"a.*"');
    expect([counted.items, counted.total, counted.cursor]).toEqual([[], 2, null]);
    expect((await get(server, '/alerts?count=false')).total).toBe(null);
  });

  test('a preview names the alerts a silence would mute', async () => {
    await using server = await testServer();
    await post(
      server,
      '/api/v2/alerts',
      ['one', 'two', 'three'].map((alertname) => ({ labels: { alertname }, ...FIXED })),
    );
    const preview = async (matchers: unknown): Promise<[number, unknown]> => {
      const answer = await post(server, `${BASE}/silences/preview`, { matchers });
      return [answer.status, await answer.json()];
    };
    const [status, page] = await preview([{ name: 'alertname', value: 't.*', isRegex: true }]);
    expect([status, names(page as Page).toSorted(), (page as Page).total]).toEqual([200, ['three', 'two'], 2]);
    expect(validator(openapiNative, nativeSchema('/silences/preview', 'post'))(page)).toEqual([]);
    const message = 'invalid silence: invalid label matcher 0 in set 0: invalid label name ""';
    expect(await preview([{ name: '', value: 'x', isRegex: false }])).toEqual([
      400,
      { error: { code: 'bad_request', message } },
    ]);
    expect((await preview(undefined))[0]).toBe(400);
  });

  test.each([
    ['/alerts?limit=x', 'limit is a number from 0 to 1000'],
    ['/alerts?limit=1001', 'limit is a number from 0 to 1000'],
    ['/alerts?sort=labels', 'sort is one of fingerprint, alertname, startsAt, updatedAt, with - for descending'],
    ['/alerts?cursor=xxx', 'cursor is not one of this list in this order'],
    ['/alerts?filter=foo', 'bad matcher format: foo'],
    ['/notifications?state=lost', 'state is one of sending, waiting, sent, parked, superseded, dropped'],
    ['/notifications?from=soon', 'from and to are RFC 3339 times'],
    ['/events?limit=0', 'limit is a number from 1 to 1000'],
  ])('%s is refused: %s', async (path, message) => {
    await using server = await testServer();
    const answer = await fetch(server.url + BASE + path);
    expect([answer.status, await answer.json()]).toEqual([400, { error: { code: 'bad_request', message } }]);
  });

  test('a cursor of one order is not one of another', async () => {
    await using server = await testServer();
    await post(
      server,
      '/api/v2/alerts',
      ['a', 'b'].map((alertname) => ({ labels: { alertname }, ...FIXED })),
    );
    const { cursor } = await get(server, '/alerts?sort=alertname&limit=1');
    expect((await fetch(`${server.url}${BASE}/alerts?sort=-alertname&cursor=${cursor}`)).status).toBe(400);
  });

  test('a path or method that is not there says so in our form', async () => {
    await using server = await testServer();
    const missing = await fetch(`${server.url}${BASE}/nope`);
    expect([missing.status, await missing.json()]).toEqual([
      404,
      { error: { code: 'not_found', message: `there is no ${BASE}/nope` } },
    ]);
    const method = await fetch(`${server.url}${BASE}/alerts`, { method: 'DELETE' });
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'GET']);
  });
});

interface Row {
  readonly key: number;
  readonly id: string;
}

/** The slow way. */
function firstOf(rows: readonly Row[], { descending }: Order<Row>, limit: number): readonly string[] {
  const turn = descending ? -1 : 1;
  const ordered = rows.toSorted((a, b) => turn * (a.key - b.key || (a.id < b.id ? -1 : 1)));
  return ordered.slice(0, limit).map(({ id }) => id);
}

describe('pageOf()', () => {
  const row = fc.record({ key: fc.integer({ min: 0, max: 5 }), id: fc.uuid() });
  const rows = fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 30 });

  test('shows what stays exactly once, whatever is inserted or removed between two pages', () => {
    fc.assert(
      fc.property(rows, rows, fc.boolean(), fc.integer({ min: 1, max: 7 }), (stays, changes, descending, limit) => {
        const order: Order<Row> = { name: 'key', descending, key: ({ key }) => key };
        const seen: string[] = [];
        let after: Position | null = null;
        for (let round = 0; round < 100; round++) {
          const all = [...stays, ...changes.filter((_, i) => (i + round) % 3 === 0)];
          const page: PageMade<Row> = pageOf(all, { limit, order, after }, ({ id }) => id);
          seen.push(...page.items.map(({ id }) => id));
          const last = page.items.at(-1);
          if (page.cursor === null || last === undefined) break;
          after = { key: last.key, id: last.id };
        }
        expect(seen.slice(0, limit)).toEqual(
          firstOf([...stays, ...changes.filter((_, i) => i % 3 === 0)], order, limit),
        );
        for (const { id } of stays) expect(seen.filter((other) => other === id)).toEqual([id]);
        expect(new Set(seen).size).toBe(seen.length);
      }),
    );
  });
});

describe('history', () => {
  test('notifications say who was told what, when, with which answer', async () => {
    await using server = await testServer();
    server.engine.deliveries = [
      delivery,
      { ...delivery, state: 'waiting', settledAt: null, nextAttemptAt: Date.UTC(2026, 0, 2), message: '{' },
    ];
    const answer: unknown = await (await fetch(`${server.url}${BASE}/notifications?state=sent&limit=1`)).json();
    expect(answer).toEqual({
      items: [
        {
          groupKey: '{}:{alertname="Down"}',
          receiver: 'web',
          integration: 'webhook/0',
          generation: 3,
          idempotencyKey: 'k',
          reason: 'new alerts added',
          state: 'sent',
          attempts: 2,
          createdAt: '2026-01-01T00:00:00.000Z',
          nextAttemptAt: null,
          settledAt: '2026-01-01T00:00:01.000Z',
          answer: '200 OK',
          answerReason: '',
          message: {
            receiver: 'web',
            status: 'firing',
            alerts: [
              {
                status: 'firing',
                labels: JSON.parse('{"__proto__":"x","alertname":"Down"}') as unknown,
                annotations: { summary: 'a < b' },
                startsAt: '2026-01-01T00:00:00.19Z',
                endsAt: '0001-01-01T00:00:00Z',
                generatorURL: 'http://prometheus/',
                fingerprint: alert.labels.fingerprint,
              },
            ],
            notification_reason: 'new alerts added',
            groupLabels: { alertname: 'Down' },
            commonLabels: JSON.parse('{"__proto__":"x","alertname":"Down"}') as unknown,
            commonAnnotations: { summary: 'a < b' },
            routeLabels: {},
            externalURL: 'http://belfry.example',
            version: '4',
            groupKey: '{}:{alertname="Down"}',
            truncatedAlerts: 0,
          },
        },
      ],
      total: null,
      cursor: null,
    });
    const all = (await (await fetch(`${server.url}${BASE}/notifications`)).json()) as { items: { message: unknown }[] };
    expect(all.items[1]?.message).toBeNull();
    expect(validator(openapiNative, nativeSchema('/notifications', 'get'))(all)).toEqual([]);
  });

  test('events have a readable time', async () => {
    await using server = await testServer();
    server.engine.events = [{ kind: 'started', at: Date.UTC(2026, 0, 1), version: '1' }];
    const all: unknown = await (await fetch(`${server.url}${BASE}/events`)).json();
    expect(all).toEqual({
      items: [{ kind: 'started', at: '2026-01-01T00:00:00.000Z', version: '1' }],
      total: null,
      cursor: null,
    });
    expect(validator(openapiNative, nativeSchema('/events', 'get'))(all)).toEqual([]);
  });
});

describe('a parameter that does not exist', () => {
  test.each<[method: string, path: string, message: string]>([
    [
      'GET',
      '/silences?state=expired',
      'there is no parameter "state": there are filter, active, pending, expired, sort, limit, cursor, count',
    ],
    ['GET', '/events?type=silence', 'there is no parameter "type": there are from, limit, cursor'],
    ['GET', '/alerts?filtre=a%3Db', 'there is no parameter "filtre": there are filter, receiver,'],
    ['GET', '/notifications?limit=1&=', 'there is no parameter "": there are groupKey,'],
    ['GET', '/rules?rule_name=x', 'there is no parameter "rule_name": there are filter, type,'],
    ['GET', '/rules/a/b?x=1', 'there is no parameter "x": none is taken'],
    ['POST', '/silences/preview?x=1', 'there is no parameter "x": none is taken'],
    ['GET', `/openapi.json?${'x'.repeat(1000)}`, `there is no parameter "${'x'.repeat(100)}": none is taken`],
  ])('is refused, and those that do are named: %s %s', async (method, path, message) => {
    await using server = await testServer();
    const answer = await fetch(`${server.url}${BASE}${path}`, { method });
    const said: unknown = await answer.json();
    expect([answer.status, said]).toMatchObject([400, { error: { code: 'bad_request' } }]);
    expect(String(schemaOf({ said }, 'said', 'error', 'message'))).toContain(message);
    expect((await fetch(`${server.url}/api/v2/silences?state=expired`)).status).toBe(200);
  });
});

describe('the descriptions', () => {
  test('are served', async () => {
    await using server = await testServer();
    expect(await (await fetch(`${server.url}/api/v2/openapi.json`)).json()).toEqual(openapiV2);
    expect(await (await fetch(`${server.url}${BASE}/openapi.json`)).json()).toEqual(openapiNative);
  });

  test('every recorded 200 of API v2, and our own, is as described', () => {
    const file = readCases(readFileSync(new URL('cases.json', import.meta.url), 'utf8'));
    let held = 0;
    for (const step of file.stories.flatMap((story) => story.steps)) {
      const { recorded, request } = step;
      if (recorded.status !== 200 || !('json' in recorded.body) || !request.path.startsWith('/api/v2/')) continue;
      const path = request.path
        .slice('/api/v2'.length)
        .replace(/\?.*$/, '')
        .replace(/\/$/, '')
        .replace(/^\/silence\/.*/, '/silence/{silenceID}');
      const schema = schemaOf(openapiV2, 'paths', path, request.method.toLowerCase(), 'responses', '200', 'schema');
      expect([path, schema]).not.toEqual([path, undefined]);
      // The recording leaves out what differs from build to build.
      const body =
        path === '/status' ? { ...(recorded.body.json as object), versionInfo: VERSION } : recorded.body.json;
      expect([step.title, ...validator(openapiV2, schema)(body)]).toEqual([step.title]);
      held++;
    }
    expect(held).toBeGreaterThan(80);
  });

  test('a description refuses what is not as described', () => {
    const check = validator(openapiV2, { $ref: '#/definitions/gettableAlerts' });
    expect(check([{ labels: {} }])).not.toEqual([]);
    expect(check([{ labels: { a: 1 } }])).not.toEqual([]);
  });

  test('our lists are as described', async () => {
    await using server = await testServer();
    await post(server, '/api/v2/alerts', [
      { labels: { alertname: 'a', team: 'web' }, generatorURL: 'http://x', ...FIXED },
    ]);
    await post(server, '/api/v2/silences', {
      matchers: [{ name: 'a', value: 'b', isRegex: false }],
      ...FIXED,
      createdBy: '',
      comment: '',
    });
    for (const path of ['/alerts', '/silences']) {
      const page = await get(server, path);
      expect(page.items.length).toBe(1);
      expect(validator(openapiNative, nativeSchema(path, 'get'))(page)).toEqual([]);
    }
    for (const path of ['/status', '/alerts/groups', '/receivers']) {
      const body: unknown = await (await fetch(`${server.url}/api/v2${path}`)).json();
      expect(
        validator(openapiV2, schemaOf(openapiV2, 'paths', path, 'get', 'responses', '200', 'schema'))(body),
      ).toEqual([]);
    }
  });
});

const VERSION = { version: '', revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' };
