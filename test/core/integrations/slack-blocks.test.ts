import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { draft, element, NOW, sampleMessage, templateSet } from '../../support/integration-scene.ts';
import type { SampleAlert, Setting } from '../../support/integration-scene.ts';
import { refusalOf } from '../../support/slack-limits.ts';
import { webhookBody } from '../../support/slack-scene.ts';
import type { Message } from '../../../src/notify/message.ts';

const HOOK = 'api_url: http://h/hook';

const body = (alerts: readonly SampleAlert[], over: Partial<Message> = {}, setting: Setting = {}, yaml = HOOK) =>
  webhookBody(draft(element('slack_configs', yaml, setting), sampleMessage(alerts, over)));

const alert = (instance: string, over: SampleAlert = {}): SampleAlert => ({
  labels: { alertname: 'RedisMemoryHigh', severity: 'critical', cluster: 'prod-sh', instance },
  annotations: { summary: 'Redis is close to maxmemory', value: '94 %', threshold: '90', ...over.annotations },
  ...over,
});

describe('ourMessage()', () => {
  it('says what, how bad, where, since when, and what to do', () => {
    const annotations = { summary: 'Redis is full', runbook_url: 'https://run.example/redis?a=1&b=2', value: '94 %' };
    const text = '🔴 FIRING: RedisMemoryHigh cache-1 94 % (critical) · Redis is full';
    expect(body([alert('cache-1', { annotations })])).toEqual({
      text,
      unfurl_links: false,
      unfurl_media: false,
      blocks: [{ type: 'header', text: { type: 'plain_text', text: '🔴 FIRING: RedisMemoryHigh cache-1 (critical)' } }],
      attachments: [
        {
          color: '#d1242f',
          fallback: text,
          blocks: [
            context('`cluster=prod-sh`   since <!date^1795150560^{date_short_pretty} {time}|2026-11-20 04:56 UTC>'),
            section('Redis is full'),
            section('•  94 %'),
            {
              type: 'actions',
              elements: [
                button('Runbook', 'https://run.example/redis?a=1&b=2'),
                button('Graph', 'http://prometheus.example/graph?g0.expr=load'),
                button('Silence', expect.stringMatching(/^http:..belfry.example.#.silences.new.filter=/) as string),
                button('Belfry', 'http://belfry.example/#/alerts?receiver=team'),
              ],
            },
            context('team · first notification'),
          ],
        },
      ],
    });
  });

  it('says the value now, the peak, and how long, when it is over and Belfry has evaluated it', () => {
    const reading = { value: 71, peak: 97, threshold: null };
    const said = JSON.stringify(body([{ status: 'resolved', reading }]));
    expect(said).toContain('✅ RESOLVED: HighLoad a:9100 now 71, peak 97');
    expect(said).toContain(', for 4m"');
  });

  it('is in the receiver’s language and zone', () => {
    const setting = { receiver: 'language: zh\ntimezone: Asia/Shanghai' };
    const said = JSON.stringify(body([alert('a'), alert('b')], {}, setting));
    for (const words of ['🔴 触发中 2：RedisMemoryHigh', ' 起"', '2026-11-20 12:56 CST', '静默', 'team · 首次通知']) {
      expect(said).toContain(words);
    }
  });

  it.each([
    ['critical', 'firing', '#d1242f', '🔴 FIRING'],
    ['page', 'firing', '#d1242f', '🔴 FIRING'],
    ['Warning', 'firing', '#e8912d', '🟠 FIRING'],
    ['info', 'firing', '#1d9bd1', '🔵 FIRING'],
    ['critical', 'resolved', '#2eb67d', '✅ RESOLVED'],
  ] as const)('shows %s, %s, by colour, symbol and word', (severity, status, colour, words) => {
    const said = body([{ status, labels: { alertname: 'A', severity } }]);
    expect(said).toMatchObject({ attachments: [{ color: colour }], text: expect.stringContaining(words) as string });
  });

  it('shows the worst of those that fire, and what has ended apart', () => {
    const labels = (instance: string, severity: string) => ({ alertname: 'A', severity, instance });
    const said = body([
      { labels: labels('a', 'warning'), annotations: { summary: 'a is slow' } },
      { labels: labels('b', 'critical'), status: 'resolved', annotations: { summary: 'b is down' } },
    ]);
    expect(said).toMatchObject({
      blocks: [{ text: { text: '🟠 FIRING 1, RESOLVED 1: A (warning)' } }],
      attachments: [{ color: '#e8912d' }],
    });
    expect(JSON.stringify(said)).toContain('•  FIRING a (warning): a is slow\\n•  RESOLVED b (critical): b is down');
  });

  it('tells alerts apart by what differs, where they come from one exporter', () => {
    const ksm = { alertname: 'NodeNotReady', instance: '10.0.0.5:8080', job: 'kube-state-metrics' };
    const said = body([{ labels: { ...ksm, node: 'worker-3' } }, { labels: { ...ksm, node: 'worker-7' } }]);
    expect((said as { text: string }).text).toBe('🟠 FIRING 2: NodeNotReady worker-3, worker-7');
    expect(JSON.stringify(said)).toContain('"•  worker-3\\n•  worker-7"');
    expect(JSON.stringify(said)).toContain('`instance=10.0.0.5:8080, job=kube-state-metrics`');
  });

  it('names eight alerts, and counts the others', () => {
    const said = JSON.stringify(body(Array.from({ length: 30 }, (_, i) => alert(`cache-${i}`))));
    expect(said.match(/•/g)).toHaveLength(8);
    expect(said).toContain('<http://belfry.example/#/alerts?receiver=team|+22 more>');
  });

  it('says enough in the first 90 characters, however long the names are', () => {
    const long = { alertname: 'A'.repeat(200), instance: 'host-'.repeat(40), severity: 'critical' };
    const said = body([{ labels: long, annotations: { value: '97 %' } }]);
    const start = (said as { text: string }).text.slice(0, 90);
    for (const words of ['FIRING', 'AAAA', 'host-', '97 %']) expect(start).toContain(words);
  });

  it('obeys nothing that stands in labels and annotations', () => {
    const bad = '<!channel> <@U0123> <https://evil.example|click> & `x` \u2028@here';
    const said = JSON.stringify(
      body([
        {
          labels: { alertname: bad, instance: bad, __proto__: bad, other: bad },
          annotations: { summary: bad, value: bad },
        },
        {
          labels: { alertname: bad, instance: 'b' },
          annotations: { summary: bad, runbook_url: 'javascript:alert(1)' },
        },
      ]),
    );
    const { text, attachments } = JSON.parse(said) as { text: string; attachments: { blocks: unknown[] }[] };
    const spoken = JSON.stringify([text, attachments]);
    expect(spoken).not.toMatch(/<[!@](?!date\^)|<https:\/\/evil|javascript:/);
    expect(spoken).toContain('&lt;!channel&gt; &lt;@U0123&gt; &lt;https://evil.example|click&gt; &amp;');
  });

  it('goes out under the name of the app, unless the receiver gives another', () => {
    expect(body([{}])).not.toHaveProperty('username');
    const named = body(
      [{}],
      {},
      {},
      `${HOOK}\nusername: 'B {{ .Status }}'\nicon_emoji: ':bell:'\nlink_names: true\nchannel: c`,
    );
    expect(named).toMatchObject({ username: 'B firing', icon_emoji: ':bell:', link_names: true, channel: 'c' });
  });

  it('gives way to Alertmanager’s as soon as the user’s templates replace a part of that', () => {
    const made = (...templates: readonly string[]) =>
      webhookBody(draft(element('slack_configs', HOOK), sampleMessage(), { templates: templateSet(...templates) }));
    expect(made()).toHaveProperty('blocks');
    expect(made('{{ define "slack.default.text" }}mine{{ end }}')).toMatchObject({ attachments: [{ text: 'mine' }] });
    expect(made('{{ define "__subject" }}mine{{ end }}')).toMatchObject({ attachments: [{ title: 'mine' }] });
    expect(made('{{ define "email.default.subject" }}mine{{ end }}')).toHaveProperty('blocks');
  });

  it('still says all it knows when a template fails, and which', () => {
    const made = draft(element('slack_configs', `${HOOK}\nusername: '{{ .Nothing }}'`), sampleMessage([alert('a')]));
    expect(made.templateError).toContain('.Nothing');
    const said = JSON.stringify(webhookBody(made));
    expect(said).toContain('RedisMemoryHigh');
    expect(said).toContain(
      '(A template failed, so this is plain: username of slack/0 (belfry.yml:7:15): template: :1:3: executing',
    );
    expect(said).not.toContain('"username"');
  });

  it('has no page to point to when nobody knows where it is', () => {
    const said = JSON.stringify(
      body(
        Array.from({ length: 9 }, (_, i) => alert(`${i}`)),
        { externalURL: '', at: NOW },
      ),
    );
    expect(said).toContain('"+1 more"');
    expect(said).not.toContain('"Silence"');
    expect(said).not.toContain('"Belfry"');
  });
});

describe('naughty strings', () => {
  const file = new URL('../../fixtures/naughty-strings.json', import.meta.url);
  const naughty = JSON.parse(readFileSync(file, 'utf8')) as readonly string[];
  const alerts = (text: string): readonly SampleAlert[] => [
    { labels: { alertname: text, instance: text, ['__proto__']: text }, annotations: { summary: text, value: text } },
    { labels: { alertname: 'B', severity: text }, annotations: { summary: 'b', description: text, runbook_url: text } },
  ];

  // By their start: some are long.
  const named = naughty.map((text) => [text.slice(0, 40), text] as const);

  it('are many', () => expect(naughty.length).toBeGreaterThan(60));

  it.each(named)('pass through our message as what they are: %j', (_, text) => {
    const said = body(alerts(text)) as Readonly<Record<string, unknown>>;
    expect(refusalOf(said)).toBeNull();
    const { text: fallback, attachments } = said as { text: string; attachments: { blocks: object[] }[] };
    const spoken = JSON.stringify([fallback, attachments[0]!.blocks.filter((block) => !('elements' in block))]);
    expect(spoken).not.toMatch(/<(?!!date\^)/);
  });

  it.each(named)('are texts in Alertmanager’s message, whatever they look like: %j', (_, text) => {
    const yaml = `${HOOK}\ntext: "{{ (index .Alerts 0).Annotations.summary }}"`;
    const [first] = (body([{ annotations: { summary: text } }], {}, {}, yaml) as { attachments: { text: string }[] })
      .attachments;
    expect(first!.text).toBe(text.toWellFormed());
  });
});

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true });
const context = (text: string) => ({ type: 'context', elements: [mrkdwn(text)] });
const section = (text: string) => ({ type: 'section', text: mrkdwn(text) });
const button = (text: string, url: string) => ({ type: 'button', text: { type: 'plain_text', text }, url });
