// Rules over HTTP: what may be asked for, what is refused and in which words, one rule at a time, and long lists.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { compiled, evaluation, instance, NOON, viewOf, type HowItWent } from '../support/fake-rules.ts';
import { testServer, type TestServer } from '../support/http-server.ts';

const FILES: readonly (readonly [file: string, text: string])[] = [
  [
    'a.yml',
    `groups:
  - name: api
    labels: {team: web}
    rules:
      - {alert: Slow, expr: latency > 1, labels: {severity: page}, keep_firing_for: 5m}
      - {alert: Down, expr: up == 0, for: 1m, labels: {severity: "{{ $labels.job }}"}}
      - {record: "job:up:sum", expr: sum(up) by (job)}
  - name: store
    params: {api_key: [s3cret]}
    headers: ["Authorization: Bearer s3cret"]
    notifier_headers: ["X-Token: s3cret"]
    query_offset: 30s
    rules:
      - {alert: Full, expr: disk > 0.9, labels: {severity: ticket}}
`,
  ],
  ['b.yml', 'groups: [{name: api, rules: [{record: "b:one", expr: vector(1), labels: {team: store}}]}]'],
];

const WENT: Readonly<Record<string, HowItWent>> = {
  Slow: {
    past: [evaluation()],
    instances: [
      instance('kept', { labels: { alertname: 'Slow', job: 'a' }, value: 0.1 }),
      instance('resolved', { labels: { alertname: 'Slow', job: 'b' } }),
    ],
  },
  Down: {
    past: [evaluation()],
    instances: [
      instance('pending', { labels: { alertname: 'Down', job: 'a' }, value: NaN }),
      instance('pending', { labels: { alertname: 'Down', job: 'b' }, value: -Infinity }),
    ],
  },
  'job:up:sum': { past: [evaluation({ error: 'it broke', samples: null, seriesFetched: null }), evaluation()] },
  'b:one': { past: [evaluation({ samples: 0, seriesFetched: 0 })] },
};

async function serverWithRules(): Promise<TestServer> {
  const server = await testServer();
  server.engine.ruleGroups = FILES.flatMap(([file, text]) => compiled(file, text)).map((group) =>
    viewOf(group, ({ name }) => WENT[name] ?? {}, { evaluatedAt: NOON + 1, seconds: 0.5 }),
  );
  return server;
}

interface Body {
  readonly data: {
    readonly groups: readonly {
      readonly name: string;
      readonly file: string;
      readonly states: Record<string, number>;
      readonly rules: readonly (Record<string, unknown> & { readonly name: string })[];
    }[];
    readonly groupNextToken?: string;
  };
  readonly page?: number;
  readonly total_pages?: number;
  readonly total_groups?: number;
  readonly total_rules?: number;
}

async function ask(server: TestServer, path: string): Promise<[status: number, body: unknown]> {
  const answer = await fetch(server.url + path);
  expect(answer.headers.get('content-type')).toBe('application/json');
  return [answer.status, await answer.json()];
}

async function rules(server: TestServer, query = ''): Promise<Body> {
  const [status, body] = await ask(server, `/api/v1/rules${query}`);
  expect([query, status]).toEqual([query, 200]);
  return body as Body;
}

const names = ({ data }: Body): string[] => data.groups.flatMap(({ rules: list }) => list.map(({ name }) => name));

const badData = (error: string): unknown => [400, { status: 'error', errorType: 'bad_data', error }];

describe('GET /api/v1/rules', () => {
  const all = ['Slow', 'Down', 'job:up:sum', 'Full', 'b:one'];
  test.each([
    ['', all],
    ['?type=alert', ['Slow', 'Down', 'Full']],
    ['?type=Record', ['job:up:sum', 'b:one']],
    ['?rule_name[]=Slow&rule_name[]=b:one', ['Slow', 'b:one']],
    ['?rule_name[]=%ff', []],
    ['?rule_name[]=', []],
    ['?rule_group[]=api', ['Slow', 'Down', 'job:up:sum', 'b:one']],
    ['?rule_group[]=api&file[]=b.yml', ['b:one']],
    ['?match[]={severity="page"}', ['Slow']],
    ['?match[]={team="web",severity=~"p.*"}&match[]={team="store"}', ['Slow', 'b:one']],
    ['?match[]={severity="{{ $labels.job }}"}', ['Down']],
    ['?match[]={team!=""}', ['Slow', 'Down', 'job:up:sum', 'b:one']],
    ['?match[]=Slow', []],
    ['?match[]={severity="page"}&type=record', []],
    ['?search=STORE', ['Full']],
    ['?search=slo', ['Slow']],
    ['?search=b.yml', ['b:one']],
    ['?state=firing', ['Slow']],
    ['?state=pending,firing', ['Slow', 'Down']],
    ['?state=recovering', ['Slow']],
    ['?filter=unhealthy', ['job:up:sum']],
    ['?state=error&state=noData', ['job:up:sum', 'b:one']],
    ['?state=unknown', ['Full']],
    ['?state=', all],
    ['?datasource_type=prometheus', all],
    ['?datasource_type=graphite', []],
    ['?group_limit=10', all],
  ])('%j lists %j', async (query, expected) => {
    await using server = await serverWithRules();
    expect(names(await rules(server, query))).toEqual(expected);
  });

  test.each([
    ['type=x', 'invalid parameter "type": not supported value "x"'],
    [
      'exclude_alerts=maybe',
      'invalid parameter "exclude_alerts": error converting exclude_alerts: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      'group_next_token=x',
      'invalid parameter "group_next_token": group_limit needs to be present in order to paginate over the groups',
    ],
    [
      'group_limit=1&group_next_token=x',
      'invalid parameter "group_next_token": invalid group_next_token \'x\'. were rule groups changed?',
    ],
    ['group_limit=0', 'invalid parameter "group_limit": group_limit needs to be greater than 0'],
    ['group_limit=-3', 'invalid parameter "group_limit": group_limit needs to be greater than 0'],
    [
      'group_limit=x',
      'invalid parameter "group_limit": group_limit needs to be a valid number: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [
      'group_limit=2147483648',
      'invalid parameter "group_limit": group_limit needs to be a valid number: strconv.ParseInt: parsing "2147483648": value out of range',
    ],
    ['match[]={a=""}', 'match[] must contain at least one non-empty matcher'],
    ['match[]=', '1:1: parse error: unexpected end of input'],
    ['match[]={a}', '1:3: parse error: unexpected "}" in label matching, expected label matching operator'],
    ['match[]=up offset 5m', '1:1: parse error: "up offset 5m" is not a series selector'],
    ['match[]=sum(up)', '1:1: parse error: "sum(up)" is not a series selector'],
    ['state=broken', 'invalid parameter "state": contains not supported value "broken"'],
    ['datasource_type=sql', 'invalid parameter "datasource_type": not supported value "sql"'],
    [
      'page_num=1',
      'invalid parameter "page_num": group_limit needs to be present in order to paginate over the groups',
    ],
    ['page_num=x&group_limit=1', 'invalid parameter "page_num": expected to be a positive number, found "x"'],
    ['page_num=9&group_limit=1', 'page_num=9 exceeds total amount of pages in result=3'],
    [
      'page_num=1&group_limit=1&group_next_token=x',
      'invalid parameter "page_num": pages are asked for by number or by group_next_token, not by both',
    ],
  ])('%s is refused: %s', async (query, message) => {
    await using server = await serverWithRules();
    expect(await ask(server, `/api/v1/rules?${query}`)).toEqual(badData(message));
  });

  test('a rule has one state: the gravest of its alerts', async () => {
    await using server = await serverWithRules();
    const { data } = await rules(server);
    const states = data.groups.map((group) => [group.states, group.rules.map(({ state }) => state)]);
    expect(states).toEqual([
      [{ firing: 1, pending: 1 }, ['firing', 'pending', undefined]],
      [{ unknown: 1 }, ['unknown']],
      [{}, [undefined]],
    ]);
    const extended = await rules(server, '?extended_states=true');
    expect(extended.data.groups.map((group) => group.rules.map(({ state }) => state))).toEqual([
      ['firing', 'pending', 'unhealthy'],
      ['unknown'],
      ['nomatch'],
    ]);
  });

  test('alerts that are over are not listed; one kept firing says since when', async () => {
    await using server = await serverWithRules();
    const [slow] = (await rules(server, '?rule_name[]=Slow')).data.groups[0]!.rules;
    expect(slow!['alerts']).toMatchObject([
      {
        labels: { alertname: 'Slow', job: 'a' },
        state: 'firing',
        activeAt: '2026-11-20T11:50:00Z',
        keepFiringSince: '2026-11-20T11:52:00Z',
        value: '1e-01',
        stabilizing: true,
      },
    ]);
    const [down] = (await rules(server, '?rule_name[]=Down')).data.groups[0]!.rules;
    expect(down!['alerts']).toMatchObject([{ value: 'NaN', stabilizing: false }, { value: '-Inf' }]);
    expect(JSON.stringify(down)).not.toContain('keepFiringSince');
    const [bare] = (await rules(server, '?rule_name[]=Slow&exclude_alerts=T')).data.groups[0]!.rules;
    expect(bare).toEqual({ ...slow, alerts: null });
  });

  test('what a group sends along is told without its values', async () => {
    await using server = await serverWithRules();
    const text = await (await fetch(`${server.url}/api/v1/rules`)).text();
    expect(text).not.toContain('s3cret');
    expect((JSON.parse(text) as Body).data.groups[1]).toMatchObject({
      params: ['api_key=<secret>'],
      headers: ['Authorization: <secret>'],
      notifier_headers: ['X-Token: <secret>'],
      eval_delay: 30,
    });
  });

  test('pages by token begin with the group the token names, and filtered groups do not count', async () => {
    await using server = await serverWithRules();
    const seen: (string | undefined)[][] = [];
    let query = '?group_limit=1';
    for (let page = 0; page < 5; page++) {
      const { data } = await rules(server, query);
      seen.push(data.groups.map(({ file, name }) => `${file};${name}`));
      if (data.groupNextToken === undefined) break;
      query = `?group_limit=1&group_next_token=${data.groupNextToken}`;
    }
    expect(seen).toEqual([['a.yml;api'], ['a.yml;store'], ['b.yml;api']]);
    const { data } = await rules(server, '?type=record&group_limit=1');
    expect(data.groupNextToken).toBe(createHash('sha256').update('b.yml;api').digest('hex'));
    expect((await rules(server, '?type=record&group_limit=2')).data.groupNextToken).toBe(undefined);
  });

  test('pages by number are counted', async () => {
    await using server = await serverWithRules();
    const { data, page, total_pages, total_groups, total_rules } = await rules(server, '?group_limit=2&page_num=2');
    expect([data.groups.map(({ file }) => file), page, total_pages, total_groups, total_rules]).toEqual([
      ['b.yml'],
      2,
      2,
      3,
      5,
    ]);
    const none = await rules(server, '?group_limit=2&page_num=1&search=nothing');
    expect([none.data.groups, none.total_pages, none.total_groups]).toEqual([[], 1, 0]);
  });
});

describe('GET /api/v1/alerts', () => {
  test.each([
    ['', ['Slow a', 'Down a', 'Down b']],
    ['?match[]={job="b"}', ['Down b']],
    ['?rule_group[]=store', []],
    ['?file[]=a.yml&match[]={alertname="Slow"}&match[]={job="b"}', ['Slow a', 'Down b']],
  ])('%j lists %j', async (query, expected) => {
    await using server = await serverWithRules();
    const [status, body] = await ask(server, `/api/v1/alerts${query}`);
    const { alerts } = (body as { data: { alerts: { labels: Record<string, string> }[] } }).data;
    expect([status, alerts.map(({ labels }) => `${labels['alertname']} ${labels['job']}`)]).toEqual([200, expected]);
  });

  test('POST is still what Alertmanager removed', async () => {
    await using server = await serverWithRules();
    expect((await fetch(`${server.url}/api/v1/alerts`, { method: 'POST', body: '[]' })).status).toBe(410);
    expect((await fetch(`${server.url}/api/v1/alerts/groups`)).status).toBe(410);
  });
});

describe('one thing at a time', () => {
  test('a group, a rule with its last evaluations, and an alert are found by their numbers', async () => {
    await using server = await serverWithRules();
    const [group] = (await rules(server)).data.groups;
    const rule = group!.rules[2]!;
    const groupId = String(rule['group_id']);
    expect(await ask(server, `/api/v1/group?group_id=${groupId}`)).toEqual([200, group]);
    const [status, found] = await ask(
      server,
      `/vmalert/api/v1/rule?group_id=${groupId}&rule_id=00${String(rule['id'])}`,
    );
    const curl = evaluation().curl;
    expect([status, found]).toEqual([
      200,
      {
        ...rule,
        updates: [
          {
            ...{ time: '2026-11-20T12:00:00.005Z', at: '2026-11-20T12:00:00Z', duration: 250_000_000 },
            ...{ error: 'it broke', samples: 0, series_fetched: null, curl },
          },
          {
            ...{ time: '2026-11-20T12:00:00.005Z', at: '2026-11-20T12:00:00Z', duration: 250_000_000 },
            ...{ error: null, samples: 1, series_fetched: 3, curl },
          },
        ],
      },
    ]);
    const ids = (await rules(server)).data.groups.flatMap((one) => one.rules.map(({ id }) => String(id)));
    expect(new Set(ids).size).toBe(5);
    for (const id of ids) expect(BigInt(id) < 2n ** 64n).toBe(true);
  });

  test.each([
    ['group?group_id=x', 400, 'failed to read "group_id" param: strconv.ParseUint: parsing "x": invalid syntax'],
    ['group', 400, 'failed to read "group_id" param: strconv.ParseUint: parsing "": invalid syntax'],
    [
      'rule?group_id=1&rule_id=18446744073709551616',
      400,
      'failed to read "rule_id" param: strconv.ParseUint: parsing "18446744073709551616": value out of range',
    ],
    ['rule?group_id=1&rule_id=1', 404, "can't find group with id 1"],
    ['rule?group_id=GROUP&rule_id=1', 404, 'can\'t find rule with id 1 in group "api"'],
    ['alert?group_id=GROUP&alert_id=1', 404, 'can\'t find alert with id 1 in group "api"'],
  ])('%s is %i', async (path, status, error) => {
    await using server = await serverWithRules();
    const groupId = String((await rules(server)).data.groups[0]!.rules[0]!['group_id']);
    const errorType = status === 404 ? 'not_found' : 'bad_data';
    expect(await ask(server, `/api/v1/${path.replace('GROUP', groupId)}`)).toEqual([
      status,
      { status: 'error', errorType, error },
    ]);
  });

  test('notifiers are the Alertmanagers, each with its last error', async () => {
    await using server = await serverWithRules();
    expect(await ask(server, '/api/v1/notifiers')).toEqual([200, { status: 'success', data: { notifiers: [] } }]);
    server.engine.alertmanagers = [{ url: 'http://am.example/api/v2/alerts', lastError: 'refused' }];
    const targets = [{ address: 'http://am.example/api/v2/alerts', labels: {}, lastError: 'refused' }];
    expect(await ask(server, '/vmalert/api/v1/notifiers')).toEqual([
      200,
      { status: 'success', data: { notifiers: [{ kind: 'static', targets }] } },
    ]);
  });
});

describe('without rules', () => {
  test.each([
    ['/api/v1/rules', { groups: [] }],
    ['/api/v1/rules?group_limit=5', { groups: [] }],
    ['/api/v1/alerts', { alerts: [] }],
    ['/api/v1/alertmanagers', { activeAlertmanagers: [], droppedAlertmanagers: [] }],
  ])('%s is an empty list', async (path, data) => {
    await using server = await testServer();
    expect(await ask(server, path)).toEqual([200, { status: 'success', data }]);
  });

  test.each(['labels', 'query', 'status/tsdb', 'label/job/values', 'series', 'metadata'])(
    '/api/v1/%s is not ours, and says so in Prometheus’ form',
    async (path) => {
      await using server = await testServer();
      const [status, body] = await ask(server, `/api/v1/${path}`);
      expect([status, body]).toMatchObject([404, { status: 'error', errorType: 'not_found' }]);
    },
  );

  test('status says who answers, with which flags', async () => {
    await using server = await testServer({ timeout: 90_000 });
    expect((await ask(server, '/api/v1/status/buildinfo'))[1]).toMatchObject({ data: { version: '3.14.0' } });
    expect((await ask(server, '/api/v1/status/flags'))[1]).toMatchObject({
      data: { 'web.external-url': 'http://belfry.example', 'web.route-prefix': '/', 'web.timeout': '1m30s' },
    });
    expect((await ask(server, '/api/v1/status/flags'))[1]).toMatchObject({
      data: {
        'rules.alert.for-grace-period': '10m',
        'rules.alert.for-outage-tolerance': '1h',
        'rules.alert.resend-delay': '1m',
        'rules.all-or-nothing': 'false',
        'rules.allow-empty': 'false',
      },
    });
    expect((await ask(server, '/api/v1/status/runtimeinfo'))[1]).toMatchObject({
      data: { startTime: '2023-11-14T22:13:20Z', serverTime: '2026-11-20T12:00:00Z', reloadConfigSuccess: true },
    });
    server.engine.reload = { ...server.engine.reload, last: { ok: false, takenAt: NOON - 60_000 } };
    expect((await ask(server, '/api/v1/status/runtimeinfo'))[1]).toMatchObject({
      data: { startTime: '2023-11-14T22:13:20Z', lastConfigTime: '2026-11-20T11:59:00Z', reloadConfigSuccess: false },
    });
  });
});

test('ten thousand rules are handed over in parts, and others are answered meanwhile', async () => {
  await using server = await testServer();
  const [one] = compiled('many.yml', 'groups: [{name: many, rules: [{alert: A, expr: up > 1}]}]');
  const group = { ...one!, rules: Array.from({ length: 10_000 }, (_, i) => ({ ...one!.rules[0]!, id: String(i) })) };
  const active = instance('firing', { labels: { alertname: 'A', pad: 'x'.repeat(500) } });
  server.engine.ruleGroups = [viewOf(group, () => ({ past: [evaluation()], instances: [active] }))];
  const answer = await fetch(`${server.url}/api/v1/rules`);
  expect(answer.headers.get('content-length')).toBe(null);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? '';
  expect((await fetch(`${server.url}/-/healthy`)).status).toBe(200);
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  expect((JSON.parse(text) as Body).data.groups[0]!.rules.length).toBe(10_000);
});
