import { describe, expect, it } from 'vitest';
import type { HttpPost, Wire } from '../../../src/integrations/http/request.ts';
import type { Outcome } from '../../../src/notify/outcome.ts';
import { draft, element, NOW, postOf, sampleMessage, type SampleAlert } from '../../support/integration-scene.ts';

const YAML = {
  discord: 'webhook_url: http://h',
  msteams: 'webhook_url: http://h',
  msteamsv2: 'webhook_url: http://h',
  opsgenie: 'api_key: k',
  pagerduty: 'routing_key: k',
  pushover: 'user_key: u\ntoken: t',
  telegram: 'bot_token: t\nchat_id: 1',
  victorops: 'api_key: k\nrouting_key: r',
  webex: 'room_id: r\nhttp_config: {authorization: {credentials: t}}',
};

type Kind = keyof typeof YAML;

const post = (kind: Kind, more = '', alerts: readonly SampleAlert[] = [{}]): HttpPost =>
  postOf(draft(element(`${kind}_configs`, `${YAML[kind]}\n${more}`), sampleMessage(alerts)));

function wire(request: HttpPost): Wire {
  const written = request.write(() => 'http://secret/', NOW);
  if (written.kind !== 'wire') throw new Error(written.detail);
  return written;
}

function judged(request: HttpPost, status: number, body: unknown): Outcome | HttpPost | null {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return request.judge?.({ status, headers: new Map(), body: text, at: NOW, hide: String }) ?? null;
}

function next(request: HttpPost, status: number, body: unknown): HttpPost {
  const answer = judged(request, status, body);
  if (answer === null || !('write' in answer)) throw new Error(`an end: ${JSON.stringify(answer)}`);
  return answer;
}

describe('an answer is told in the words of the provider', () => {
  it.each<[Kind, number, unknown, Partial<Outcome>]>([
    [
      'pagerduty',
      400,
      { status: 'invalid event', message: 'Event object is invalid', errors: ["'source' is missing", 'and more'] },
      { kind: 'rejected', detail: "status 400: Event object is invalid: 'source' is missing, and more" },
    ],
    [
      'pagerduty',
      202,
      { status: 'success', message: 'Event processed' },
      { kind: 'delivered', detail: 'status 202: Event processed' },
    ],
    [
      'telegram',
      403,
      { ok: false, description: 'Forbidden: bot was blocked' },
      { kind: 'rejected', detail: 'status 403: Forbidden: bot was blocked' },
    ],
    [
      'telegram',
      200,
      { ok: false, description: 'no' },
      { kind: 'rejected', reason: 'clientError', detail: 'status 200: no' },
    ],
    [
      'telegram',
      429,
      { ok: false, description: 'Too Many Requests: retry after 7', parameters: { retry_after: 7 } },
      { kind: 'retry', reason: 'rateLimited', after: 7000 },
    ],
    [
      'discord',
      429,
      { message: 'You are being rate limited.', retry_after: 0.27, global: false },
      { kind: 'retry', after: 1000 },
    ],
    ['discord', 429, { retry_after: 1e9 }, { kind: 'retry', after: 3_600_000 }],
    ['discord', 429, { retry_after: -1 }, { kind: 'retry', after: null }],
    ['discord', 429, { retry_after: 'soon' }, { kind: 'retry', after: null }],
    [
      'discord',
      400,
      {
        code: 50035,
        message: 'Invalid Form Body',
        errors: { username: { _errors: [{ code: 'X', message: 'too rude' }] } },
      },
      { kind: 'rejected', detail: 'status 400: Invalid Form Body: too rude' },
    ],
    [
      'opsgenie',
      422,
      { message: 'Request body is not processable', errors: { message: 'may not be empty' } },
      { detail: 'status 422: Request body is not processable: may not be empty' },
    ],
    [
      'pushover',
      400,
      { status: 0, user: 'invalid', errors: ['user identifier is invalid'] },
      { kind: 'rejected', detail: 'status 400: user identifier is invalid' },
    ],
    ['pushover', 200, { status: 0, errors: ['no'] }, { kind: 'rejected', detail: 'status 200: no' }],
    [
      'victorops',
      200,
      { result: 'failure', message: 'Invalid token' },
      { kind: 'rejected', detail: 'status 200: Invalid token' },
    ],
    [
      'webex',
      404,
      { message: 'Not found.', errors: [{ description: 'no such room' }], trackingId: 'T' },
      { detail: 'status 404: Not found.: no such room' },
    ],
    ['webex', 500, '<html>oops</html>', { kind: 'retry', detail: 'status 500: <html>oops</html>' }],
    ['msteams', 200, '1', { kind: 'delivered' }],
    [
      'msteams',
      200,
      'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x',
      { kind: 'retry', reason: 'rateLimited' },
    ],
    [
      'msteams',
      200,
      '... Microsoft Teams endpoint returned HTTP error 403 with ContextId x',
      { kind: 'rejected', reason: 'authError' },
    ],
    [
      'msteamsv2',
      400,
      '{"error":{"code":"x","message":"expired"}}',
      { kind: 'rejected', detail: 'status 400: {"error":{"code":"x","message":"expired"}}' },
    ],
    ['pagerduty', 500, '['.repeat(5000), { kind: 'retry' }],
    ['pagerduty', 400, `{"errors":${'['.repeat(5000)}${']'.repeat(5000)}}`, { kind: 'rejected' }],
  ])('%s: %i %j', (kind, status, body, expected) => {
    expect(judged(post(kind), status, body)).toMatchObject(expected);
  });

  it('pagerduty version 1 says 403 when it is asked too often', () => {
    const v1 = postOf(draft(element('pagerduty_configs', 'service_key: k'), sampleMessage()));
    expect(judged(v1, 403, 'slow down')).toEqual({
      ...{ kind: 'retry', reason: 'rateLimited', detail: 'status 403: slow down', after: null },
    });
    expect(judged(v1, 400, 'no')).toMatchObject({ kind: 'rejected' });
  });
});

describe('telegram is asked once more', () => {
  const PARSE = { ok: false, description: "Bad Request: can't parse entities: Unsupported start tag" };
  const textOf = (request: HttpPost): unknown => JSON.parse(wire(request).body);

  it('in plain text when it cannot read the markup', () => {
    const html = post('telegram', "message: '<b>bold</b> &amp; <nope>{{ .Status }}</nope>'");
    expect(textOf(html)).toMatchObject({ parse_mode: 'HTML' });
    const plain = next(html, 400, PARSE);
    expect(textOf(plain)).toMatchObject({ text: 'bold & firing' });
    expect(textOf(plain)).not.toHaveProperty('parse_mode');
    expect(judged(plain, 400, PARSE)).toMatchObject({ kind: 'rejected' });
    const marked = post('telegram', "parse_mode: MarkdownV2\nmessage: '*a* {{ .Status }}.'");
    expect(textOf(next(marked, 400, PARSE))).toMatchObject({ text: '*a* firing.' });
  });

  it('in less when it counts another way', () => {
    const request = post('telegram', `parse_mode: ''\nmessage: '${'🔥'.repeat(4000)}'`);
    expect(textOf(request)).toMatchObject({ text: '🔥'.repeat(4000) });
    const shorter = next(request, 400, { description: 'Bad Request: message is too long' });
    expect(textOf(shorter)).toMatchObject({ text: `${'🔥'.repeat(2047)}…` });
    expect(judged(shorter, 400, { description: 'Bad Request: message is too long' })).toMatchObject({
      kind: 'rejected',
    });
  });

  it('in the chat that the group became', () => {
    const moved = { ok: false, description: 'group chat was upgraded', parameters: { migrate_to_chat_id: -1001 } };
    const there = next(post('telegram'), 400, moved);
    expect(textOf(there)).toMatchObject({ chat_id: '-1001', parse_mode: 'HTML' });
    expect(judged(there, 400, moved)).toMatchObject({ kind: 'rejected' });
  });

  it('in the chat its file names by then', () => {
    const request = postOf(draft(element('telegram_configs', 'bot_token: t\nchat_id_file: f'), sampleMessage()));
    expect(textOf(request)).toMatchObject({ chat_id: 'http://secret/' });
  });

  it('and not at all when it is about something else', () => {
    expect(judged(post('telegram'), 400, { description: 'Bad Request: chat not found' })).toMatchObject({
      kind: 'rejected',
    });
  });
});

describe.each(['msteams', 'msteamsv2'] as const)('%s', (kind) => {
  const long = (text: string) => post(kind, `text: '${text}'`);
  const bytes = (request: HttpPost): number => Buffer.byteLength(wire(request).body);

  it.each(['x', '负', '"', '\\', '🔥'])('fits a message into what Teams takes: %j', (char) => {
    const request = long(char.repeat(30_000));
    expect(bytes(request)).toBeLessThanOrEqual(28 * 1024);
    expect(bytes(request)).toBeGreaterThan(28 * 1024 - 20);
    expect(wire(request).body).toContain('…');
  });

  it('says half as much when that was still too large, and gives up in the end', () => {
    let request = long('x'.repeat(30_000));
    const sizes: number[] = [];
    const tooLarge = 'Microsoft Teams endpoint returned HTTP error 413 with ContextId x';
    for (let answer: unknown = request; ;) {
      sizes.push(bytes(request));
      answer = judged(request, sizes.length === 1 ? 413 : 200, tooLarge);
      if (answer === null || typeof answer !== 'object' || !('write' in answer)) {
        expect(answer).toMatchObject({ kind: 'rejected', reason: 'clientError' });
        break;
      }
      request = answer as HttpPost;
    }
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  });

  it('cuts a title that is too long for everything else', () => {
    const request = post(kind, `title: '${'负'.repeat(20_000)}'`);
    expect(bytes(request)).toBeLessThanOrEqual(28 * 1024);
    expect(wire(request).body).toContain(`${'负'.repeat(255)}…`);
  });
});

describe('a text that is too long is cut by the count of its provider', () => {
  const LONG = '🔥'.repeat(30_000);
  const body = (kind: Kind, more: string): unknown => JSON.parse(wire(post(kind, more)).body);
  const fire = (count: number): string => `${'🔥'.repeat(count - 1)}…`;

  it.each<[Kind, string, unknown]>([
    ['pagerduty', `description: '${LONG}'`, { payload: { summary: fire(1024) } }],
    ['discord', `message: '${LONG}'\ntitle: '${LONG}'`, { embeds: [{ title: fire(256), description: fire(4096) }] }],
    ['discord', `content: '${LONG}'\nusername: '${LONG}'`, { content: fire(2000), username: fire(80) }],
    ['opsgenie', `message: '${LONG}'\nnote: '${LONG}'`, { message: fire(130), note: fire(25_000) }],
    ['opsgenie', `description: '${LONG}'`, { description: fire(15_000) }],
    ['victorops', `state_message: '${LONG}'`, { state_message: fire(20_480) }],
    ['webex', `message: '${LONG}'`, { markdown: `${'🔥'.repeat(1859)}…` }],
    ['telegram', `parse_mode: ''\nmessage: '${LONG}'`, { text: fire(4096) }],
    ['telegram', `message: '<b>${LONG}</b>'`, { text: `<b>${'🔥'.repeat(2047)}…</b>` }],
  ])('%s', (kind, more, expected) => {
    expect(body(kind, more)).toMatchObject(expected as object);
  });

  it('pushover', () => {
    const more = ['title', 'message', 'url', 'url_title'].map((key) => `${key}: '${LONG}'`).join('\n');
    expect(Object.fromEntries(new URLSearchParams(wire(post('pushover', more)).body))).toMatchObject({
      ...{ title: fire(250), message: fire(1024), url: fire(512), url_title: fire(100) },
    });
  });

  it.each(['routing_key', 'service_key'])('pagerduty leaves the details out of a larger event: %s', (key) => {
    const sent = (size: number): string =>
      wire(
        postOf(
          draft(
            element('pagerduty_configs', `${key}: k`),
            sampleMessage([{ annotations: { text: 'x'.repeat(size) } }]),
          ),
        ),
      ).body;
    expect(sent(400_000)).toContain('"num_firing":1');
    expect(sent(520_000)).toContain('"error":"The details are left out');
    expect(sent(520_000)).not.toContain('xxx');
  });
});

describe('what the provider would refuse is put right', () => {
  it.each([
    ["'{{ .CommonLabels.severity }}'", 'critical', 'critical'],
    ["'{{ .CommonLabels.severity }}'", 'WARNING', 'warning'],
    ["'{{ .CommonLabels.severity }}'", 'page', 'error'],
    ["'{{ .CommonLabels.nothing }}'", '', 'error'],
  ])('the severity of an event for pagerduty: %s of %j', (severity, label, expected) => {
    const request = post('pagerduty', `severity: ${severity}`, [{ labels: { alertname: 'A', severity: label } }]);
    expect(JSON.parse(wire(request).body)).toMatchObject({ payload: { severity: expected } });
  });

  it.each([
    ['retry: 5s', 'retry', '30'],
    ['expire: 4h', 'expire', '10800'],
    ['priority: "1"', 'priority', '1'],
    ['priority: high', 'priority', '2'],
    ["message: '{{ .CommonLabels.nothing }}'", 'message', '(no details)'],
  ])('a message for pushover: %s', (more, name, expected) => {
    expect(new URLSearchParams(wire(post('pushover', more)).body).get(name)).toBe(expected);
  });

  it.each<[Kind, string, unknown]>([
    ['pagerduty', 'description', { payload: { summary: expect.stringContaining('HighLoad') as string } }],
    ['opsgenie', 'message', { message: expect.stringContaining('HighLoad') as string }],
    ['telegram', 'message', { text: expect.stringContaining('HighLoad') as string }],
    ['webex', 'message', { markdown: expect.stringContaining('HighLoad') as string }],
    ['discord', 'message', { embeds: [{ description: expect.stringContaining('HighLoad') as string }] }],
  ])('a message for %s whose %s says nothing', (kind, key, expected) => {
    const more = `${key}: '{{ .CommonAnnotations.nothing }}'${kind === 'discord' ? "\ntitle: ''" : ''}`;
    expect(JSON.parse(wire(post(kind, more)).body)).toMatchObject(expected as object);
  });

  it('an address that leads elsewhere, or nowhere', () => {
    const refused = (kind: Kind, more: string) =>
      draft(
        element(`${kind}_configs`, `${YAML[kind].replace('routing_key: r', '').replace('room_id: r', '')}\n${more}`),
        sampleMessage(),
      ).draft;
    expect(refused('victorops', "routing_key: 'a/../{{ .Status }}'")).toMatchObject({ kind: 'refused' });
    expect(refused('webex', "room_id: '{{ .CommonLabels.nothing }}'")).toMatchObject({ kind: 'refused' });
  });

  it.each<[Kind, string]>([
    ['pagerduty', 'routing_key'],
    ['opsgenie', 'api_key'],
    ['pushover', 'token'],
    ['pushover', 'user_key'],
  ])('%s is not sent to without its %s', (kind, key) => {
    const written = (text: string) => post(kind).write((name) => (name === key ? text : 'x'), NOW);
    expect(written('{{ .CommonLabels.nothing }}')).toMatchObject({
      ...{ kind: 'rejected', reason: 'clientError', detail: `no usable ${key}: it is empty` },
    });
    expect(written('{{ template "nowhere" . }}')).toMatchObject({ kind: 'rejected' });
    expect(written('k-{{ .Status }}')).toMatchObject({ kind: 'wire' });
  });
});
