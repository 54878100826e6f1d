import { describe, expect, it } from 'vitest';
import { draft, element, NOW, sampleMessage, templateSet } from '../../support/integration-scene.ts';
import type { SampleAlert, Setting } from '../../support/integration-scene.ts';
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
    const annotations = { summary: 'Redis is full', runbook_url: 'https://run.example/redis?a=1&b=2' };
    expect(body([alert('cache-1', { annotations: { ...annotations, value: '94 %', threshold: '90' } })])).toEqual({
      text: '🔴 FIRING RedisMemoryHigh · cache-1 · 94 % · critical · Redis is full',
      unfurl_links: false,
      unfurl_media: false,
      blocks: [{ type: 'header', text: { type: 'plain_text', text: '🔴 FIRING · critical · RedisMemoryHigh' } }],
      attachments: [
        {
          color: '#e01e5a',
          fallback: '🔴 FIRING RedisMemoryHigh · cache-1 · 94 % · critical · Redis is full',
          blocks: [
            context(
              '`cluster=prod-sh instance=cache-1`   since <!date^1795150560^{date_short_pretty} {time}|2026-11-20 04:56 UTC>',
            ),
            section('Redis is full'),
            section('•  94 % (limit 90)'),
            {
              type: 'actions',
              elements: [
                button('Runbook', 'https://run.example/redis?a=1&b=2'),
                button('Graph', 'http://prometheus.example/graph?g0.expr=load'),
                button(
                  'Silence',
                  'http://belfry.example/#/silences/new?filter=%7Balertname%3D%22RedisMemoryHigh%22%7D',
                ),
                button('Belfry', 'http://belfry.example/#/alerts?receiver=team'),
              ],
            },
            context('for team'),
          ],
        },
      ],
    });
  });

  it('is in the receiver’s language and zone', () => {
    const setting = { receiver: 'language: zh\ntimezone: Asia/Shanghai' };
    const said = JSON.stringify(body([alert('a'), alert('b')], {}, setting));
    for (const words of [
      '🔴 触发中 · critical',
      '2 条告警',
      '自 <!date^',
      '2026-11-20 12:56 CST',
      '阈值 90',
      '静默',
      '接收器 team',
    ]) {
      expect(said).toContain(words);
    }
  });

  it.each([
    ['critical', 'firing', '#e01e5a', '🔴 FIRING'],
    ['page', 'firing', '#e01e5a', '🔴 FIRING'],
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
      blocks: [{ text: { text: '🟠 FIRING · warning · A · 1 alert, 1 resolved' } }],
      attachments: [{ color: '#e8912d' }],
    });
    expect(JSON.stringify(said)).toContain('🟠  `instance=a`  a is slow\\n✅  `instance=b`  b is down');
  });

  it('names eight alerts, and counts the others', () => {
    const said = JSON.stringify(body(Array.from({ length: 30 }, (_, i) => alert(`cache-${i}`))));
    expect(said.match(/•/g)).toHaveLength(8);
    expect(said).toContain('<http://belfry.example/#/alerts?receiver=team|+22 more>');
  });

  it('says enough in the first 90 characters, however long the names are', () => {
    const long = { alertname: 'A'.repeat(200), instance: 'host-'.repeat(40), severity: 'critical' };
    const said = body([{ labels: long, annotations: { value: '97 %' } }], {}, { receiver: 'language: en' });
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
    expect(said).toContain('A template failed: template: :1:3: executing');
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

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true });
const context = (text: string) => ({ type: 'context', elements: [mrkdwn(text)] });
const section = (text: string) => ({ type: 'section', text: mrkdwn(text) });
const button = (text: string, url: string) => ({ type: 'button', text: { type: 'plain_text', text }, url });
