import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compose } from '../../../src/integrations/email/send-compose.ts';
import { fittedBodies } from '../../../src/integrations/email/bodies.ts';
import { Scene } from '../../../src/integrations/scene.ts';
import { previewOf } from '../../../src/integrations/preview.ts';
import { writeMemory, type Thread } from '../../../src/integrations/email/memory.ts';
import { Labels } from '../../../src/model/labels.ts';
import { draft, element, sampleMessage, templateSet, type SampleAlert } from '../../support/integration-scene.ts';
import { header, mailOf } from '../../support/mail-scene.ts';
import { readMail } from '../../support/smtp-world.ts';

const BASE = 'to: oncall@example.org\nfrom: Belfry <belfry@example.org>\nsmarthost: smtp.example.org:587';
const critical = { labels: { alertname: 'HighLoad', instance: 'a:9100', severity: 'critical' } };
const naughty = JSON.parse(
  readFileSync(new URL('../../fixtures/naughty-strings.json', import.meta.url), 'utf8'),
) as readonly string[];

const refusal = (yaml: string, alerts?: readonly SampleAlert[]): string => {
  const made = draft(element('email_configs', yaml), sampleMessage(alerts)).draft;
  return made.kind === 'refused' ? made.detail : `a draft of kind ${made.kind}`;
};

describe('the head of a mail', () => {
  it('says what machines sort by', () => {
    const mail = mailOf(BASE, sampleMessage([critical, { labels: { alertname: 'HighLoad', severity: 'warning' } }]));
    expect(mail.headers.map(({ name }) => [name, header(mail, name)])).toEqual([
      ['From', 'Belfry <belfry@example.org>'],
      ['To', 'oncall@example.org'],
      ['Subject', '[FIRING 2] HighLoad'],
      ['Message-Id', '<key-1@example.org>'],
      ['Date', 'Fri, 20 Nov 2026 05:00:00 +0000'],
      ['Auto-Submitted', 'auto-generated'],
      ['List-Id', 'team <team.belfry.example.org>'],
      ['X-Belfry-Status', 'firing'],
      ['X-Belfry-Severity', 'critical, warning'],
      ['X-Belfry-Group', 'alertname="HighLoad"'],
    ]);
    expect(mail).toMatchObject({ from: 'belfry@example.org', recipients: ['oncall@example.org'] });
  });

  it('is on the clock, and in the language, of the receiver', () => {
    const mail = mailOf(BASE, sampleMessage(), { receiver: 'language: zh\ntimezone: Asia/Shanghai' });
    expect(header(mail, 'Date')).toBe('Fri, 20 Nov 2026 13:00:00 +0800');
    expect(header(mail, 'Subject')).toBe('[触发中] HighLoad');
  });

  it('is the user’s where the user says so; what is empty is left out', () => {
    const own = `headers:
  subject: '{{ .Status }} {{ .GroupLabels.alertname }}'
  to: '"Doe, Jane" <jane@example.org>, ops@example.org'
  list-id: ''
  x-team: '{{ .Receiver }}'
  X-Belfry-Severity: p1
  cc: nobody at all
reply_to: '{{ .Receiver }}@example.org'`;
    const mail = mailOf(`${BASE}\n${own}`);
    expect(header(mail, 'Subject')).toBe('firing HighLoad');
    expect(header(mail, 'To')).toBe('Doe, Jane <jane@example.org>, ops@example.org');
    expect(header(mail, 'List-Id')).toBeNull();
    expect(header(mail, 'X-Team')).toBe('team');
    expect(header(mail, 'X-Belfry-Severity')).toBe('p1');
    expect(header(mail, 'Cc')).toBe('nobody at all');
    expect(header(mail, 'Reply-To')).toBe('team@example.org');
    expect(mail.recipients).toEqual(['oncall@example.org']);
  });

  it('gives a receiver of any name a list', () => {
    const id = (receiver: string) => header(mailOf(BASE, sampleMessage([{}], { receiver })), 'List-Id');
    expect(id('Team A/B')).toBe('Team A/B <team-a-b.belfry.example.org>');
    expect(id('值班')).toBe('值班 <receiver.belfry.example.org>');
    expect(id('x> "<y@evil.example>')).toBe('x    y@evil.example <x-y-evil-example.belfry.example.org>');
  });
});

describe('who a mail is for', () => {
  it('may hang on labels', () => {
    const to = (owner: string) =>
      mailOf(
        BASE.replace('oncall@example.org', '"{{ .CommonLabels.owner }}@example.org"'),
        sampleMessage([{ labels: { owner } }]),
      ).recipients;
    expect(to('jane')).toEqual(['jane@example.org']);
    expect(to('a@example.net, jane')).toEqual(['a@example.net', 'jane@example.org']);
  });

  it.each([
    [BASE.replace('oncall@example.org', '"{{ .CommonLabels.owner }}"'), `no usable 'to' address`],
    [BASE.replace('oncall@example.org', 'nobody'), `no usable 'to' address; "nobody" is no mail address`],
    [
      BASE.replace('Belfry <belfry@example.org>', 'a@example.org, b@example.org'),
      `must be exactly one 'from' address (got: 2)`,
    ],
    [
      BASE.replace('Belfry <belfry@example.org>', 'nobody'),
      `must be exactly one 'from' address (got: 1); "nobody" is no mail address`,
    ],
  ])('is refused where it is nobody: %j', (yaml, detail) => {
    expect(refusal(yaml)).toBe(detail);
  });

  it('cannot be added to by a line break in a label', () => {
    const yaml = BASE.replace('oncall@example.org', '"{{ .CommonLabels.owner }}@example.org"');
    expect(refusal(yaml, [{ labels: { owner: 'a@evil.example\r\nBcc: b' } }])).toMatch(/^no usable 'to' address/);
  });

  it('tells of an address that is none beside those that are', () => {
    const mail = mailOf(BASE.replace('oncall@example.org', 'oncall@example.org, nobody'));
    expect(mail.recipients).toEqual(['oncall@example.org']);
    expect(mail.progress.refused).toEqual([{ address: '"nobody" is no mail address', words: '' }]);
  });
});

describe('the bodies of a mail', () => {
  const bodies = (more: string, alerts: readonly SampleAlert[] = [critical], files: readonly string[] = []) =>
    mailOf(`${BASE}\n${more}`, sampleMessage(alerts), { templates: templateSet(...files) });

  it('are ours, in HTML and in text, with nothing said', () => {
    const { html, text } = bodies('');
    expect(html).toMatch(/^<!doctype html>/i);
    expect(html).toContain('prefers-color-scheme: dark');
    expect(text).toContain('HighLoad');
    expect(
      Math.max(
        ...text
          .split('\n')
          .filter((line) => !line.includes('http'))
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(72);
  });

  it.each([
    ['html: <b>{{ .Status }}</b>', '<b>firing</b>', /HighLoad/],
    ["html: ''", '', /HighLoad/],
    ["text: ''\nhtml: a", 'a', /^$/],
    ['text: "{{ .Status }} & <b>"\nhtml: "{{ .Status }} &amp;"', 'firing &amp;', /^firing & <b>$/],
  ])('are what %j says', (more, html, text) => {
    expect(bodies(more).html).toBe(html);
    expect(bodies(more).text).toMatch(text);
  });

  it('are upstream’s where the user’s template files define upstream’s names', () => {
    const mail = bodies(
      '',
      [critical],
      [
        '{{ define "email.default.html" }}<p>{{ .Status }}</p>{{ end }}{{ define "email.default.subject" }}mine{{ end }}',
      ],
    );
    expect(mail.html).toBe('<p>firing</p>');
    expect(header(mail, 'Subject')).toBe('mine');
    expect(mail.text).toContain('HighLoad');
    const upstream = bodies(`html: '{{ template "email.default.html" . }}'`);
    expect(upstream.html).toContain('Sent by Alertmanager');
  });

  it('say which template failed, and what fires all the same', () => {
    const mail = bodies('html: "{{ .Nothing.here }}"\nheaders: {X-Team: "{{ .Receiver }}"}');
    expect(header(mail, 'Subject')).toBe('[FIRING] HighLoad instance=a:9100 severity=critical');
    expect(header(mail, 'X-Team')).toBeNull();
    expect(mail.text).toContain('A template failed');
    expect(mail.html).toContain('&lt;.Nothing.here&gt;');
  });

  it('of a big group stay small, and say how many more there are', () => {
    const alerts = Array.from({ length: 3000 }, (_, i) => ({
      labels: { alertname: 'HighLoad', instance: `host-${i}:9100`, severity: 'critical' },
      annotations: { description: 'words '.repeat(60) },
    }));
    const ours = bodies('', alerts);
    expect(Buffer.byteLength(ours.html)).toBeLessThan(90_000);
    expect(Buffer.byteLength(ours.text)).toBeLessThan(90_000);
    const row = '{{ range .Alerts }}<p>{{ .Labels.instance }} {{ .Annotations.description }}</p>{{ end }}';
    const theirs = bodies(`html: '<body>${row}</body>'`, alerts);
    const shown = theirs.html.match(/<p>host/g)!.length;
    expect(shown).toBeGreaterThan(150);
    expect(Buffer.byteLength(theirs.html)).toBeLessThan(90_200);
    expect(theirs.html).toContain(`+${3000 - shown} more alerts not shown here</p>\n</body>`);
  });

  it('of one giant alert are cut, as text', () => {
    const giant = [{ labels: { alertname: 'Big' }, annotations: { description: '警'.repeat(400_000) } }];
    const mail = bodies("html: '{{ range .Alerts }}{{ .Annotations.description }}{{ end }}'", giant);
    expect(mail.html).toBe('');
    expect(mail.text).toContain('Big');
    const text = bodies("html: ''\ntext: '{{ range .Alerts }}{{ .Annotations.description }}{{ end }}'", giant).text;
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(90_000);
    expect(text).toMatch(/^警+…\n$/u);
  });

  it('stay HTML where the template itself is too big, below a megabyte', () => {
    const alerts = Array.from({ length: 3 }, (_, i) => ({ labels: { alertname: 'HighLoad', instance: `host-${i}` } }));
    const own = (size: number): string =>
      bodies(
        `html: '<body>${'x'.repeat(size)}{{ range .Alerts }}<p>{{ .Labels.instance }}</p>{{ end }}</body>'`,
        alerts,
      ).html;
    expect(own(120_000)).toMatch(
      /<p>host-0<\/p><p style="text-align: center">\+2 more alerts not shown here<\/p>\n<\/body>$/,
    );
    expect(own(1_000_000)).toBe('');
  });

  it.each([40_000, 80_000, 88_000, 89_900, 90_000])('are found in few renderings beside %i bytes', (fixed) => {
    const alerts = Array.from({ length: 500 }, (_, i) => ({ labels: { alertname: 'A', instance: `host-${i}` } }));
    class Counted extends Scene {
      cuts = 0;
      override cut(most: number): Scene {
        this.cuts++;
        return super.cut(most);
      }
    }
    const { locale } = element('email_configs', BASE);
    const failures = { plainBecause: null, template: null, address: null };
    const parts = { message: sampleMessage(alerts), memo: null, locale, templates: templateSet() };
    const scene = new Counted({ ...parts, expired: () => false }, failures);
    const row = `{{ range .Alerts }}<p>{{ .Labels.instance }}${'y'.repeat(160)}</p>{{ end }}`;
    const { html } = fittedBodies({ html: 'x'.repeat(fixed) + row, text: '' }, scene);
    expect(html).toContain('<p>host-0y');
    expect(scene.cuts).toBeLessThan(20);
  });

  it('have a shorter stand-in of text', () => {
    expect(bodies('').shorter).toBe(bodies('').text);
    expect(bodies("text: ''").shorter).toContain('HighLoad');
    const long = bodies(`text: ${'x'.repeat(30_000)}`).shorter;
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(16_000);
  });
});

describe('a preview', () => {
  it('shows the mail, and no password', () => {
    const login = 'auth_username: u\nauth_password: hunter2-hunter2\ntext: words\nhtml: <b>words</b>';
    const shown = previewOf(draft(element('email_configs', `${BASE}\n${login}`), sampleMessage()).draft, 0);
    expect(shown).toMatchObject({
      ...{ kind: 'mail', smarthost: 'smtp.example.org:587', from: 'belfry@example.org', to: ['oncall@example.org'] },
      ...{ text: 'words', html: '<b>words</b>' },
      headers: { From: '"Belfry" <belfry@example.org>', Subject: '[FIRING] HighLoad', To: 'oncall@example.org' },
    });
    expect(JSON.stringify(shown)).not.toContain('hunter2');
  });
});

describe('the thread of a mail', () => {
  const told = (
    thread: Thread | null,
    over: Parameters<typeof sampleMessage>[1],
    more = '',
    alerts: readonly SampleAlert[] = [{}],
  ) => {
    const mail = mailOf(`${BASE}\n${more}`, sampleMessage(alerts, over), {
      memo: writeMemory({ thread, progress: null }),
    });
    return [header(mail, 'In-Reply-To'), header(mail, 'Subject'), mail.thread?.state ?? null];
  };
  const known: Thread = { id: '<first@example.org>', stem: 'the stem', state: 'open' };

  it.each([
    ['begins', null, 'first notification', [null, '[FIRING] HighLoad', 'open']],
    ['goes on', known, 'new alerts added', ['<first@example.org>', '[FIRING] the stem', 'open']],
    ['goes on at each repeat', known, 'repeat interval elapsed', ['<first@example.org>', '[FIRING] the stem', 'open']],
    [
      'begins anew after its end',
      { ...known, state: 'over' },
      'first notification',
      [null, '[FIRING] HighLoad', 'open'],
    ],
    ['begins anew after an end nobody was told of', known, 'first notification', [null, '[FIRING] HighLoad', 'open']],
    [
      'goes on where its first mail is still arriving',
      { ...known, state: 'arriving' },
      'first notification',
      ['<first@example.org>', '[FIRING] the stem', 'open'],
    ],
  ] as const)('%s', (_what, thread, reason, expected) => {
    expect(told(thread, { reason })).toEqual(expected);
  });

  it('ends with the mail that says that all is resolved', () => {
    const resolved = [{ status: 'resolved' as const }];
    expect(told(known, { reason: 'all alerts resolved' }, '', resolved)).toEqual([
      '<first@example.org>',
      '[RESOLVED] the stem',
      'over',
    ]);
  });

  it('leaves a subject of the user’s alone', () => {
    expect(told(known, { reason: 'new alerts added' }, 'headers: {Subject: "[x] mine"}')[1]).toBe('[x] mine');
  });

  it('is the same at each attempt', () => {
    const message = sampleMessage([{}], { reason: 'first notification' });
    const ids = [null, known, { ...known, state: 'over' as const }].map((thread) => {
      const first = mailOf(BASE, message, { memo: writeMemory({ thread, progress: null }) });
      return [
        first,
        mailOf(BASE, message, { memo: writeMemory({ thread: first.threadBefore, progress: first.progress }) }),
      ];
    });
    for (const [first, second] of ids) expect(second!.headers).toEqual(first!.headers);
  });

  it.each([
    ['none', '<alert-9e65f5a2c9f5a5b5-@alertmanager>'],
    ['daily', '<alert-9e65f5a2c9f5a5b5-2026-11-20@alertmanager>'],
  ])('is upstream’s with threading by %s', (by, id) => {
    const mail = mailOf(`${BASE}\nthreading: {enabled: true, thread_by_date: ${by}}`);
    const pattern = id.replace(/[0-9a-f]{16}/, '[0-9a-f]{16}');
    expect(header(mail, 'References')).toMatch(new RegExp(`^${pattern}$`));
    expect(header(mail, 'In-Reply-To')).toBe(header(mail, 'References'));
    expect(mail.thread).toBeNull();
  });
});

describe('a naughty string', () => {
  const labels = naughty.map((text) => ({
    labels: { alertname: 'Naughty', value: text },
    annotations: { summary: text, description: text },
  }));

  it('arrives in the mail as words, wherever it stands', async () => {
    for (const alert of labels) {
      const text = alert.labels.value;
      const message = sampleMessage([alert], { groupLabels: Labels.of([['value', text]]), receiver: text });
      const mail = mailOf(
        `${BASE}\nheaders: {X-Value: "{{ .CommonLabels.value }}", Subject: "{{ .CommonLabels.value }}"}\ntext: 'It is {{ .CommonLabels.value }}'`,
        message,
      );
      const raw = (await compose(mail, mail)).toString();
      const head = raw.slice(0, raw.indexOf('\r\n\r\n'));
      const parsed = await readMail(raw);
      // Nothing began a header of its own, and nothing ended the head.
      expect(parsed.headers.map(({ key }) => key).filter((key) => !KNOWN.has(key))).toEqual([]);
      expect(head).not.toMatch(/[^\r]\n|\r(?!\n)|\0/);
      expect(parsed.to?.map(({ address }) => address)).toEqual(['oncall@example.org']);
      expect(parsed.html).toContain('</html>');
      const expected = text
        .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
        .toWellFormed()
        .trim();
      if ([...expected].length < 200)
        expect((parsed.subject ?? '').replace(/\s+/g, ' ')).toBe(expected.replace(/\s+/g, ' '));
      expect(raw.split('\r\n').every((line) => line.length < 999)).toBe(true);
    }
  });

  it('opens no element of its own in the HTML', () => {
    const plain = mailOf(
      BASE,
      sampleMessage([
        { labels: { alertname: 'Naughty', value: 'x' }, annotations: { summary: 'x', description: 'x' } },
      ]),
    );
    const elements = (html: string) =>
      new Set([...html.matchAll(/<([a-z!][a-z0-9]*)/gi)].map(([, name]) => name!.toLowerCase()));
    const usual = elements(plain.html).union(new Set(['p', 'a', 'br']));
    for (const alert of labels) {
      const { html } = mailOf(BASE, sampleMessage([alert]));
      expect([...elements(html).difference(usual)]).toEqual([]);
      expect(html).not.toMatch(/href="(?:javascript|data):/i);
    }
  });
});

const KNOWN = new Set([
  ...['from', 'to', 'subject', 'message-id', 'date', 'auto-submitted', 'list-id', 'mime-version', 'content-type'],
  ...['x-belfry-status', 'x-belfry-severity', 'x-belfry-group', 'x-value'],
]);
