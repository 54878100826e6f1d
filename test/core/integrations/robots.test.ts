// Group robots that answer 200 whatever they mean: DingTalk, Feishu, WeCom.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/notify/outcome.ts';
import { draft, element, postOf, sampleMessage, wireOf, type SampleAlert } from '../../support/integration-scene.ts';

const AT = 1_795_150_800_700;
const mac = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('base64');

function sent(key: string, yaml: string, alerts?: readonly SampleAlert[]) {
  const { url, body } = wireOf(draft(element(key, yaml), sampleMessage(alerts)), AT);
  return { url: new URL(url), body: JSON.parse(body) as Record<string, unknown>, bytes: Buffer.byteLength(body) };
}

const answered = (key: string, yaml: string, answer: unknown): Outcome | null => {
  const { judge } = postOf(draft(element(key, yaml), sampleMessage()));
  const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
  return judge!({ status: 200, headers: new Map(), body, at: AT, hide: String }) as Outcome | null;
};

const long: readonly SampleAlert[] = [{ annotations: { summary: '"告警\n'.repeat(20_000) } }];
const summary = "message: '{{ .CommonAnnotations.summary }}'";

describe('dingtalk_configs', () => {
  const robot = "access_token: t0ken\ntitle: '{{ .Status }}'\nmessage: 'CPU *hot*'";

  it('sends markdown, signed, and calls people by `at` and in the text', () => {
    const { url, body } = sent(
      'dingtalk_configs',
      `${robot}\nsecret: SEC1\nat_mobiles: ['13800000000', '']\nat_all: true`,
    );
    expect(url.origin + url.pathname).toBe('https://oapi.dingtalk.com/robot/send');
    expect([...url.searchParams]).toEqual([
      ['access_token', 't0ken'],
      ['timestamp', String(AT)],
      ['sign', mac('SEC1', `${AT}\nSEC1`)],
    ]);
    expect(body).toEqual({
      msgtype: 'markdown',
      markdown: { title: 'firing', text: 'CPU *hot*\n\n@13800000000' },
      at: { atMobiles: ['13800000000'], atUserIds: [], isAtAll: true },
    });
  });

  it('sends text when it is told to, unsigned without a secret', () => {
    const { url, body } = sent('dingtalk_configs', `${robot}\nmessage_type: text`);
    expect([...url.searchParams.keys()]).toEqual(['access_token']);
    expect(body).toMatchObject({ msgtype: 'text', text: { content: 'CPU *hot*' } });
  });

  it('cuts what is too long', () => {
    const { body } = sent('dingtalk_configs', `access_token: t\ntitle: x\n${summary}`, long);
    const { text } = (body as { readonly markdown: { readonly text: string } }).markdown;
    expect(text).toMatch(/…$/);
    expect(Buffer.byteLength(text)).toBeGreaterThan(17_900);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(18_000);
  });

  it.each([
    [{ errcode: 0, errmsg: 'ok' }, 'delivered', 'status 200: 0 ok'],
    [{ errcode: 130101, errmsg: 'send too fast' }, 'retry', 'status 200: 130101 send too fast'],
    [{ errcode: -1, errmsg: 'system busy' }, 'retry', 'status 200: -1 system busy'],
    [{ errcode: 310000, errmsg: 'keywords not in content' }, 'rejected', 'status 200: 310000 keywords not in content'],
    [{ errcode: 40035, errmsg: 'bad param' }, 'rejected', 'status 200: 40035 bad param'],
    ['<html>', 'rejected', 'status 200: <html>'],
  ])('takes %j for %s', (answer, kind, detail) => {
    expect(answered('dingtalk_configs', robot, answer)).toMatchObject({ kind, detail });
  });
});

describe('feishu_configs', () => {
  const bot = "webhook_url: https://open.feishu.cn/open-apis/bot/v2/hook/h\ntitle: '{{ .Status }}'";

  it('sends a card whose colour says how bad it is, signed', () => {
    const severity = (level: string): readonly SampleAlert[] => [{ labels: { alertname: 'A', severity: level } }];
    const yaml = `${bot}\nsecret: SEC2\nmessage: '{{ .CommonLabels.severity }}'\nat_user_ids: [ou_1]`;
    const seconds = String(Math.floor(AT / 1000));
    expect(sent('feishu_configs', yaml, severity('critical')).body).toEqual({
      timestamp: seconds,
      sign: mac(`${seconds}\nSEC2`, ''),
      msg_type: 'interactive',
      card: {
        config: { wide_screen_mode: true },
        header: { template: 'red', title: { tag: 'plain_text', content: 'firing' } },
        elements: [{ tag: 'markdown', content: 'critical\n<at id=ou_1></at>' }],
      },
    });
    const color = (alerts: readonly SampleAlert[]) => sent('feishu_configs', yaml, alerts).body['card'];
    expect(color(severity('page'))).toMatchObject({ header: { template: 'red' } });
    expect(color([...severity('info'), ...severity('P1')])).toMatchObject({ header: { template: 'red' } });
    expect(color(severity('warning'))).toMatchObject({ header: { template: 'orange' } });
    expect(color([{}])).toMatchObject({ header: { template: 'orange' } });
    expect(color(severity('info'))).toMatchObject({ header: { template: 'blue' } });
    expect(color([{ status: 'resolved' }])).toMatchObject({ header: { template: 'green' } });
  });

  it('calls nobody whom only an alert names', () => {
    const alerts = [{ annotations: { summary: 'x <at id=all></at> a<b' } }];
    expect(JSON.stringify(sent('feishu_configs', `${bot}\n${summary}`, alerts).body)).not.toMatch(/<at|<\/at/);
  });

  it('fits into twenty thousand bytes, however its text is spelled', () => {
    const { bytes } = sent('feishu_configs', `${bot}\nsecret: s\n${summary}`, long);
    expect(bytes).toBeGreaterThan(19_000);
    expect(bytes).toBeLessThanOrEqual(20_000);
  });

  it.each([
    [{ code: 0, msg: 'success', data: {} }, 'delivered'],
    [{ StatusCode: 0, StatusMessage: 'success' }, 'delivered'],
    [{ code: 11232, msg: 'frequency limited' }, 'retry'],
    [{ code: 19021, msg: 'sign match fail' }, 'rejected'],
  ])('takes %j for %s', (answer, kind) => expect(answered('feishu_configs', bot, answer)).toMatchObject({ kind }));
});

describe('wecom_configs', () => {
  const robot = 'key: k-1';

  it('sends markdown that calls people by their ids', () => {
    const { url, body } = sent('wecom_configs', `${robot}\nmessage: hot\nmentioned: [zhang, 'no <@one>']`);
    expect(url.href).toBe('https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-1');
    expect(body).toEqual({ msgtype: 'markdown', markdown: { content: 'hot\n<@zhang>' } });
  });

  it('sends text where people are called by number, or everybody is', () => {
    expect(
      sent('wecom_configs', `${robot}\nmessage: hot\nmentioned: ['@all']\nmentioned_mobiles: ['138']`).body,
    ).toEqual({
      msgtype: 'text',
      text: { content: 'hot', mentioned_list: ['@all'], mentioned_mobile_list: ['138'] },
    });
  });

  it('calls nobody whom only an alert names, and fits', () => {
    const alerts = [{ annotations: { summary: `<@boss>${'告警'.repeat(5000)}` } }];
    const { markdown } = sent('wecom_configs', `${robot}\n${summary}`, alerts).body as {
      markdown: { content: string };
    };
    expect(markdown.content).not.toContain('<@boss>');
    expect(Buffer.byteLength(markdown.content)).toBeLessThanOrEqual(4096);
  });

  it.each([
    [{ errcode: 0, errmsg: 'ok' }, 'delivered'],
    [{ errcode: 45009, errmsg: 'api freq out of limit' }, 'retry'],
    [{ errcode: 93000, errmsg: 'invalid webhook url' }, 'rejected'],
  ])('takes %j for %s', (answer, kind) => expect(answered('wecom_configs', robot, answer)).toMatchObject({ kind }));
});

describe('by default a robot', () => {
  const alerts = [{ labels: { alertname: 'A_b', instance: 'h*1', severity: 'page' }, annotations: { summary: 'a b' } }];
  const content = (key: string, yaml: string): string => {
    const body = sent(key, yaml, alerts).body as Record<string, Record<string, string>>;
    return body['text']?.['content'] ?? body['markdown']?.['content'] ?? body['markdown']!['text']!;
  };

  it.each([
    ['dingtalk_configs', 'access_token: t'],
    ['wecom_configs', 'key: k'],
  ])('says in Markdown what is the matter before all else: %s', (key, yaml) => {
    expect(content(key, yaml)).toMatch(/^\*\*FIRING: A_b h.1 \(page\)\*\*\n\na b\n\n\*\*\[h.1\]\(http/);
  });

  it.each([
    ['dingtalk_configs', 'access_token: t\nmessage_type: text'],
    ['wecom_configs', 'key: k\nmessage_type: text'],
    ['wecom_configs', "key: k\nmentioned: ['@all']"],
    ['wecom_configs', "key: k\nmentioned_mobiles: ['138']"],
  ])('says it in plain text where that is what is sent: %s, %j', (key, yaml) => {
    const text = content(key, yaml);
    expect(text).toMatch(/^FIRING: A_b h\*1 \(page\)\na b\nsince /);
    expect(text).not.toMatch(/\*\*|\]\(|\\/);
  });
});

describe('our own Markdown, where it is too long', () => {
  const many = (count: number): readonly SampleAlert[] =>
    Array.from({ length: count }, (_, i) => ({
      labels: { alertname: 'A', instance: `host-${i}` },
      annotations: { runbook_url: 'http://runbooks.example/a' },
      generatorURL: `http://prometheus.example/graph?g0.expr=${'x'.repeat(500)}`,
    }));

  it.each([50, 12])('lists fewer alerts, counts the others, and keeps what stands below: %i', (count) => {
    const { markdown } = sent('wecom_configs', 'key: k', many(count)).body as { markdown: { content: string } };
    const { content } = markdown;
    const shown = content.match(/^- \*\*\[host-\d+\]\(\S+\)\*\*/gm)!.length;
    expect(shown).toBeGreaterThan(3);
    expect(content).toContain(`\n- +${count - shown} more\n\n[Runbook](http://runbooks.example/a) | `);
    expect(content).toMatch(/\)$/);
    expect(content.match(/ more/g)).toHaveLength(1);
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4096);
  });
});

describe('our own Markdown', () => {
  const alerts = [{ labels: { alertname: 'A_b', instance: 'h*1' }, annotations: { summary: 'a <b> & #1' } }];

  it('shows no backslash in a dialect without escapes', () => {
    const { markdown } = sent('dingtalk_configs', 'access_token: t', alerts).body as { markdown: { text: string } };
    expect(markdown.text).toContain('h＊1');
    expect(markdown.text).toContain('a ＜b> & #1');
    const { markdown: wecom } = sent('wecom_configs', 'key: k', alerts).body as { markdown: { content: string } };
    expect(wecom.content).toContain('a ＜b> & #1');
    const card = JSON.stringify(sent('feishu_configs', 'webhook_url: http://h/x', alerts).body);
    expect(card).toContain('a &#60;b&#62; &#38; &#35;1');
    expect(card).toContain('A_b');
  });

  it('makes no link and no image of what an alert says', () => {
    const evil = [{ labels: { alertname: 'A', instance: 'a](http://evil.example) ![x](http://evil/p.png)' } }];
    for (const [key, yaml] of [
      ['dingtalk_configs', 'access_token: t'],
      ['wecom_configs', 'key: k'],
    ] as const) {
      const { title: _, ...said } = (sent(key, yaml, evil).body as { markdown: Record<string, string> }).markdown;
      const [text] = Object.values(said);
      expect(text).toContain('a］(http://evil.example) !［x］(http://evil/p.png)');
      expect(text).not.toMatch(/\]\(http:..evil/);
    }
  });

  it('leaves plain text as it is', () => {
    const alerts = [{ labels: { alertname: 'A', instance: '\\\\host\\[x]' } }];
    const { text } = sent('dingtalk_configs', 'access_token: t\nmessage_type: text', alerts).body as {
      text: { content: string };
    };
    expect(text.content).toMatch(/^FIRING: A \\\\host\\\[x\]\n/);
  });

  it('is in the language of the receiver', () => {
    const robot = element('dingtalk_configs', 'access_token: t', { receiver: 'language: zh' });
    expect(wireOf(draft(robot, sampleMessage())).body).toContain('触发中');
  });
});
