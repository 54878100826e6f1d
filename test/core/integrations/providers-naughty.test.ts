import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Wire } from '../../../src/integrations/http/request.ts';
import type { Drafted } from '../../../src/integrations/scene.ts';
import {
  draft,
  element,
  NOW,
  postOf,
  sampleMessage,
  wireOf,
  type SampleAlert,
} from '../../support/integration-scene.ts';

const NAUGHTY = JSON.parse(
  readFileSync(new URL('../../fixtures/naughty-strings.json', import.meta.url), 'utf8'),
) as readonly string[];

/** The text that people read stands under `path`, as it is. */
const KINDS: readonly { kind: string; yaml: string; textKey: string; path: readonly (string | number)[] }[] = [
  { kind: 'discord', yaml: 'webhook_url: http://h/', textKey: 'message', path: ['embeds', 0, 'description'] },
  { kind: 'mattermost', yaml: 'webhook_url: http://h/', textKey: 'text', path: ['attachments', 0, 'text'] },
  { kind: 'msteams', yaml: 'webhook_url: http://h/', textKey: 'text', path: ['text'] },
  {
    ...{ kind: 'msteamsv2', yaml: 'webhook_url: http://h/', textKey: 'text' },
    path: ['attachments', 0, 'content', 'body', 1, 'text'],
  },
  { kind: 'opsgenie', yaml: 'api_key: k\napi_url: http://h/', textKey: 'description', path: ['description'] },
  { kind: 'pagerduty', yaml: 'routing_key: k\nurl: http://h/', textKey: 'description', path: ['payload', 'summary'] },
  { kind: 'pushover', yaml: 'user_key: u\ntoken: t', textKey: 'message', path: ['message'] },
  {
    kind: 'rocketchat',
    yaml: 'api_url: http://h/\ntoken: t\ntoken_id: i',
    textKey: 'text',
    path: ['attachments', 0, 'text'],
  },
  {
    ...{ kind: 'sns', textKey: 'message', path: ['Message'] },
    yaml: 'topic_arn: arn\nsigv4: {region: r, access_key: k, secret_key: s}',
  },
  { kind: 'telegram', yaml: "bot_token: t\nchat_id: 1\nparse_mode: ''", textKey: 'message', path: ['text'] },
  {
    kind: 'victorops',
    yaml: 'api_key: k\napi_url: http://h/\nrouting_key: r',
    textKey: 'state_message',
    path: ['state_message'],
  },
  {
    ...{ kind: 'webex', textKey: 'message', path: ['markdown'] },
    yaml: 'room_id: r\nhttp_config: {authorization: {credentials: t}}',
  },
  { kind: 'wechat', yaml: 'api_secret: s\ncorp_id: c', textKey: 'message', path: ['text', 'content'] },
];

const sentBy = (made: Drafted): Wire => wireOf(made, NOW, new Map([['access_token', 'handed']]));

const naughtyAlert = (text: string): SampleAlert => ({
  labels: { alertname: 'Naughty', instance: text, ['__proto__x']: text },
  annotations: { summary: text, description: text },
  generatorURL: `http://p.example/?a=${text}`,
});

const decoded = (wire: Wire): unknown =>
  wire.headers['Content-Type'] === 'application/json'
    ? JSON.parse(wire.body)
    : Object.fromEntries(new URLSearchParams(wire.body));

/** A signature is of the whole body. */
function unsigned({ headers }: Wire): Readonly<Record<string, string>> {
  const { Authorization = '', ...others } = headers;
  return { ...others, Authorization: Authorization.replace(/Signature=.*/, '') };
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

describe.each(KINDS)('$kind', ({ kind, yaml, textKey, path }) => {
  const made = (more: string, text: string) =>
    draft(element(`${kind}_configs`, `${yaml}\n${more}`), sampleMessage([naughtyAlert(text)]));

  it('says what an alert says, letter for letter', () => {
    for (const text of NAUGHTY) {
      const said = at(decoded(sentBy(made(`${textKey}: '<{{ .CommonAnnotations.summary }}>'`, text))), path);
      const whole = `<${text.toWellFormed()}>`;
      const cut = typeof said === 'string' && said.endsWith('…') ? said.slice(0, -1) : null;
      if (cut === null) expect(said).toBe(whole);
      else expect(whole.startsWith(cut) && whole.length > 1000).toBe(true);
    }
  });

  it('lets no alert choose where a message goes, or what it is besides its text', () => {
    const [first, ...others] = NAUGHTY.map((text) => sentBy(made('', text)));
    const shape = (wire: Wire): unknown => ({
      ...{ method: wire.method, url: wire.url, headers: unsigned(wire) },
      keys: Object.keys(decoded(wire) as object).filter((key) => key !== 'description'),
    });
    for (const wire of others) expect(shape(wire)).toEqual(shape(first!));
  });

  it('says so plainly when a template fails, with all it needs', () => {
    const failing = `${textKey}: '{{ template "nowhere" . }}'`;
    for (const text of ['<b>', 'x'.repeat(10_000)]) {
      const { draft: plain, templateError } = made(failing, text);
      expect(templateError).toContain('"nowhere"');
      const wire = sentBy({ draft: plain, templateError });
      const said = JSON.stringify(decoded(wire));
      expect(said).toContain('Naughty');
      expect(said).not.toContain('"parse_mode"');
    }
  });
});

it('telegram shows an alert as text, and its own template as HTML', () => {
  for (const text of NAUGHTY) {
    const message = sampleMessage([naughtyAlert(text)]);
    const made = draft(
      element('telegram_configs', "bot_token: t\nchat_id: 1\nmessage: '<b>{{ .CommonAnnotations.summary }}</b>'"),
      message,
    );
    const said = String(at(decoded(wireOf(made)), ['text']));
    expect(said.match(/<[^>]*>/g)).toEqual(['<b>', '</b>']);
    expect(said).not.toMatch(/&(?!(?:lt|gt|amp|#\d+);)/);
  }
});

it('victorops keeps its route one segment of the path, unless its template says a slash', () => {
  for (const text of NAUGHTY.filter((each) => each !== '..' && !each.includes('../'))) {
    const made = draft(
      element(
        'victorops_configs',
        "api_key: k\napi_url: http://h/a/\nrouting_key: 'x-{{ .CommonAnnotations.summary }}'",
      ),
      sampleMessage([naughtyAlert(text)]),
    );
    const { pathname, search, hash, host } = new URL(wireOf(made).url);
    expect([host, search, hash]).toEqual(['h', '', '']);
    expect(pathname.startsWith('/a/k/x-')).toBe(true);
  }
});

it('jira describes an alert letter for letter, and looks for nothing else', () => {
  const yaml = "api_url: http://h/2\nproject: OPS\nissue_type: Bug\ndescription: '<{{ .CommonAnnotations.summary }}>'";
  const searches = new Set<string>();
  for (const text of NAUGHTY) {
    const search = postOf(draft(element('jira_configs', yaml), sampleMessage([naughtyAlert(text)])));
    const asked = search.write(() => '', NOW);
    searches.add(JSON.stringify(asked));
    const create = search.judge!({ status: 200, headers: new Map(), body: '{"issues":[]}', at: NOW, hide: String });
    if (create === null || !('write' in create)) throw new Error('it has nothing more to ask');
    const wire = create.write(() => '', NOW);
    if (wire.kind !== 'wire') throw new Error(wire.detail);
    expect(at(JSON.parse(wire.body), ['fields', 'description'])).toBe(`<${text.toWellFormed()}>`);
    expect(at(JSON.parse(wire.body), ['fields', 'summary'])).not.toMatch(/[\r\n]/);
  }
  expect(searches.size).toBe(1);
});

it('incidentio says what an alert says, letter for letter', () => {
  const entry = element('incidentio_configs', 'url: http://h/\nalert_source_token: t');
  for (const text of NAUGHTY) {
    const { body } = wireOf(draft(entry, sampleMessage([naughtyAlert(text)])));
    expect(at(JSON.parse(body), ['alerts', 0, 'annotations', 'summary'])).toBe(text.toWellFormed());
  }
});
