import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../src/input/yaml.ts';
import { Secret } from '../../../src/input/secret.ts';
import type { Payload, WebhookConfig } from '../../../src/integrations/webhook/config.ts';
import { compilePayload } from '../../../src/integrations/webhook/payload.ts';
import { renderWebhook } from '../../../src/integrations/webhook/render.ts';
import type { Alert } from '../../../src/model/alert.ts';
import { Labels } from '../../../src/model/labels.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import { compose, messageAlerts } from '../../../src/notify/compose.ts';
import type { Message } from '../../../src/notify/message.ts';
import { DEFAULT_HTTP_CONFIG } from '../../../src/outbound/compile.ts';
import { TemplateSet } from '../../../src/template/template-set.ts';

/** What was posted to a running Alertmanager 0.34, and the body its webhook sent. */
interface Recording {
  readonly payload?: string;
  readonly receiver: string;
  readonly reason: string;
  readonly maxAlerts: number;
  readonly externalURL: string;
  readonly groupLabels: Record<string, string>;
  readonly routeLabels: Record<string, string>;
  readonly groupKey: string;
  readonly alerts: readonly {
    readonly labels: Record<string, string>;
    readonly annotations: Record<string, string>;
    readonly startsAt: string;
    readonly endsAt: string | null;
    readonly generatorURL: string;
  }[];
  readonly body: string;
}

const NOW = Date.UTC(2027, 0);

function recording(name: string): Recording {
  return JSON.parse(readFileSync(new URL(`../../fixtures/webhook/${name}.json`, import.meta.url), 'utf8')) as Recording;
}

function messageOf(recorded: Recording): Message {
  const alerts = recorded.alerts.map((alert): Alert => ({
    labels: Labels.of(Object.entries(alert.labels)),
    annotations: Pairs.from(Object.entries(alert.annotations)),
    startsAt: { at: 0, text: alert.startsAt },
    endsAt: alert.endsAt === null ? { at: NOW + 1, text: 'later' } : { at: 1, text: alert.endsAt },
    timeout: false,
    updatedAt: 0,
    generatorURL: alert.generatorURL,
    notify: null,
  }));
  const { receiver, reason, externalURL, groupKey } = recorded;
  const groupLabels = Labels.of(Object.entries(recorded.groupLabels));
  const routeLabels = Pairs.from(Object.entries(recorded.routeLabels));
  const envelope = {
    receiver,
    reason,
    externalURL,
    groupKey,
    groupLabels,
    routeLabels,
    idempotencyKey: 'key-1',
    at: NOW,
  };
  return compose(envelope, messageAlerts(alerts, NOW));
}

function configOf(payload: Payload | null, maxAlerts = 0): WebhookConfig {
  const url = { kind: 'inline', secret: new Secret('http://h/') } as const;
  return { kind: 'webhook', url, http: DEFAULT_HTTP_CONFIG, maxAlerts, timeout: 5000, payload };
}

function templates(): TemplateSet {
  const parsed = TemplateSet.parse([], 'alertmanager');
  if (!parsed.ok) throw new Error('the empty template set is not accepted');
  return parsed.value;
}

const render = (config: WebhookConfig, message: Message, expired = () => false) =>
  renderWebhook(config, message, templates(), expired);

describe('renderWebhook()', () => {
  it.each(['naughty', 'cut'])('writes the body of Alertmanager byte for byte: %s', (name) => {
    const recorded = recording(name);
    const { request, templateError } = render(configOf(null, recorded.maxAlerts), messageOf(recorded));
    expect(request.body).toBe(recorded.body);
    expect(templateError).toBeNull();
  });

  it('writes a payload byte for byte', () => {
    const recorded = recording('payload');
    const parsed = parseYaml('payload.yml', recorded.payload ?? '');
    if (!parsed.ok) throw new Error('the recorded payload does not parse');
    const payload = compilePayload(parsed.value.typed([]), parsed.value.tree);
    expect(render(configOf(payload), messageOf(recorded)).request.body).toBe(recorded.body);
  });

  it('carries what the sender needs', () => {
    const { request } = render(configOf(null), messageOf(recording('cut')));
    expect(request).toMatchObject({ timeout: 5000, http: DEFAULT_HTTP_CONFIG, idempotencyKey: 'key-1' });
    expect(request.url.kind === 'inline' && request.url.secret.open()).toBe('http://h/');
  });

  it('keeps the first max_alerts and says how many it left out; 0 and a large number keep all', () => {
    const message = messageOf(recording('cut'));
    const shown = (maxAlerts: number): unknown => JSON.parse(render(configOf(null, maxAlerts), message).request.body);
    expect(shown(1)).toMatchObject({ truncatedAlerts: 1, alerts: [{ labels: { instance: 'a' } }] });
    expect(shown(0)).toMatchObject({ truncatedAlerts: 0, alerts: [{}, {}] });
    expect(shown(2)).toMatchObject({ truncatedAlerts: 0, alerts: [{}, {}] });
  });

  it('shows a payload the alerts that are left', () => {
    const message = messageOf(recording('cut'));
    expect(render(configOf('{{ len .Alerts }}', 1), message).request.body).toBe('1\n');
  });

  it.each([
    ['one that never ends', '{{ range 9223372036854775807 }}{{ end }}'],
    ['many that share it', Array.from({ length: 100 }, () => '{{ .Status }}')],
  ])('sends the standard body when the time of the payload is up: %s', (_, payload) => {
    let looks = 0;
    const { request, templateError } = render(configOf(payload), messageOf(recording('cut')), () => ++looks >= 5);
    expect(templateError).toMatch(/gave up: out of time$/);
    expect(JSON.parse(request.body)).toMatchObject({ template_error: templateError, alerts: [{}, {}] });
    expect(looks).toBe(5);
  });

  it.each(['{{ .Nope }', '{{ template "nope" . }}', '{{ nope }}'])(
    'sends the standard body when a payload fails: %s',
    (text) => {
      const recorded = recording('naughty');
      const { request, templateError } = render(configOf(new Map([['text', text]])), messageOf(recorded));
      expect(templateError).toMatch(/./);
      const body: unknown = JSON.parse(request.body);
      expect(body).toEqual({ ...JSON.parse(recorded.body), template_error: templateError });
      expect(Object.keys(body ?? {}).at(-1)).toBe('template_error');
    },
  );
});
