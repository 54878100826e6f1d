import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Wire } from '../../../src/integrations/http/request.ts';
import { draft, element, sampleMessage, wireOf, type SampleAlert } from '../../support/integration-scene.ts';

const NAUGHTY = JSON.parse(
  readFileSync(new URL('../../fixtures/naughty-strings.json', import.meta.url), 'utf8'),
) as readonly string[];

/** The text that people read stands under `path`, as it is. */
const KINDS: readonly { kind: string; yaml: string; textKey: string; path: readonly (string | number)[] }[] = [
  { kind: 'discord', yaml: 'webhook_url: http://h/', textKey: 'message', path: ['embeds', 0, 'description'] },
  { kind: 'msteams', yaml: 'webhook_url: http://h/', textKey: 'text', path: ['text'] },
  {
    ...{ kind: 'msteamsv2', yaml: 'webhook_url: http://h/', textKey: 'text' },
    path: ['attachments', 0, 'content', 'body', 1, 'text'],
  },
  { kind: 'opsgenie', yaml: 'api_key: k\napi_url: http://h/', textKey: 'description', path: ['description'] },
  { kind: 'pagerduty', yaml: 'routing_key: k\nurl: http://h/', textKey: 'description', path: ['payload', 'summary'] },
  { kind: 'pushover', yaml: 'user_key: u\ntoken: t', textKey: 'message', path: ['message'] },
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
];

const naughtyAlert = (text: string): SampleAlert => ({
  labels: { alertname: 'Naughty', instance: text, ['__proto__x']: text },
  annotations: { summary: text, description: text },
  generatorURL: `http://p.example/?a=${text}`,
});

const decoded = (wire: Wire): unknown =>
  wire.headers['Content-Type'] === 'application/json'
    ? JSON.parse(wire.body)
    : Object.fromEntries(new URLSearchParams(wire.body));

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
      const said = at(decoded(wireOf(made(`${textKey}: '<{{ .CommonAnnotations.summary }}>'`, text))), path);
      const whole = `<${text.toWellFormed()}>`;
      const cut = typeof said === 'string' && said.endsWith('…') ? said.slice(0, -1) : null;
      if (cut === null) expect(said).toBe(whole);
      else expect(whole.startsWith(cut) && whole.length > 1000).toBe(true);
    }
  });

  it('lets no alert choose where a message goes, or what it is besides its text', () => {
    const [first, ...others] = NAUGHTY.map((text) => wireOf(made('', text)));
    const shape = (wire: Wire): unknown => ({
      ...{ method: wire.method, url: wire.url, headers: wire.headers },
      keys: Object.keys(decoded(wire) as object).filter((key) => key !== 'description'),
    });
    for (const wire of others) expect(shape(wire)).toEqual(shape(first!));
  });

  it('says so plainly when a template fails, with all it needs', () => {
    const failing = `${textKey}: '{{ template "nowhere" . }}'`;
    for (const text of ['<b>', 'x'.repeat(10_000)]) {
      const { draft: plain, templateError } = made(failing, text);
      expect(templateError).toContain('"nowhere"');
      const wire = wireOf({ draft: plain, templateError });
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
