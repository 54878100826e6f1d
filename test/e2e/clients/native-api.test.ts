// Our own API as somebody uses it who writes a screen or a script: lists in pages while the world goes on, what a
// silence would mute, who was told what, and what else happened.
import { expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { startWebhookSink } from '../../support/e2e/webhook-sink.ts';

const PATIENCE = { timeout: 15_000, interval: 50 };
const PLAIN = 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n';

interface Listed<T> {
  readonly items: readonly T[];
  readonly total: number | null;
  readonly cursor: string | null;
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly fingerprint: string;
}

type Query = Readonly<Record<string, string>>;

async function list<T>(belfry: RouterProcess, path: string, query: Query = {}): Promise<Listed<T>> {
  const answer = await fetch(`${belfry.url}/api/belfry/v1${path}?${new URLSearchParams(query).toString()}`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  return (await answer.json()) as Listed<T>;
}

async function post(belfry: RouterProcess, path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(`${belfry.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  const said = await answer.text();
  return said === '' ? null : JSON.parse(said);
}

/** Alerts that start a second after one another. */
const alerts = (names: readonly string[], labels: Query = {}): readonly object[] =>
  names.map((alertname, index) => ({
    labels: { alertname, ...labels },
    startsAt: new Date(Date.UTC(2020, 0, 1, 0, 0, index)).toISOString(),
    endsAt: '2099-01-01T00:00:00Z',
  }));

const namesOf = ({ items }: Listed<Alert>): string[] => items.map(({ labels }) => labels['alertname'] ?? '');

const names = Array.from({ length: 250 }, (_, index) => `alert-${String(index).padStart(3, '0')}`);

/** Every page there is; after each, the world goes on. */
async function allPages(
  belfry: RouterProcess,
  query: Query,
  meanwhile: (page: number) => Promise<unknown>,
): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | null = '';
  for (let page = 1; cursor !== null; page++) {
    const listed: Listed<Alert> = await list(belfry, '/alerts', { ...query, cursor });
    expect(listed.items.length).toBe(listed.cursor === null ? listed.items.length : 20);
    seen.push(...namesOf(listed));
    cursor = listed.cursor;
    await meanwhile(page);
  }
  return seen;
}

it.each(['fingerprint', 'alertname', '-startsAt'])(
  'pages by %s show 250 alerts once each while others come and go',
  async (sort) => {
    await using belfry = await startBelfry({ config: PLAIN });
    await post(belfry, '/api/v2/alerts', alerts(names));
    const seen = await allPages(belfry, { limit: '20', sort }, (page) =>
      post(belfry, '/api/v2/alerts', alerts([`new-${page}-a`, `alert-1${page}5-b`, `zzz-${page}`])),
    );
    expect(seen.length).toBe(new Set(seen).size);
    expect(seen.filter((name) => names.includes(name)).toSorted()).toEqual(names);
    expect((await list(belfry, '/alerts', { limit: '0' })).total).toBeGreaterThan(250 + 3 * 12);
  },
);

it('lists are sorted, counted and filtered as they are asked to be', async () => {
  await using belfry = await startBelfry({ config: PLAIN });
  await post(belfry, '/api/v2/alerts', alerts(names.slice(0, 30), { team: 'web' }));
  await post(belfry, '/api/v2/alerts', alerts(['other'], { team: 'db' }));
  const byName = await list<Alert>(belfry, '/alerts', { sort: 'alertname', filter: 'team="web"', limit: '5' });
  expect(namesOf(byName)).toEqual(names.slice(0, 5));
  expect(byName.total).toBe(30);
  const newest = await list<Alert>(belfry, '/alerts', { sort: '-startsAt', limit: '2' });
  expect(newest.items.map(({ startsAt }) => startsAt)).toEqual([
    '2020-01-01T00:00:29.000Z',
    '2020-01-01T00:00:28.000Z',
  ]);
  const everything = await list<Alert>(belfry, '/alerts');
  const fingerprints = everything.items.map(({ fingerprint }) => fingerprint);
  expect(fingerprints).toEqual(fingerprints.toSorted());
  expect([everything.total, everything.cursor]).toEqual([31, null]);
  expect(await list(belfry, '/alerts', { limit: '0', filter: 'team="db"' })).toEqual({
    items: [],
    total: 1,
    cursor: null,
  });
  expect((await list(belfry, '/alerts', { count: 'false' })).total).toBeNull();
});

const refusals: readonly (readonly [path: string, why: string])[] = [
  ['/alerts?limit=1001', 'limit'],
  ['/alerts?limit=-1', 'limit'],
  ['/alerts?sort=severity', 'sort'],
  ['/alerts?cursor=bm90aGluZw', 'cursor'],
  ['/alerts?filter=foo', 'bad matcher format: foo'],
  ['/silences?sort=id', 'sort'],
  ['/notifications?state=lost', 'state'],
  ['/notifications?limit=0', 'limit'],
  ['/notifications?from=yesterday', 'RFC 3339'],
  ['/events?from=tomorrow', 'RFC 3339'],
];

it('what makes no sense is refused, and the answer says why', async () => {
  await using belfry = await startBelfry({ config: PLAIN });
  for (const [path, why] of refusals) {
    const answer = await fetch(`${belfry.url}/api/belfry/v1${path}`);
    expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 400, 'application/json']);
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe('bad_request');
    expect(error.message).toContain(why);
  }
});

it('a preview names exactly the alerts that the silence then mutes', async () => {
  await using belfry = await startBelfry({ config: PLAIN });
  await post(belfry, '/api/v2/alerts', [
    ...alerts(['one', 'two'], { team: 'web', severity: 'info' }),
    ...alerts(['three'], { team: 'web', severity: 'page' }),
    ...alerts(['four'], { severity: 'info' }),
  ]);
  const matchers = [
    { name: 'team', value: 'web', isRegex: false },
    { name: 'severity', value: 'p.*', isRegex: true, isEqual: false },
  ];
  const preview = (await post(belfry, '/api/belfry/v1/silences/preview', { matchers })) as Listed<Alert>;
  const previewed = namesOf(preview).toSorted();
  expect([previewed, preview.total]).toEqual([['one', 'two'], 2]);
  const span = { startsAt: '2020-01-01T00:00:00Z', endsAt: '2099-01-01T00:00:00Z' };
  await post(belfry, '/api/v2/silences', { matchers, ...span, createdBy: 'ada', comment: '' });
  const silenced = await list<Alert>(belfry, '/alerts', { active: 'false' });
  expect(namesOf(silenced).toSorted()).toEqual(previewed);
  expect((await list(belfry, '/silences', { sort: 'endsAt' })).total).toBe(1);
});

interface Notification {
  readonly groupKey: string;
  readonly message: unknown;
  readonly receiver: string;
  readonly state: string;
  readonly reason: string;
  readonly attempts: number;
  readonly answer: string;
  readonly answerReason: string;
  readonly idempotencyKey: string;
  readonly createdAt: string;
  readonly nextAttemptAt: string | null;
  readonly settledAt: string | null;
}

it('the history of notifications says who was told, who was not, and what they answered', async () => {
  await using sink = await startWebhookSink();
  sink.answer('/later', [], { status: 503, headers: { 'retry-after': '3600' }, body: 'come back' });
  sink.answer('/refused', [], { status: 400, body: 'who are you?' });
  sink.answer('/second', [{ status: 500 }]);
  const receivers = ['sent', 'later', 'refused', 'second'];
  const hook = (name: string): object => ({ name, webhook_configs: [{ url: `${sink.url}/${name}` }] });
  const config = {
    route: {
      ...{ receiver: 'sent', group_by: ['to'], group_wait: '50ms', group_interval: '1h' },
      routes: receivers.map((name) => ({ receiver: name, matchers: [`to=${name}`] })),
    },
    receivers: receivers.map(hook),
  };
  await using belfry = await startBelfry({ config: JSON.stringify(config) });
  for (const to of receivers) await post(belfry, '/api/v2/alerts', alerts(['Down'], { to }));
  const history = async (query: Query = {}): Promise<readonly Notification[]> =>
    (await list<Notification>(belfry, '/notifications', query)).items;
  const statesNow = async (): Promise<string[]> =>
    (await history()).map(({ receiver, state }) => `${receiver} ${state}`).toSorted();
  await expect.poll(statesNow, PATIENCE).toEqual(['later waiting', 'refused parked', 'second sent', 'sent sent']);

  const of = async (receiver: string): Promise<Notification | undefined> => (await history({ receiver }))[0];
  const first = { reason: 'first notification', attempts: 1 };
  expect(await of('sent')).toMatchObject({ ...first, answer: 'status 200', answerReason: '', nextAttemptAt: null });
  const refused = await of('refused');
  expect(refused).toMatchObject({ ...first, answer: 'status 400: who are you?', answerReason: 'clientError' });
  expect([refused?.nextAttemptAt, Date.parse(refused?.settledAt ?? '') > 0]).toEqual([null, true]);
  const later = await of('later');
  expect(later).toMatchObject({
    ...first,
    answer: 'status 503: come back',
    answerReason: 'serverError',
    settledAt: null,
  });
  const waits = Date.parse(later?.nextAttemptAt ?? '') - Date.parse(later?.createdAt ?? '');
  expect(waits).toBeGreaterThanOrEqual(3_599_000);
  expect(waits).toBeLessThan(3_700_000);
  expect(await of('second')).toMatchObject({ reason: 'first notification', attempts: 2, answer: 'status 200' });
  const keys = sink.received('/second').map(({ headers }) => headers['idempotency-key']);
  expect(keys).toEqual([(await of('second'))?.idempotencyKey, keys[0]]);

  const groupKey = '{}/{to="second"}:{to="second"}';
  const [of2, ...others] = await history({ groupKey });
  expect([of2?.receiver, of2?.groupKey, others]).toEqual(['second', groupKey, []]);
  expect(of2?.message).toEqual(JSON.parse(sink.received('/second')[0]?.body ?? ''));

  expect((await history({ state: 'parked' })).map(({ receiver }) => receiver)).toEqual(['refused']);
  expect(await history({ to: '2020-01-01T00:00:00Z' })).toEqual([]);
  expect(await history({ from: '2020-01-01T00:00:00Z', state: 'sent' })).toHaveLength(2);
  const paged: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Listed<Notification> = await list(belfry, '/notifications', { limit: '1', cursor });
    paged.push(...page.items.map(({ idempotencyKey }) => idempotencyKey));
    cursor = page.cursor;
  }
  expect(paged).toEqual((await history()).map(({ idempotencyKey }) => idempotencyKey));
});

it('events say what else happened, the newest first, over a restart', async () => {
  await using belfry = await startBelfry({ config: PLAIN });
  const span = { startsAt: '2020-01-01T00:00:00Z', endsAt: '2099-01-01T00:00:00Z' };
  const matchers = [{ name: 'a', value: 'b', isRegex: false }];
  const made = await post(belfry, '/api/v2/silences', { matchers, ...span, createdBy: 'ada', comment: 'known' });
  const { silenceID: id } = made as { silenceID: string };
  await fetch(`${belfry.url}/api/v2/silence/${id}`, { method: 'DELETE' });
  expect((await belfry.reload()).status).toBe(200);
  expect((await belfry.reload('route: {receiver: nobody}')).status).toBe(500);
  expect((await belfry.reload(PLAIN)).status).toBe(200);
  await belfry.restart();
  const kinds = async (): Promise<object[]> => {
    const { items } = await list<{ kind: string; change?: string; ok?: boolean; id?: string }>(belfry, '/events');
    return items.map(({ kind, change, ok }) => ({
      kind,
      ...(change !== undefined && { change }),
      ...(ok !== undefined && { ok }),
    }));
  };
  await expect
    .poll(kinds, PATIENCE)
    .toEqual([
      { kind: 'started' },
      { kind: 'stopped' },
      { kind: 'reloaded', ok: true },
      { kind: 'reloaded', ok: false },
      { kind: 'reloaded', ok: true },
      { kind: 'silence', change: 'expired' },
      { kind: 'silence', change: 'created' },
      { kind: 'started' },
    ]);
  const created = (await list<object>(belfry, '/events')).items.at(-2);
  expect(created).toMatchObject({ kind: 'silence', id, by: 'ada' });
});

it('everything it can do is described, and the description is what is there', async () => {
  await using belfry = await startBelfry({ config: PLAIN });
  const described = (await (await fetch(`${belfry.url}/api/belfry/v1/openapi.json`)).json()) as {
    paths: Readonly<Record<string, object>>;
  };
  expect(Object.keys(described.paths).toSorted()).toEqual([
    '/alerts',
    '/events',
    '/notifications',
    '/receivers/{id}/preview',
    '/receivers/{id}/test',
    '/rules',
    '/rules/{group_id}/{rule_id}',
    '/silences',
    '/silences/preview',
    '/templates/preview',
  ]);
  for (const [path, methods] of Object.entries(described.paths)) {
    const asked = path.replace(/\{\w+\}/g, '1');
    const answer = await fetch(`${belfry.url}/api/belfry/v1${asked}`, { method: 'DELETE' });
    expect(answer.headers.get('allow')?.toLowerCase().split(',')).toEqual(Object.keys(methods));
  }
});
