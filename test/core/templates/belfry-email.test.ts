// Our mails, as their readers find them.
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../../src/model/cells.ts';
import { Labels } from '../../../src/model/labels.ts';
import type { Message } from '../../../src/notify/message.ts';
import { sampleMessage, type SampleAlert } from '../../support/integration-scene.ts';
import { mailText } from '../../support/mail-text.ts';
import { rendered, type Reader } from '../../support/rendered.ts';

const BERLIN: Reader = { lang: 'en', timezone: 'Europe/Berlin' };
const SHANGHAI: Reader = { lang: 'zh', timezone: 'Asia/Shanghai' };

const disk = (instance: string, over: SampleAlert = {}): SampleAlert => ({
  labels: { alertname: 'DiskFull', instance, cluster: 'prod', severity: 'critical' },
  annotations: {
    summary: 'Disk is nearly full',
    description: 'Writes will fail.\nRemove old logs below /var/log first, then let the volume grow.',
    runbook_url: 'https://runbooks.example/disk',
    dashboard: 'https://dashboards.example/d/1',
    value: '95%',
  },
  ...over,
});

const one = sampleMessage([disk('a:9100')], { receiver: 'team.web' });
const two = sampleMessage([disk('a:9100'), disk('b:9100', { status: 'resolved' })]);
const many = sampleMessage(Array.from({ length: 60 }, (_, i) => disk(`node-${i}`)));
const plain = sampleMessage([{ labels: { alertname: 'Watchdog' }, generatorURL: '' }], { externalURL: '' });

const html = (message: Message, reader: Reader): string =>
  rendered('{{ template "belfry.email.html" . }}', message, { ...reader, mode: 'html' });
const text = (message: Message, reader: Reader): string =>
  rendered('{{ template "belfry.email.text" . }}', message, reader);
const silence = (filter: string): string => `http://belfry.example/#/silences/new?filter=${encodeURIComponent(filter)}`;

describe('`belfry.email.subject` is a state and what stays', () => {
  it.each<[Message, Reader, string]>([
    [one, BERLIN, '[FIRING] DiskFull'],
    [two, BERLIN, '[FIRING 1, RESOLVED 1] DiskFull'],
    [two, SHANGHAI, '[触发中 1，已恢复 1] DiskFull'],
    [
      sampleMessage([disk('a')], { groupLabels: Labels.of([['cluster', 'prod']]) }),
      BERLIN,
      '[FIRING] DiskFull cluster=prod',
    ],
  ])('%#', (message, reader, expected) => {
    expect(rendered('{{ template "belfry.email.subject" . }}', message, reader)).toBe(expected);
  });
});

describe('`belfry.email.html`', () => {
  it('of one alert says all about it', () => {
    expect(mailText(html(one, BERLIN))).toEqual({
      title: 'FIRING: DiskFull a:9100 (critical)',
      words: [
        'FIRING: DiskFull a:9100 95% (critical)',
        'FIRING (critical) DiskFull a:9100 \u00A0 95%',
        'Disk is nearly full',
        'Writes will fail. Remove old logs below /var/log first, then let the volume grow.',
        'Value 95% Time since 05:56 +01:00 (04:56 UTC), for 4m',
        'alertname DiskFull cluster prod instance a:9100 severity critical',
        'dashboard https://dashboards.example/d/1',
        'Runbook Graph Silence All alerts',
        'Belfry, team.web, first notification',
      ].join(' '),
      links: [
        'https://dashboards.example/d/1',
        'https://runbooks.example/disk',
        'http://prometheus.example/graph?g0.expr=load',
        silence('{alertname="DiskFull", cluster="prod", instance="a:9100", severity="critical"}'),
        'http://belfry.example/#/alerts?receiver=team%5C.web',
      ],
    });
  });

  it('of several, in Chinese', () => {
    const { words, links } = mailText(html(two, SHANGHAI));
    expect(words).toBe(
      [
        '触发中 1，已恢复 1：DiskFull a:9100 95%（critical）',
        '触发中 1，已恢复 1（critical） DiskFull',
        'Disk is nearly full',
        'Writes will fail. Remove old logs below /var/log first, then let the volume grow.',
        '触发中 a:9100 95% 12:56 +08:00（04:56 UTC）起，已持续 4 分钟 \u00A0 图表 \u00A0 静默 \u00A0',
        '已恢复 b:9100 曾为 95% 持续 4 分钟，13:00 +08:00（05:00 UTC）恢复 \u00A0 图表 \u00A0',
        '共同标签 alertname=DiskFull, cluster=prod, severity=critical',
        '处理手册 静默 全部告警',
        'Belfry，team，首次通知',
      ].join(' '),
    );
    expect(links).toContain(silence('{alertname="DiskFull", cluster="prod", instance="a:9100", severity="critical"}'));
    expect(links).toContain(silence('{alertname="DiskFull", cluster="prod", severity="critical"}'));
  });

  it('of one with nothing but a name has nothing empty', () => {
    const page = html(plain, BERLIN);
    expect(mailText(page)).toMatchObject({ links: [], title: 'FIRING: Watchdog' });
    expect(page).not.toMatch(/href=""|<p[^>]*><\/p>|<td[^>]*><\/td>/);
  });

  it('shows forty and how many more there are, and where', () => {
    const { words, links } = mailText(html(many, BERLIN));
    expect(words.match(/node-\d+ 95% since/g)).toHaveLength(40);
    expect(words).toContain('+20 more: All alerts');
    expect(links.filter((link) => link === 'http://belfry.example/#/alerts?receiver=team')).toHaveLength(2);
  });

  it('is ready for dark screens, and fetches nothing', () => {
    const page = html(two, BERLIN);
    expect(page).toContain('<meta name="color-scheme" content="light dark">');
    expect(page).toContain('@media (prefers-color-scheme: dark)');
    expect(page).not.toMatch(/<img|<link|@import|url\(|#fff\b|#ffffff|#000\b|#000000|white;|black;/i);
  });

  it('colours by how bad it is', () => {
    const colors = ['critical', 'warning', 'info', 'over'].map((severity) => {
      const status = severity === 'over' ? 'resolved' : 'firing';
      const page = html(sampleMessage([{ labels: { alertname: 'X', severity }, status }]), BERLIN);
      return /border-radius:7px 7px 0 0;background-color:(#\w{6})/.exec(page)?.[1];
    });
    expect(new Set(colors).size).toBe(4);
  });
});

const NASTY = `</td></table><script>x</script> "' & \u2028 <b onclick=x> ${'ab&"<'.repeat(2000)}`;

describe('whatever alerts say', () => {
  const nasty = (count: number): Message =>
    sampleMessage(
      Array.from({ length: count }, (_, i) => ({
        labels: {
          ...Object.fromEntries(Array.from({ length: 40 }, (__, k) => [`l${k}`, `${i}${NASTY}`])),
          ...{ alertname: NASTY, instance: `${i}${NASTY}`, severity: NASTY },
        },
        annotations: Object.fromEntries(
          ['summary', 'description', 'runbook_url', 'value', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map(
            (name) => [name, NASTY],
          ),
        ),
        generatorURL: `https://p.example/${'"'.repeat(1900)}`,
      })),
      {
        groupLabels: Labels.of([
          ['alertname', NASTY],
          ['x', NASTY],
        ]),
      },
    );

  it.each([1, 2, 10, 100])('the HTML of %i alerts stays below 90 kB and is text', (count) => {
    const page = html(nasty(count), BERLIN);
    expect(Buffer.byteLength(page)).toBeLessThan(90_000);
    expect(page).not.toMatch(/<script|<b onclick/);
    expect(page.match(/<\/table>/g)).toHaveLength(page.match(/<table/g)!.length);
  });

  it('links go nowhere but to the web', () => {
    const alert = { labels: { alertname: 'X' }, generatorURL: 'javascript:x' };
    const annotations = { runbook_url: 'data:text/html,x', dashboard: 'vbscript:x' };
    const page = html(sampleMessage([{ ...alert, annotations }]), BERLIN);
    expect(mailText(page).links.every((link) => link.startsWith('http://belfry.example/'))).toBe(true);
  });

  it('the text keeps within 72 columns, but for words that are longer', () => {
    const words = fc.array(
      fc.oneof(
        fc.string({ maxLength: 20 }),
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.constant('磁盘即将写满。'),
      ),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 60 }), (list, count) => {
        const prose = list.join(' ');
        const alert = (i: number): SampleAlert => ({
          labels: { alertname: 'X', instance: `i${i}`, zone: prose },
          annotations: { summary: prose, description: prose, value: '1' },
          generatorURL: '',
        });
        const message = sampleMessage(
          Array.from({ length: count }, (_, i) => alert(i)),
          { externalURL: '' },
        );
        const long = [BERLIN, SHANGHAI]
          .flatMap((reader) => text(message, reader).split('\n'))
          .filter((line) => cellsOf(line) > 72);
        expect(long.filter((line) => !/^ *(?:- )?[^ ]+$/.test(line))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

const NAUGHTY = JSON.parse(
  readFileSync(new URL('../../fixtures/naughty-strings.json', import.meta.url), 'utf8'),
) as readonly string[];
const TAGS = 'a body br div head html meta p span strong style table td title tr'.split(' ');

it('naughty strings make no tag, no attribute and no address in a mail', () => {
  for (const text of NAUGHTY) {
    const annotations = { summary: text, description: text, runbook_url: text, value: text, other: text };
    const alert = (id: string): SampleAlert => ({
      labels: { alertname: text, instance: text, severity: text, id },
      ...{ annotations, generatorURL: text },
    });
    for (const alerts of [[alert('a')], [alert('a'), alert('b')]]) {
      const page = html(sampleMessage(alerts, { receiver: text || 'x' }), SHANGHAI);
      expect([...page.matchAll(/<\/?([a-z]+)/gi)].map(([, tag]) => tag!).filter((tag) => !TAGS.includes(tag))).toEqual(
        [],
      );
      expect(page).not.toMatch(/<[^>]*\son\w+=/i);
      expect(mailText(page).links.filter((link) => !/^https?:\/\/\S+$/.test(link))).toEqual([]);
    }
  }
});

it('`belfry.email.text` of one alert', () => {
  expect(text(one, BERLIN)).toBe(
    [
      'FIRING: DiskFull a:9100 95% (critical)',
      'Disk is nearly full',
      '',
      'Writes will fail.',
      'Remove old logs below /var/log first, then let the volume grow.',
      '',
      'Where: a:9100',
      'Value: 95%',
      'Severity: critical',
      'Time: since 05:56 +01:00 (04:56 UTC), for 4m',
      'Labels: alertname=DiskFull, cluster=prod, instance=a:9100,',
      '  severity=critical',
      '',
      'Runbook: https://runbooks.example/disk',
      'Graph: http://prometheus.example/graph?g0.expr=load',
      `Silence: ${silence('{alertname="DiskFull", cluster="prod", instance="a:9100", severity="critical"}')}`,
      'All alerts: http://belfry.example/#/alerts?receiver=team%5C.web',
      '',
      '-- ',
      'Belfry, team.web, first notification',
      '',
    ].join('\n'),
  );
});
