import { describe, expect, it } from 'vitest';
import { DEFAULT_LOCALE, type Locale } from '../../../src/notify/locale.ts';
import { drafted, type Scene } from '../../../src/integrations/scene.ts';
import { createCourier } from '../../../src/integrations/courier.ts';
import { previewOf } from '../../../src/integrations/preview.ts';
import { draft, element, sampleMessage, templateSet } from '../../support/integration-scene.ts';

const CHINESE: Locale = { language: 'zh', isChosen: true, timezone: 'Asia/Shanghai' };
const reading = { value: 94.25, peak: 97, threshold: { op: '>', value: 90 } } as const;

function shown(write: (scene: Scene) => string, locale = DEFAULT_LOCALE, message = sampleMessage()): readonly string[] {
  const seen: string[] = [];
  const render = (scene: Scene) => {
    seen.push(write(scene));
    return { kind: 'refused', reason: 'other', detail: seen.at(-1)! } as const;
  };
  const parts = { message, memo: null, locale, templates: templateSet(), expired: () => false };
  const { draft, templateError } = drafted({ render }, parts);
  if (draft.kind !== 'refused') throw new Error('it was drafted');
  return [draft.detail, templateError ?? ''];
}

describe('a scene', () => {
  it('renders with the words of the receiver: its language and zone', () => {
    const text = '{{ lang }} {{ timezone }} {{ (index .Alerts 0).StartsAt | tz timezone | date "15:04" }}';
    expect(shown((scene) => scene.text(text))).toEqual(['en UTC 04:56', '']);
    expect(shown((scene) => scene.text(text), CHINESE)).toEqual(['zh Asia/Shanghai 12:56', '']);
  });

  it('tells what an alert measures, and nothing of one that is not measured here', () => {
    const text = '{{ range .Alerts }}{{ .Value }}|{{ .Peak }}|{{ .Threshold }};{{ end }}';
    const message = sampleMessage([{ reading }, {}]);
    expect(shown((scene) => scene.text(text), DEFAULT_LOCALE, message)).toEqual(['94.25|97|> 90;||;', '']);
    const whole = '{{ index .Alerts 0 }}';
    const plain = shown((scene) => scene.text(whole))[0];
    expect(shown((scene) => scene.text(whole), DEFAULT_LOCALE, message)[0]).toBe(plain);
  });

  it('is rendered once more, plainly, when a template fails', () => {
    const write = (scene: Scene): string =>
      `${scene.text('literal')} ${scene.text('{{ nope }}')}: ${scene.body('{{ .Status }}')}`;
    const [text, error] = shown(write);
    expect(error).toMatch(/function "nope" not defined/);
    expect(text).toBe(
      `literal : [FIRING] HighLoad instance=a:9100\nhttp://belfry.example\n(A template failed, so this is plain: ${error})`,
    );
    expect(shown(write, CHINESE)[0]).toContain('[触发中] HighLoad');
  });

  it('is refused when nobody can tell where it would go', () => {
    const [text, error] = shown((scene) => scene.address('{{ template "owner" . }}'));
    expect(text).toMatch(/"owner" not defined/);
    expect(error).toBe(text);
  });

  it('cuts a message to its first alerts, with what those have in common', () => {
    const message = sampleMessage([
      { labels: { alertname: 'A', x: '1' } },
      { labels: { alertname: 'A' }, status: 'resolved' },
    ]);
    const text = '{{ len .Alerts }} {{ .Status }} {{ .CommonLabels.x }}';
    expect(shown((scene) => scene.cut(0).text(text), DEFAULT_LOCALE, message)[0]).toBe('2 firing ');
    expect(shown((scene) => scene.cut(1).text(text), DEFAULT_LOCALE, message)[0]).toBe('1 firing 1');
  });
});

describe('a template of the configuration that fails', () => {
  it.each([
    [
      'slack_configs',
      `{api_url: 'http://h', channel: c, title: '{{ .Nope }}'}`,
      /^title of slack\/0 \(belfry\.yml:6:46\): /,
    ],
    [
      'slack_configs',
      `{api_url: 'http://h', channel: c, fields: [{title: t, value: '{{ .Nope }}'}]}`,
      /^fields\[0\]\.value of /,
    ],
    [
      'webhook_configs',
      `url: http://h\npayload:\n  a: {b: ['', '{{ .Nope }}']}`,
      /^payload\.a\.b\[1\] of webhook\/0 \(belfry\.yml:8:19\): /,
    ],
    [
      'telegram_configs',
      'bot_token: t\nchat_id: 1\nmessage: |\n  a\n  {{ if }}',
      /^message of telegram\/0 \(belfry\.yml:8:14\): template: :2:6: missing value for if$/,
    ],
    [
      'telegram_configs',
      `bot_token: t\nchat_id: 1\nmessage: '{{ template "x" . }}'`,
      /^message of telegram\/0 \(belfry\.yml:8:14\): html\/template::1:12: /,
    ],
    [
      'email_configs',
      `to: a@b.c\nfrom: '{{ .Nope }}'\nsmarthost: h:25\nhtml: '{{ .Nope }}'`,
      /^from of email\/0 \(belfry\.yml:7:11\): /,
    ],
  ])('is named by its key: %s %s', (key, yaml, expected) => {
    expect(draft(element(key, yaml), sampleMessage()).templateError).toMatch(expected);
  });

  it('is named to who gets the plain message', () => {
    const { draft: made } = draft(
      element('telegram_configs', `bot_token: t\nchat_id: 1\nmessage: '{{ .Nope }}'`),
      sampleMessage(),
    );
    expect(JSON.stringify(previewOf(made, 0))).toContain(
      'so this is plain: message of telegram/0 (belfry.yml:8:14): template: :1:3: ',
    );
  });

  it('is named by the courier', async () => {
    const sender = { send: () => Promise.resolve({ kind: 'delivered', detail: '' } as const) };
    const courier = createCourier({ file: sender, http: sender, mail: sender, slack: sender }, () => () => false);
    const entry = element('telegram_configs', `bot_token: t\nchat_id: 1\nmessage: '{{ .Nope }}'`);
    const letter = { message: sampleMessage(), memo: null, templates: templateSet(), mayHaveArrived: false };
    const { templateError } = await courier.deliver(entry, { ...letter, signal: AbortSignal.timeout(1000) });
    expect(templateError).toMatch(/^message of telegram\/0 \(belfry\.yml:8:14\): /);
  });
});

describe('the time of a message', () => {
  const parts = { message: sampleMessage(), memo: null, locale: DEFAULT_LOCALE, templates: templateSet() };
  const spent = { ...parts, expired: () => true, afresh: () => () => false };
  const refused = (detail: string) => ({ kind: 'refused', reason: 'other', detail }) as const;
  const LONG = '{{ range 100000 }}{{ end }}';

  it('is given anew to the plain message, which has to know where it goes', () => {
    const render = (scene: Scene) => refused(`${scene.address(`${LONG}to {{ .Receiver }}`)}: ${scene.body(LONG)}`);
    const { draft, templateError } = drafted({ render }, spent);
    expect(templateError).toMatch(/gave up: out of time$/);
    expect(draft).toMatchObject({ detail: expect.stringMatching(/^to team: \[FIRING\] HighLoad/) as string });
    expect(drafted({ render }, { ...parts, expired: () => true }).draft).toMatchObject({
      detail: expect.stringMatching(/out of time$/) as string,
    });
  });

  it('is given anew to what is rendered while it is sent', () => {
    const render = (scene: Scene) => refused(JSON.stringify(scene.rendered(`${LONG}{{ .Status }}`)));
    expect(drafted({ render }, spent).draft).toMatchObject({ detail: '{"ok":true,"text":"firing"}' });
  });
});
