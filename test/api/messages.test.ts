// Messages to try things with, through the API: previews that send nothing, and tests that are really sent.
import { describe, expect, test } from 'vitest';
import { compileConfig } from '../../src/config/compile.ts';
import type { IntegrationEntry } from '../../src/config/config.ts';
import { newGeneration } from '../../src/engine/generation.ts';
import { Journal } from '../../src/engine/journal.ts';
import { Known, KnownAlerts } from '../../src/engine/known-alerts.ts';
import { EngineMessages } from '../../src/engine/messages.ts';
import { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { openapiNative } from '../../src/http/openapi-native.ts';
import { jsonValidator } from '../support/json-schema.ts';
import type { Outcome } from '../../src/notify/outcome.ts';
import type { Letter } from '../../src/ports/courier.ts';
import { alert } from '../support/builders.ts';
import { testServer, type TestServer } from '../support/http-server.ts';
import { templateSet } from '../support/integration-scene.ts';
import { silentRecorder } from '../support/silent-recorder.ts';

const CONFIG = `
route: {receiver: team}
receivers:
- name: team
  language: zh
  webhook_configs: [{url: 'http://hook.example/hidden-path', payload: {text: '{{ .CommonAnnotations.summary }}'}}]
- name: broken
  webhook_configs: [{url: 'http://hook.example/', payload: {text: '{{ nope }}'}}]
- name: nobody
`;

class Desk {
  readonly sent: { readonly entry: IntegrationEntry; readonly letter: Letter }[] = [];
  outcome: Outcome = { kind: 'delivered', detail: 'status 200: thank you' };

  static async open(): Promise<Desk & AsyncDisposable & { readonly server: TestServer }> {
    const desk = new Desk();
    const server = await testServer();
    const config = compileConfig({ file: 'belfry.yml', text: CONFIG }, { matcherMode: 'fallback', retention: 1e9 });
    if (!config.ok) throw new Error('the configuration does not compile');
    const generation = newGeneration({ config: config.value, templates: templateSet() }, 0);
    const alerts = new KnownAlerts(0);
    alerts.add(new Known(1, alert({ alertname: 'Known' }, '0s', '1h')));
    server.engine.messages = new EngineMessages({
      ...{ alerts, clock: server.clock, generation: () => generation, externalURL: 'http://belfry.example' },
      ...{ entropy: { uuid: () => 'u', fraction: () => 0 }, deadline: () => () => false },
      journal: new Journal(new SqliteStore(), server.clock, silentRecorder([])),
      courier: {
        deliver: async (entry, letter) => {
          desk.sent.push({ entry, letter });
          return { outcome: desk.outcome, templateError: null };
        },
      },
    });
    return Object.assign(desk, { server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() });
  }
}

async function ask({ url }: TestServer, path: string, body?: unknown): Promise<readonly [number, unknown]> {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) };
  const answer = await fetch(`${url}/api/belfry/v1${path}`, { method: 'POST', ...(body === undefined ? {} : json) });
  return [answer.status, await answer.json()];
}

const isAsDescribed = (path: string, value: unknown): readonly unknown[] => {
  const { paths } = openapiNative as unknown as {
    readonly paths: Readonly<
      Record<string, { readonly post: { readonly responses: Readonly<Record<string, Content>> } }>
    >;
  };
  const { schema } = paths[path]!.post.responses['200']!.content['application/json'];
  return jsonValidator({ ...openapiNative, allOf: [schema] })(value);
};

interface Content {
  readonly content: { readonly 'application/json': { readonly schema: unknown } };
}

describe('a preview', () => {
  test('shows what would leave, without secrets, and sends nothing', async () => {
    await using desk = await Desk.open();
    const [status, shown] = await ask(desk.server, '/receivers/team/preview');
    expect(status).toBe(200);
    expect(shown).toMatchObject({
      items: [
        {
          ...{ integration: 'webhook/0', templateError: null },
          draft: {
            kind: 'http',
            method: 'POST',
            url: '<secret>',
            body: '{"text":"这是对该接收器的测试，没有任何故障。"}\n',
          },
        },
      ],
    });
    expect(isAsDescribed('/receivers/{id}/preview', shown)).toEqual([]);
    expect(JSON.stringify(shown)).not.toContain('hidden-path');
    expect(desk.sent).toEqual([]);
  });

  test('is about alerts that are given, or known', async () => {
    await using desk = await Desk.open();
    const alerts = [{ labels: { alertname: 'Given' }, annotations: { summary: 'mine' } }];
    const [, given] = await ask(desk.server, '/receivers/team/preview', { alerts });
    expect(given).toMatchObject({ items: [{ draft: { body: '{"text":"mine"}\n' } }] });
    const template = '{{ range .Alerts }}{{ .Labels.alertname }} {{ lang }}{{ end }}';
    const [, known] = await ask(desk.server, '/templates/preview', {
      template,
      matchers: ['alertname="Known"'],
      receiver: 'team',
    });
    expect(known).toEqual({ text: 'Known zh' });
    expect(isAsDescribed('/templates/preview', known)).toEqual([]);
  });

  test('tells which template fails, and what goes out instead', async () => {
    await using desk = await Desk.open();
    const [, shown] = await ask(desk.server, '/receivers/broken/preview');
    const failure = 'payload.text of webhook/0 (belfry.yml:8:67): template: :1:3: function "nope" not defined';
    const { items } = shown as { readonly items: readonly { draft: { body: string } }[] };
    expect(items).toMatchObject([{ templateError: failure }]);
    expect(JSON.parse(items[0]!.draft.body)).toMatchObject({ template_error: failure });
  });
});

test.each([
  ['a\nb {{ if }}', 'template: :2:8: missing value for if'],
  ['{{ .Nope', 'template: :1:8: unclosed action'],
  ['a\n\n{{ end }}', 'template: :3:7: unexpected {{end}}'],
  ['{{ .Nope }}', `template: :1:3: executing "" at <.Nope>: can't evaluate field Nope in type *template.Data`],
])('a template says where it fails: %j', async (template, error) => {
  await using desk = await Desk.open();
  expect(await ask(desk.server, '/templates/preview', { template })).toEqual([200, { error }]);
});

describe('a test', () => {
  test('is sent once, marked, and tells what the other side said', async () => {
    await using desk = await Desk.open();
    const [status, tested] = await ask(desk.server, '/receivers/team/test', { integration: 'webhook/0' });
    expect([status, tested]).toEqual([
      200,
      {
        items: [
          {
            ...{ integration: 'webhook/0', templateError: null, outcome: 'delivered', reason: '' },
            answer: 'status 200: thank you',
          },
        ],
      },
    ]);
    expect(isAsDescribed('/receivers/{id}/test', tested)).toEqual([]);
    expect(desk.sent).toHaveLength(1);
    const { message, memo } = desk.sent[0]!.letter;
    expect(memo).toBeNull();
    expect(message.alerts[0]!.annotations.get('summary')).toBe('[TEST] 这是对该接收器的测试，没有任何故障。');
    expect(message.commonLabels.get('alertname')).toBe('[TEST] BelfryTest');
    expect(message).toMatchObject({ receiver: 'team', reason: 'test', status: 'firing' });
  });

  test('of given alerts says so by their name as well, and so does its group', async () => {
    await using desk = await Desk.open();
    const alerts = [{ labels: { alertname: 'HighLoad', instance: 'a' } }, { labels: { instance: 'b' } }];
    expect(await ask(desk.server, '/receivers/team/test', { alerts })).toMatchObject([200, {}]);
    const { message } = desk.sent[0]!.letter;
    const names = message.alerts.map(({ labels }) => labels.get('alertname')).toSorted();
    expect(names).toEqual(['[TEST]', '[TEST] HighLoad']);
    expect(message.groupLabels.get('alertname')).toMatch(/^\[TEST\]/);
  });

  test('comes once in ten seconds to a receiver', async () => {
    await using desk = await Desk.open();
    desk.outcome = { kind: 'rejected', reason: 'authError', detail: 'status 401: who are you' };
    expect(await ask(desk.server, '/receivers/team/test')).toMatchObject([200, { items: [{ outcome: 'rejected' }] }]);
    expect(await ask(desk.server, '/receivers/team/test')).toMatchObject([429, { error: { code: 'too_many_tests' } }]);
    expect((await ask(desk.server, '/receivers/nobody/test'))[0]).toBe(200);
    desk.server.clock.move(10_000);
    expect((await ask(desk.server, '/receivers/team/test'))[0]).toBe(200);
    expect(desk.sent).toHaveLength(2);
  });
});

test.each([
  ['/receivers/teem/test', {}, 404, 'no receiver teem'],
  ['/receivers/team/test', { integration: 'email/0' }, 404, 'no email/0 in receiver team'],
  ['/receivers/team/preview', { status: 'pending' }, 400, 'status is firing or resolved'],
  ['/receivers/team/preview', { alerts: [] }, 400, 'alerts is empty'],
  ['/receivers/team/preview', { alerts: [{ labels: {} }] }, 400, 'alert 0: at least one label pair required'],
  ['/receivers/team/preview', { alerts: [{}], matchers: [] }, 400, 'alerts and matchers do not go together'],
  ['/receivers/team/preview', { matchers: ['='] }, 400, 'bad matcher format: ='],
  ['/receivers/team/preview', { matchers: ['alertname="Typo"'] }, 400, 'matchers fit no alert that is known now'],
  ['/receivers/team/test', { matchers: ['alertname="Typo"'] }, 400, 'matchers fit no alert that is known now'],
  [
    '/templates/preview',
    { template: '', matchers: ['alertname="Typo"'] },
    400,
    'matchers fit no alert that is known now',
  ],
  ['/templates/preview', {}, 400, 'template is a text'],
  ['/templates/preview', { template: '', mode: 'pdf' }, 400, 'mode is text or html'],
  ['/templates/preview', { template: '', receiver: 'teem' }, 404, 'no receiver teem'],
  ['/templates/preview', [], 400, 'the body is not an object'],
])('POST %s of %j is %i: %s', async (path, body, status, message) => {
  await using desk = await Desk.open();
  expect(await ask(desk.server, path, body)).toMatchObject([status, { error: { message } }]);
  expect(desk.sent).toEqual([]);
});
