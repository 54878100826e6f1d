// The names upstream's template files have, rendered: what Alertmanager 0.34 made of the same alerts.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Labels } from '../../../src/model/labels.ts';
import { messageData } from '../../../src/template/data.ts';
import type { Mode, TemplateSet } from '../../../src/template/template-set.ts';
import { NOW, sampleMessage, templateSet, type SampleAlert } from '../../support/integration-scene.ts';
import { mailText, type MailText } from '../../support/mail-text.ts';

interface Case {
  readonly name: string;
  readonly receiver: string;
  readonly externalURL: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly SampleAlert[];
  readonly texts: readonly { readonly names: readonly string[]; readonly text: string }[];
  readonly mail: MailText;
}

const FIXTURE = new URL('../../fixtures/templates/alertmanager.json', import.meta.url);
const CASES = JSON.parse(readFileSync(FIXTURE, 'utf8')) as readonly Case[];
const OF_ALERTS = new Set(['__text_alert_list', '__text_alert_list_markdown', 'pagerduty.default.instances']);

function render(set: TemplateSet, text: string, { mode, data }: { mode: Mode; data: unknown }): string {
  const compiled = set.compile(text, mode);
  if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
  const rendered = compiled.value.render(data, { now: NOW });
  if (!rendered.ok) throw new Error(rendered.message);
  return rendered.text;
}

function dataOf({ receiver, externalURL, groupLabels, alerts }: Case): unknown {
  const labels = Labels.of(Object.entries(groupLabels));
  return messageData(sampleMessage(alerts, { receiver, externalURL, groupLabels: labels }));
}

describe('the shipped templates with upstream’s names', () => {
  it.each(CASES)('say what upstream says: $name', (one) => {
    const data = dataOf(one);
    const set = templateSet();
    const rendered = one.texts.map(({ names }) => ({
      names,
      texts: names.map((name) => {
        const call = `{{ template "${name}" ${OF_ALERTS.has(name) ? '.Alerts' : '.'} }}`;
        return render(set, call, { mode: 'text', data });
      }),
    }));
    expect(rendered).toEqual(one.texts.map(({ names, text }) => ({ names, texts: names.map(() => text) })));
  });

  it.each(CASES)('say and link in a mail what upstream does: $name', (one) => {
    const html = render(templateSet(), '{{ template "email.default.html" . }}', { mode: 'html', data: dataOf(one) });
    expect(mailText(html)).toEqual(one.mail);
  });
});

describe('a template of the user', () => {
  const data = dataOf(CASES[0]!);

  it('replaces the shipped one of that name, wherever it is called', () => {
    const set = templateSet('{{ define "__text_alert_list" }}{{ range . }}<{{ .Labels.instance }}>{{ end }}{{ end }}');
    const text = render(set, '{{ template "telegram.default.message" . }}', { mode: 'text', data });
    expect(text).toBe('\n\nAlerts Firing:\n<a:9100>\n\n\n');
  });

  it.each([
    ['{{ define "email.default.html" }}mine{{ end }}', 'email.default.', true],
    ['{{ define "__subject" }}mine{{ end }}', 'email.default.', true],
    ['{{ define "slack.default.title" }}mine{{ end }}', 'email.default.', false],
    ['{{ define "__my_own" }}mine{{ end }}', 'email.default.', false],
    ['{{ define "email.default.mine" }}mine{{ end }}', 'email.default.', false],
    ['{{ define "__subject" }} {{ end }}', 'email.default.', false],
    ['mine', 'email.default.', false],
  ])('%s: the defaults of %s are overridden: %s', (text, prefix, expected) => {
    expect(templateSet(text).isOverridden(prefix)).toBe(expected);
  });
});
