import { describe, expect, it } from 'vitest';
import { DEFAULT_LOCALE, type Locale } from '../../../src/notify/locale.ts';
import { drafted, type Scene } from '../../../src/integrations/scene.ts';
import { sampleMessage, templateSet } from '../../support/integration-scene.ts';

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
