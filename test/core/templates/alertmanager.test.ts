// The names upstream's template files have, rendered: what Alertmanager 0.34 made of the same alerts.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Labels } from '../../../src/model/labels.ts';
import type { Message } from '../../../src/notify/message.ts';
import { sampleMessage, templateSet, type SampleAlert } from '../../support/integration-scene.ts';
import { mailText, type MailText } from '../../support/mail-text.ts';
import { rendered, type Reader } from '../../support/rendered.ts';

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

const READER: Reader = { lang: 'en', timezone: 'UTC' };

function messageOf({ receiver, externalURL, groupLabels, alerts }: Case): Message {
  const labels = Labels.of(Object.entries(groupLabels));
  return sampleMessage(alerts, { receiver, externalURL, groupLabels: labels });
}

describe('the shipped templates with upstream’s names', () => {
  it.each(CASES)('say what upstream says: $name', (one) => {
    const message = messageOf(one);
    const found = one.texts.map(({ names }) => ({
      names,
      texts: names.map((name) => {
        const call = `{{ template "${name}" ${OF_ALERTS.has(name) ? '.Alerts' : '.'} }}`;
        return rendered(call, message, READER);
      }),
    }));
    expect(found).toEqual(one.texts.map(({ names, text }) => ({ names, texts: names.map(() => text) })));
  });

  it.each(CASES)('say and link in a mail what upstream does: $name', (one) => {
    const html = rendered('{{ template "email.default.html" . }}', messageOf(one), { ...READER, mode: 'html' });
    expect(mailText(html)).toEqual(one.mail);
  });
});

describe('a template of the user', () => {
  it('replaces the shipped one of that name, wherever it is called', () => {
    const own = '{{ define "__text_alert_list" }}{{ range . }}<{{ .Labels.instance }}>{{ end }}{{ end }}';
    const text = rendered('{{ template "telegram.default.message" . }}', messageOf(CASES[0]!), READER, own);
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
