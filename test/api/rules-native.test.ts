// Rules in our own API: in pages that stay right, and one in full; held against their description.
import { describe, expect, test } from 'vitest';
import { openapiNative } from '../../src/http/openapi-native.ts';
import { jsonValidator } from '../support/json-schema.ts';
import { compiled, evaluation, instance, viewOf, type HowItWent } from '../support/fake-rules.ts';
import { testServer, type TestServer } from '../support/http-server.ts';

const BASE = '/api/belfry/v1/rules';
const TEXT = `groups:
  - name: g
    interval: 30s
    labels: {team: web}
    rules:
      - {alert: Slow, expr: latency>1, for: 1m, labels: {severity: page}, annotations: {summary: "{{ $value }}"}, notify: ops}
      - {alert: Down, expr: up == 0}
      - {record: "job:up:sum", expr: sum(up) by (job)}
`;
const WENT: Readonly<Record<string, HowItWent>> = {
  Slow: {
    past: [
      evaluation({ error: 'timed out', samples: null, seriesFetched: null, seconds: 10 }),
      evaluation({ slot: 0, startedAt: 1, warnings: ['partial'] }),
    ],
    instances: (['pending', 'firing', 'kept', 'resolved'] as const).map((kind) =>
      instance(kind, { labels: { alertname: 'Slow', kind }, annotations: { summary: '1' } }),
    ),
  },
  'job:up:sum': { past: [evaluation()] },
};

interface Page {
  readonly items: readonly { readonly name: string; readonly id: string; readonly groupId: string }[];
  readonly total: number | null;
  readonly cursor: string | null;
}

async function serverWithRules(): Promise<TestServer> {
  const server = await testServer();
  const [group] = compiled('a.yml', TEXT);
  server.engine.ruleGroups = [viewOf(group!, ({ name }) => WENT[name] ?? {}, { outdatedBy: 'line 3' })];
  return server;
}

async function list(server: TestServer, query = ''): Promise<Page> {
  const answer = await fetch(server.url + BASE + query);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Page;
}

const described = (name: string): ((value: unknown) => readonly unknown[]) =>
  jsonValidator({ ...openapiNative, allOf: [{ $ref: `#/components/schemas/${name}` }] });

describe('the list', () => {
  test.each([
    ['', ['Slow', 'Down', 'job:up:sum']],
    ['?sort=name', ['Down', 'Slow', 'job:up:sum']],
    ['?sort=-seconds', ['Slow', 'job:up:sum', 'Down']],
    ['?sort=-state&type=alerting', ['Slow', 'Down']],
    ['?type=recording', ['job:up:sum']],
    ['?state=firing', ['Slow']],
    ['?state=unknown', ['Down']],
    ['?health=err', ['Slow']],
    ['?file=a.yml&group=g&search=LATENCY', ['Slow']],
    ['?file=b.yml', []],
    ['?filter=severity%3Dpage', ['Slow']],
    ['?filter=team%3Dweb&filter=severity!%3Dpage', ['Down', 'job:up:sum']],
  ])('%j is %j', async (query, names) => {
    await using server = await serverWithRules();
    const page = await list(server, query);
    expect([page.items.map(({ name }) => name), page.total, page.cursor]).toEqual([names, names.length, null]);
  });

  test('comes in pages', async () => {
    await using server = await serverWithRules();
    const first = await list(server, '?limit=2&count=false');
    expect([first.items.map(({ name }) => name), first.total]).toEqual([['Slow', 'Down'], null]);
    const second = await list(server, `?limit=2&cursor=${first.cursor}`);
    expect([second.items.map(({ name }) => name), second.cursor]).toEqual([['job:up:sum'], null]);
  });

  test('says what is wrong in the rule files, beside what is in force', async () => {
    await using server = await serverWithRules();
    expect(await list(server)).toMatchObject({ problems: [] });
    server.engine.ruleProblems = ['b.yml:2:3: error: no'];
    const page = await list(server, '?limit=1');
    expect(page).toMatchObject({ problems: ['b.yml:2:3: error: no'], total: 3 });
    expect(described('rulePage')(page)).toEqual([]);
    expect(described('rulePage')({ ...page, problems: undefined })).not.toEqual([]);
  });

  test.each([
    ['?type=alert', 'type is one of alerting, recording'],
    ['?state=broken', 'state is one of unknown, inactive, pending, firing'],
    ['?health=bad', 'health is one of unknown, ok, err'],
    ['?sort=file', 'sort is one of place, name, state, evaluatedAt, seconds, with - for descending'],
    ['?filter=foo', 'bad matcher format: foo'],
  ])('%s is refused: %s', async (query, message) => {
    await using server = await serverWithRules();
    const answer = await fetch(server.url + BASE + query);
    expect([answer.status, await answer.json()]).toEqual([400, { error: { code: 'bad_request', message } }]);
  });
});

describe('one rule', () => {
  test('is shown with its alerts and its last evaluations', async () => {
    await using server = await serverWithRules();
    const [item] = (await list(server)).items;
    const answer = await fetch(`${server.url}${BASE}/${item!.groupId}/${item!.id}`);
    const rule: unknown = await answer.json();
    expect(rule).toMatchObject({
      ...item,
      ...{ query: 'latency > 1', forSeconds: 60, intervalSeconds: 30, notify: 'ops', outdatedBy: 'line 3', line: 6 },
      labels: { severity: 'page', team: 'web' },
      annotations: { summary: '{{ $value }}' },
      alerts: { pending: 1, firing: 1, kept: 1, resolved: 1 },
      lastEvaluation: { error: 'timed out', samples: null },
      past: [
        { slot: '2026-11-20T12:00:00.000Z', startedAt: '2026-11-20T12:00:00.005Z', error: 'timed out', seconds: 10 },
        { slot: '1970-01-01T00:00:00.000Z', warnings: ['partial'], curl: evaluation().curl },
      ],
      instances: [
        { state: 'pending', firedAt: null },
        { state: 'firing', firedAt: '2026-11-20T11:51:00.000Z', keptSince: null },
        { state: 'kept', keptSince: '2026-11-20T11:52:00.000Z' },
        { state: 'resolved', resolvedAt: '2026-11-20T11:53:00.000Z' },
      ],
    });
    expect(described('ruleInFull')(rule)).toEqual([]);
  });

  test('that is not there is 404', async () => {
    await using server = await serverWithRules();
    const [item] = (await list(server)).items;
    for (const path of ['1/2', `${item!.groupId}/2`, `2/${item!.id}`]) {
      const answer = await fetch(`${server.url}${BASE}/${path}`);
      const error = { code: 'not_found', message: `there is no rule ${path}` };
      expect([answer.status, await answer.json()]).toEqual([404, { error }]);
    }
    expect((await fetch(`${server.url}${BASE}/1/2`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${server.url}${BASE}/1`)).status).toBe(404);
  });

  test('every item is as described', async () => {
    await using server = await serverWithRules();
    const check = described('rule');
    const { items } = await list(server);
    expect(items.flatMap(check)).toEqual([]);
    expect(items.length).toBe(3);
    expect(check({ ...items[0], health: 'fine' })).not.toEqual([]);
  });
});
