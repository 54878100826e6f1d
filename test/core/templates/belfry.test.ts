// Our own messages, as their readers find them.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../../src/model/cells.ts';
import { Labels } from '../../../src/model/labels.ts';
import type { Message } from '../../../src/notify/message.ts';
import { sampleMessage, templateSet, type SampleAlert } from '../../support/integration-scene.ts';
import { rendered, type Reader } from '../../support/rendered.ts';

const BERLIN: Reader = { lang: 'en', timezone: 'Europe/Berlin' };
const SHANGHAI: Reader = { lang: 'zh', timezone: 'Asia/Shanghai' };

const texts = { summary: 'Disk is nearly full', runbook_url: 'https://runbooks.example/disk', value: '95%' };
const disk = (instance: string, over: SampleAlert = {}): SampleAlert => ({
  labels: { alertname: 'DiskFull', instance, cluster: 'prod', severity: 'critical' },
  annotations: texts,
  ...over,
});
const READING = { value: 71, peak: 97.25, threshold: { op: '>', value: 90 } } as const;

const one = sampleMessage([disk('a:9100')]);
const three = sampleMessage([disk('a:9100'), disk('b:9100'), disk('c:9100', { status: 'resolved' })]);
const over = sampleMessage([
  disk('a:9100', { status: 'resolved', startsAt: '2026-11-19T03:20:00Z', reading: READING }),
]);
const many = sampleMessage(Array.from({ length: 30 }, (_, i) => disk(`node-${i}`)));
const mixed = sampleMessage(
  [
    { labels: { alertname: 'CrashLoop', namespace: 'shop', pod: 'cart-1', severity: 'warning' } },
    { labels: { alertname: 'HighLatency', service: 'checkout', severity: 'page' } },
  ],
  { groupLabels: Labels.of([['team', 'web']]) },
);

describe('`belfry.title` says what, in what state, how many', () => {
  it.each<[string, Message, Reader, string]>([
    ['one', one, BERLIN, 'FIRING: DiskFull a:9100 (critical)'],
    ['one, in Chinese', one, SHANGHAI, '触发中：DiskFull a:9100（critical）'],
    ['some of each', three, BERLIN, 'FIRING 2, RESOLVED 1: DiskFull (critical)'],
    ['some of each, in Chinese', three, SHANGHAI, '触发中 2，已恢复 1：DiskFull（critical）'],
    ['resolved', over, BERLIN, 'RESOLVED: DiskFull a:9100 (critical)'],
    ['several names, and the worst of them', mixed, BERLIN, 'FIRING 2: CrashLoop, HighLatency team=web (page)'],
    ['without a place', sampleMessage([{ labels: { alertname: 'Watchdog' } }]), BERLIN, 'FIRING: Watchdog'],
    ['without a name', sampleMessage([{ labels: { job: 'x' } }]), SHANGHAI, '触发中：告警 x'],
  ])('%s', (_what, message, reader, expected) => {
    expect(rendered('{{ template "belfry.title" . }}', message, reader)).toBe(expected);
  });
});

describe('`belfry.summary` is one line', () => {
  it.each<[string, Message, string]>([
    ['one', one, 'FIRING: DiskFull a:9100 95% (critical)'],
    ['the first of many', many, 'FIRING 30: DiskFull node-0 95%, node-1 95%, +28 more (critical)'],
    ['what still fires', three, 'FIRING 2, RESOLVED 1: DiskFull a:9100 95%, b:9100 95% (critical)'],
    ['the worse first', mixed, 'FIRING 2: CrashLoop, HighLatency checkout, shop/cart-1 (page)'],
    ['what is resolved', over, 'RESOLVED: DiskFull a:9100 now 71, peak 97.25 (critical)'],
  ])('%s', (_what, message, expected) => {
    expect(rendered('{{ template "belfry.summary" . }}', message, BERLIN)).toBe(expected);
  });

  it('has state, alert, place and value in its first 90 characters, whatever their names', () => {
    const labels = { alertname: 'A'.repeat(200), instance: 'h'.repeat(200), team: 't'.repeat(500) };
    const message = sampleMessage([{ labels, annotations: { value: '95%' } }]);
    const line = rendered('{{ template "belfry.summary" . }}', message, BERLIN).slice(0, 90);
    expect(line).toMatch(/^FIRING: A{30,}… h{13,}…h{13,} 95%/);
  });
});

describe('`belfry.brief` is a short message', () => {
  const summary = (text: string): Readonly<Record<string, string>> => ({ summary: text });
  it.each<[string, Message, string]>([
    [
      'of one alert',
      one,
      'FIRING: DiskFull a:9100 95% (critical)\nDisk is nearly full\nsince 05:56 +01:00 (04:56 UTC), for 4m',
    ],
    [
      'of several with one summary',
      three,
      'FIRING 2, RESOLVED 1: DiskFull a:9100 95%, b:9100 95% (critical)\nDisk is nearly full',
    ],
    [
      'of several with their own, as long as they fire',
      sampleMessage([
        disk('a', { annotations: summary('a is full') }),
        disk('b', { annotations: summary('b is full') }),
        disk('c', { annotations: summary('c is full'), status: 'resolved' }),
      ]),
      'FIRING 2, RESOLVED 1: DiskFull a, b (critical)\na is full\nb is full',
    ],
    [
      'of one without a summary',
      sampleMessage([{ labels: { alertname: 'DiskFull', instance: 'a:9100', mountpoint: '/var' } }]),
      'FIRING: DiskFull a:9100\nmountpoint=/var\nsince 05:56 +01:00 (04:56 UTC), for 4m',
    ],
    ['of several without', mixed, 'FIRING 2: CrashLoop, HighLatency checkout, shop/cart-1 (page)'],
  ])('%s', (_what, message, expected) => {
    expect(rendered('{{ template "belfry.brief" . }}', message, BERLIN)).toBe(expected);
  });
});

const SILENCE = 'http://belfry.example/#/silences/new?filter=';

describe('`belfry.text`', () => {
  it('of one alert has all there is to know', () => {
    expect(rendered('{{ template "belfry.text" . }}', one, BERLIN)).toBe(
      [
        'FIRING: DiskFull a:9100 95% (critical)',
        'Disk is nearly full',
        'since 05:56 +01:00 (04:56 UTC), for 4m',
        'cluster=prod',
        'Runbook: https://runbooks.example/disk',
        'Graph: http://prometheus.example/graph?g0.expr=load',
        `Silence: ${SILENCE}${encodeURIComponent('{alertname="DiskFull", cluster="prod", instance="a:9100", severity="critical"}')}`,
      ].join('\n'),
    );
  });

  it('of several tells them apart, and says once what they share', () => {
    expect(rendered('{{ template "belfry.text" . }}', three, SHANGHAI)).toBe(
      [
        '触发中 2，已恢复 1：DiskFull a:9100 95%, b:9100 95%（critical）',
        'Disk is nearly full',
        'cluster=prod',
        '',
        '- 触发中 a:9100 95%',
        '  12:56 +08:00（04:56 UTC）起，已持续 4 分钟',
        '- 触发中 b:9100 95%',
        '  12:56 +08:00（04:56 UTC）起，已持续 4 分钟',
        '- 已恢复 c:9100 曾为 95%',
        '  持续 4 分钟，13:00 +08:00（05:00 UTC）恢复',
        '',
        '处理手册：https://runbooks.example/disk',
        `静默：${SILENCE}${encodeURIComponent('{alertname="DiskFull", cluster="prod", severity="critical"}')}`,
        '全部告警：http://belfry.example/#/alerts?receiver=team',
      ].join('\n'),
    );
  });

  it('of many shows twenty and how many more there are', () => {
    const lines = rendered('{{ template "belfry.text" . }}', many, BERLIN).split('\n');
    expect(lines.filter((line) => line.startsWith('- '))).toHaveLength(20);
    expect(lines).toContain('+10 more');
  });

  it('keeps within 72 columns what people word in ordinary length', () => {
    const lines = [one, three, over, mixed, many].flatMap((message) =>
      [BERLIN, SHANGHAI].flatMap((reader) => rendered('{{ template "belfry.text" . }}', message, reader).split('\n')),
    );
    expect(lines.filter((line) => cellsOf(line) > 72 && !line.includes('http'))).toEqual([]);
  });
});

describe('`belfry.markdown`', () => {
  it('of one alert', () => {
    expect(rendered('{{ template "belfry.markdown" . }}', over, BERLIN)).toBe(
      [
        'Disk is nearly full',
        '',
        '**[a:9100 now 71, peak 97.25](http://prometheus.example/graph?g0.expr=load)**, lasted 1d 1h, until 06:00 +01:00 (05:00 UTC)',
        '',
        'cluster=prod',
        '',
        '[Runbook](https://runbooks.example/disk) | [All alerts](http://belfry.example/#/alerts?receiver=team)',
      ].join('\n'),
    );
  });

  it('of several offers no silence for what they do not share', () => {
    expect(rendered('{{ template "belfry.markdown" . }}', mixed, SHANGHAI)).toBe(
      [
        '- **[HighLatency checkout（page）](http://prometheus.example/graph?g0.expr=load)**，12:56 +08:00（04:56 UTC）起，已持续 4 分钟',
        '- **[CrashLoop shop/cart-1（warning）](http://prometheus.example/graph?g0.expr=load)**，12:56 +08:00（04:56 UTC）起，已持续 4 分钟',
        '',
        '[全部告警](http://belfry.example/#/alerts?receiver=team)',
      ].join('\n'),
    );
  });

  it('lets no value be anything but text', () => {
    const nasty = '*b* _i_ ~s~ [x](http://evil.example) `c` <@U1> # | & \\ \u2028\r\n> q';
    const labels = { alertname: nasty, instance: nasty, zone: nasty };
    const annotations = { summary: nasty, description: nasty, runbook_url: 'javascript:alert(1)', value: nasty };
    const message = sampleMessage([{ labels, annotations, generatorURL: 'http://p.example/a)b<c' }]);
    const text = rendered('{{ template "belfry.markdown" . }}', message, BERLIN);
    const own = text
      .replaceAll(/\\[\\`*_~[\]<>|#&]/g, '')
      .replaceAll(/\]\(http:\/\/(?:p|belfry)\.example[^()\s]*\)/g, '](u)');
    expect(own.replaceAll(/[^*_~[\]`<>|#&\\]/g, '')).toBe('**[]**|[]|[]');
    expect(text).toContain('(http://p.example/a%29b%3Cc)');
    expect(text).toContain('Runbook: javascript:alert(1) |');
  });
});

describe('where: what differs between the alerts of a message is in each line', () => {
  const ksm = { alertname: 'NodeNotReady', instance: '10.0.0.5:8080', job: 'kube-state-metrics', severity: 'page' };
  const nodes = sampleMessage([{ labels: { ...ksm, node: 'worker-3' } }, { labels: { ...ksm, node: 'worker-7' } }]);
  const disks = sampleMessage([
    { labels: { alertname: 'DiskFull', instance: 'web-1:9100', device: 'sda' } },
    { labels: { alertname: 'DiskFull', instance: 'web-1:9100', device: 'sdb' } },
  ]);

  it.each<[string, Message, string, readonly string[]]>([
    ['nodes an exporter tells of', nodes, 'belfry.title', ['FIRING 2: NodeNotReady (page)']],
    ['nodes an exporter tells of', nodes, 'belfry.summary', ['FIRING 2: NodeNotReady worker-3, worker-7 (page)']],
    ['nodes an exporter tells of', nodes, 'belfry.text', ['- worker-3', '- worker-7', 'instance=10.0.0.5:8080, job=']],
    ['nodes an exporter tells of', nodes, 'belfry.email.text', ['- worker-3', '- worker-7', 'instance=10.0.0.5:8080']],
    ['nodes an exporter tells of', nodes, 'belfry.email.html', ['<strong>worker-3</strong>', '<strong>worker-7</']],
    ['nodes an exporter tells of', nodes, 'belfry.markdown', ['**[worker-3](', '**[worker-7](']],
    ['devices of a machine', disks, 'belfry.title', ['FIRING 2: DiskFull web-1:9100']],
    ['devices of a machine', disks, 'belfry.summary', ['FIRING 2: DiskFull web-1:9100 device=sda, device=sdb']],
    ['devices of a machine', disks, 'belfry.text', ['- device=sda\n', '- device=sdb\n']],
  ])('%s, %#', (_what, message, name, said) => {
    const text = rendered(`{{ template "${name}" . }}`, message, {
      ...BERLIN,
      mode: name.endsWith('html') ? 'html' : 'text',
    });
    for (const words of said) expect(text).toContain(words);
  });

  it('says of one alert what it is about, and beside it every other label once', () => {
    const labels = { ...ksm, namespace: 'shop', deployment: 'cart', host: 'h1', hostname: 'h2' };
    const text = rendered('{{ template "belfry.text" . }}', sampleMessage([{ labels }]), BERLIN).split('\n');
    expect(text[0]).toBe('FIRING: NodeNotReady shop/cart h1 (page)');
    expect(text).toContain('hostname=h2, instance=10.0.0.5:8080, job=kube-state-metrics');
  });

  it('keeps both ends of a name that is too long, for that is where long names differ', () => {
    const pods = ['7f8d9-abcde', '7f8d9-fghij'].map((end) => ({
      labels: { alertname: 'Pod', namespace: 'monitoring', pod: `a-very-long-name-of-a-deployment-${end}` },
    }));
    const line = rendered('{{ template "belfry.summary" . }}', sampleMessage(pods), BERLIN);
    expect(line).toContain('monitoring/a-ve…ent-7f8d9-abcde, ');
  });

  it('asks a `belfry.where` of the user’s of alerts only', () => {
    const own = '{{ define "belfry.where" }}rack {{ .Labels.rack }}{{ end }}';
    const racks = ['r1', 'r2'].map((rack) => ({ labels: { alertname: 'A', rack } }));
    expect(rendered('{{ template "belfry.summary" . }}', sampleMessage(racks), BERLIN, own)).toBe(
      'FIRING 2: A rack r1, rack r2',
    );
    expect(rendered('{{ template "belfry.title" . }}', sampleMessage([racks[0]!]), BERLIN, own)).toBe(
      'FIRING: A rack r1',
    );
  });
});

describe('times', () => {
  const at = (startsAt: string): Message => sampleMessage([{ startsAt }]);
  const since = '{{ range .Alerts }}{{ template "belfry.since" . }}{{ end }}';
  it.each<[string, Message, Reader, string]>([
    ['UTC is said once', at('2026-11-20T04:56:30Z'), { lang: 'en', timezone: 'UTC' }, 'since 04:56 UTC, for 3m 30s'],
    ['another day', at('2026-11-18T22:00:00Z'), BERLIN, 'since 2026-11-18 23:00 +01:00 (22:00 UTC), for 1d 7h'],
    [
      'another day in UTC only',
      at('2026-11-19T22:00:00Z'),
      SHANGHAI,
      '06:00 +08:00（2026-11-19 22:00 UTC）起，已持续 7 小时',
    ],
    [
      'half an hour beside',
      at('2026-11-20T04:56:00Z'),
      { lang: 'en', timezone: 'Asia/Kolkata' },
      'since 10:26 +05:30 (04:56 UTC), for 4m',
    ],
    ['a beginning in the future', at('2026-11-20T05:10:00Z'), BERLIN, 'since 06:10 +01:00 (05:10 UTC)'],
  ])('%s', (_what, message, reader, expected) => {
    expect(rendered(since, message, reader)).toBe(expected);
  });
});

describe('`belfry.value`', () => {
  const value = '{{ range .Alerts }}{{ template "belfry.value" . }}{{ end }}';
  const unknown = { ...READING, value: null };
  it.each<[string, SampleAlert, string, string]>([
    ['nothing is known', {}, '', ''],
    ['what the rule says', { annotations: { value: '95%' }, reading: READING }, '95%', '95%'],
    ['what Belfry knows, and what the rule compares with', { reading: READING }, '71 > 90', '71 > 90'],
    ['without anything to compare with', { reading: { ...READING, threshold: null } }, '71', '71'],
    ['resolved', { status: 'resolved', reading: READING }, 'now 71, peak 97.25', '现值 71，峰值 97.25'],
    ['resolved, the value unknown', { status: 'resolved', reading: unknown }, 'peak 97.25', '峰值 97.25'],
    ['resolved, from elsewhere', { status: 'resolved', annotations: { value: '95%' } }, 'was 95%', '曾为 95%'],
  ])('%s', (_what, alert, english, chinese) => {
    const message = sampleMessage([alert]);
    expect([rendered(value, message, BERLIN), rendered(value, message, SHANGHAI)]).toEqual([english, chinese]);
  });
});

describe('`belfry.silence.url`', () => {
  const url = '{{ template "belfry.silence.url" . }}';
  it.each<[string, Record<string, string>, string]>([
    [
      'names and values as matchers are written',
      { alertname: 'X', 机房: 'a "b" + c' },
      '{alertname="X", "机房"="a \\"b\\" + c"}',
    ],
    ['nothing for labels that are too long', { alertname: 'X', a: 'x'.repeat(1000) }, ''],
    ['nothing where alerts have no name', { job: 'x' }, ''],
  ])('%s', (_what, labels, filter) => {
    const expected = filter === '' ? '' : `${SILENCE}${encodeURIComponent(filter)}`;
    expect(rendered(url, sampleMessage([{ labels }]), BERLIN)).toBe(expected);
  });
});

it('a user’s word is used everywhere', () => {
  const own = '{{ define "belfry.word.firing" }}ALARM{{ end }}';
  expect(rendered('{{ template "belfry.title" . }}', one, BERLIN, own)).toBe('ALARM: DiskFull a:9100 (critical)');
});

it.each(['belfry.title', 'belfry.summary', 'belfry.text', 'belfry.markdown', 'belfry.email.text'])(
  '`%s` of ten thousand alerts is in budget',
  (name) => {
    const message = sampleMessage(Array.from({ length: 10_000 }, (_, i) => disk(`node-${i}`)));
    expect(rendered(`{{ template "${name}" . }}`, message, BERLIN).length).toBeLessThan(20_000);
  },
);

it('every name README.md tells of is there', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const told = [...readme.matchAll(/`(belfry\.[a-z.]+)`/g)].map(([, name]) => name!);
  expect(told).toContain('belfry.text');
  const names = new Set(templateSet().names);
  expect(told.filter((name) => !names.has(name) && !name.endsWith('.yml') && !name.endsWith('.tmpl'))).toEqual([]);
});
