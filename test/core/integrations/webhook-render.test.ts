import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/model/alert.ts';
import { Labels } from '../../../src/model/labels.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import { compose, messageAlerts } from '../../../src/notify/compose.ts';
import type { Message } from '../../../src/notify/message.ts';
import { DEFAULT_HTTP_CONFIG } from '../../../src/outbound/compile.ts';
import { draft, element, postOf, wireOf } from '../../support/integration-scene.ts';

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
    reading: null,
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

interface Rendering {
  /** A YAML value. */
  readonly payload?: string;
  readonly maxAlerts?: number;
  readonly expired?: () => boolean;
}

function render(message: Message, { payload, maxAlerts = 0, expired = () => false }: Rendering = {}) {
  const keys = ['url: http://h/', 'timeout: 5s', `max_alerts: ${maxAlerts}`];
  if (payload !== undefined) keys.push(`payload:\n${payload.replace(/^(?=.)/gm, '  ')}`);
  const made = draft(element('webhook_configs', keys.join('\n')), message, { expired });
  return { made, wire: wireOf(made), templateError: made.templateError };
}

describe('renderWebhook()', () => {
  it.each(['naughty', 'cut'])('writes the body of Alertmanager byte for byte: %s', (name) => {
    const recorded = recording(name);
    const { wire, templateError } = render(messageOf(recorded), { maxAlerts: recorded.maxAlerts });
    expect(wire.body).toBe(recorded.body);
    expect(templateError).toBeNull();
  });

  it('writes a payload byte for byte', () => {
    const recorded = recording('payload');
    expect(render(messageOf(recorded), { payload: recorded.payload! }).wire.body).toBe(recorded.body);
  });

  it('posts JSON under a key that repeats with every attempt', () => {
    const { made, wire } = render(messageOf(recording('cut')));
    expect(postOf(made)).toMatchObject({ timeout: 5000, http: DEFAULT_HTTP_CONFIG });
    expect(wire).toMatchObject({
      ...{ method: 'POST', url: 'http://h/' },
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'key-1' },
    });
  });

  it('renders its URL, and refuses one that comes out as none', () => {
    const message = messageOf(recording('cut'));
    const posted = (url: string): string => {
      const written = postOf(draft(element('webhook_configs', `url: '${url}'`), message)).write(() => url, 0);
      return written.kind === 'wire' ? written.url : `${written.kind}: ${written.detail}`;
    };
    expect(posted('http://h/{{ .Status | toUpper }}?n={{ len .Alerts }}')).toBe('http://h/FIRING?n=2');
    expect(posted('{{ .Status }}://h/')).toMatch(/^rejected: .*unsupported scheme "firing"/);
    expect(posted('http://h/{{ template "no" }}')).toMatch(/^rejected: .*"no" not defined/);
  });

  it('keeps the first max_alerts and says how many it left out; 0 and a large number keep all', () => {
    const message = messageOf(recording('cut'));
    const shown = (maxAlerts: number): unknown => JSON.parse(render(message, { maxAlerts }).wire.body);
    expect(shown(1)).toMatchObject({ truncatedAlerts: 1, alerts: [{ labels: { instance: 'a' } }] });
    expect(shown(0)).toMatchObject({ truncatedAlerts: 0, alerts: [{}, {}] });
    expect(shown(2)).toMatchObject({ truncatedAlerts: 0, alerts: [{}, {}] });
  });

  it('shows a payload the alerts that are left', () => {
    const payload = "'{{ len .Alerts }}'";
    expect(render(messageOf(recording('cut')), { payload, maxAlerts: 1 }).wire.body).toBe('1\n');
  });

  it.each([
    ['one that never ends', "'{{ range 9223372036854775807 }}{{ end }}'"],
    ['many that share it', Array.from({ length: 100 }, () => "- '{{ .Status }}'").join('\n')],
  ])('sends the standard body when the time of the payload is up: %s', (_, payload) => {
    let looks = 0;
    const { wire, templateError } = render(messageOf(recording('cut')), { payload, expired: () => ++looks >= 5 });
    expect(templateError).toMatch(/gave up: out of time$/);
    expect(JSON.parse(wire.body)).toMatchObject({ template_error: templateError, alerts: [{}, {}] });
  });

  it.each(['{{ .Nope }', '{{ template "nope" . }}', '{{ nope }}'])(
    'sends the standard body when a payload fails: %s',
    (text) => {
      const recorded = recording('naughty');
      const { wire, templateError } = render(messageOf(recorded), { payload: `text: '${text}'` });
      expect(templateError).toMatch(/./);
      const body: unknown = JSON.parse(wire.body);
      expect(body).toEqual({ ...JSON.parse(recorded.body), template_error: templateError });
      expect(Object.keys(body ?? {}).at(-1)).toBe('template_error');
    },
  );
});
