// Messages nobody waits for: what a receiver would be told, and a test that is really sent. Both go the way of every
// message, through the same renderer and the same courier; neither is remembered, so no group notices.
import type { IntegrationEntry } from '../config/config.ts';
import type { Alert } from '../model/alert.ts';
import { Labels } from '../model/labels.ts';
import { Pairs } from '../model/pairs.ts';
import { stampOf } from '../model/rfc3339.ts';
import type { DurationMs, Instant } from '../model/time.ts';
import { drafted, Scene } from '../integrations/scene.ts';
import { previewOf } from '../integrations/preview.ts';
import { compose, messageAlerts } from '../notify/compose.ts';
import { DEFAULT_LOCALE, type Locale } from '../notify/locale.ts';
import type { Message, MessageAlert } from '../notify/message.ts';
import { sampleAlert } from '../notify/sample.ts';
import { withTestMark } from '../notify/test-mark.ts';
import type { Clock, Deadline } from '../ports/clock.ts';
import type { Courier } from '../ports/courier.ts';
import type { Entropy } from '../ports/entropy.ts';
import type {
  AlertChoice,
  Messages,
  Missing,
  PostedAlert,
  Previewed,
  Rendering,
  RenderRequest,
  Tested,
} from './contract.ts';
import { integrationName, type Generation } from './generation.ts';
import type { Journal } from './journal.ts';
import type { KnownAlerts } from './known-alerts.ts';
import { outOfTime } from './out-of-time.ts';

/** A test is a page: a receiver gets no more than one in so long. */
const BETWEEN_TESTS_MS: DurationMs = 10_000;
const TEST_BUDGET_MS: DurationMs = 30_000;
/** Of a preview: more are not looked at. */
const MOST_ALERTS = 100;

export interface MessagesParts {
  readonly generation: () => Generation;
  readonly alerts: KnownAlerts;
  readonly courier: Courier;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly journal: Journal;
  readonly deadline: Deadline;
  readonly externalURL: string;
}

export class EngineMessages implements Messages {
  readonly #parts: MessagesParts;
  readonly #testedAt = new Map<string, Instant>();

  constructor(parts: MessagesParts) {
    this.#parts = parts;
  }

  preview(receiver: string, integration: string | null, alerts: AlertChoice): readonly Previewed[] | Missing {
    const { clock, deadline, generation } = this.#parts;
    const entries = this.#integrations(receiver, integration);
    if (entries === null) return 'receiver';
    const found = this.#found(alerts);
    if (found === null) return 'alerts';
    const { templates } = generation();
    const now = clock.now();
    return entries.map((entry) => {
      const { locale, config, texts } = entry;
      const message = this.#message(receiver, this.#chosen(found, locale, now), 'preview', now);
      const parts = { message, memo: null, locale, templates, texts, expired: deadline(message.alerts.length) };
      const { draft, templateError } = drafted(config, parts);
      return { integration: integrationName(entry), templateError, draft: previewOf(draft, now) };
    });
  }

  async test(receiver: string, integration: string | null, alerts: AlertChoice): Promise<Tested> {
    const { clock, courier, generation, journal } = this.#parts;
    const entries = this.#integrations(receiver, integration);
    if (entries === null) return { kind: 'missing', what: 'receiver' };
    const found = this.#found(alerts);
    if (found === null) return { kind: 'missing', what: 'alerts' };
    const now = clock.now();
    const waitMs = (this.#testedAt.get(receiver) ?? -Infinity) + BETWEEN_TESTS_MS - now;
    if (waitMs > 0) return { kind: 'busy', retryAfterSeconds: Math.ceil(waitMs / 1000) };
    this.#testedAt.set(receiver, now);
    const { templates } = generation();
    const late = new AbortController();
    const done = new AbortController();
    void clock.sleepUntil(now + TEST_BUDGET_MS, done.signal).then(() => {
      if (!done.signal.aborted) late.abort(outOfTime());
    });
    const results = await Promise.all(
      entries.map(async (entry) => {
        const chosen = this.#chosen(found, entry.locale, now).map(marked);
        const message = this.#message(receiver, chosen, 'test', now);
        const letter = { message, memo: null, templates, signal: late.signal, mayHaveArrived: false };
        const { outcome, templateError } = await courier.deliver(entry, letter);
        return {
          ...{ integration: integrationName(entry), templateError, outcome: outcome.kind, answer: outcome.detail },
          reason: outcome.kind === 'delivered' ? '' : outcome.reason,
        };
      }),
    );
    done.abort('done');
    const detail = results.map(({ integration: name, outcome }) => `${name} ${outcome}`).join(', ');
    journal.note([{ kind: 'event', event: { kind: 'tested', at: now, receiver, detail } }]);
    return { kind: 'tested', results };
  }

  render({ template, mode, receiver, alerts }: RenderRequest): Rendering | Missing {
    const { clock, deadline, generation } = this.#parts;
    const { config, templates } = generation();
    const known = receiver === null ? null : config.receivers.get(receiver);
    if (known === undefined) return 'receiver';
    const found = this.#found(alerts);
    if (found === null) return 'alerts';
    const now = clock.now();
    const locale = known?.integrations[0]?.locale ?? DEFAULT_LOCALE;
    const message = this.#message(receiver ?? '', this.#chosen(found, locale, now), 'preview', now);
    const failures = { plainBecause: null, template: null, address: null };
    const scene = new Scene(
      { message, memo: null, locale, templates, expired: deadline(message.alerts.length) },
      failures,
    );
    return scene.rendered(template, mode);
  }

  /** null when there is no such receiver, or no such integration of it. */
  #integrations(receiver: string, integration: string | null): readonly IntegrationEntry[] | null {
    const all = this.#parts.generation().config.receivers.get(receiver)?.integrations ?? null;
    if (all === null || integration === null) return all;
    const chosen = all.filter((entry) => integrationName(entry) === integration);
    return chosen.length === 0 ? null : chosen;
  }

  /** null: none. A message about nothing would be mistaken for something. */
  #found(choice: AlertChoice): Found | null {
    if (choice.kind !== 'known') return choice;
    const alerts: Alert[] = [];
    for (const { alert, labels } of this.#parts.alerts.values()) {
      if (alerts.length === MOST_ALERTS) break;
      if (choice.matchers.every((matcher) => matcher.matches(labels))) alerts.push(alert);
    }
    return alerts.length === 0 ? null : { kind: 'known', alerts };
  }

  #chosen(found: Found, { language }: Locale, now: Instant): readonly MessageAlert[] {
    switch (found.kind) {
      case 'sample':
        return [sampleAlert(found.status, language, now)];
      case 'given':
        return messageAlerts(
          found.alerts.map((alert) => given(alert, now)),
          now,
        );
      case 'known':
        return messageAlerts(found.alerts, now);
    }
  }

  #message(receiver: string, alerts: readonly MessageAlert[], reason: 'test' | 'preview', at: Instant): Message {
    const alertname = alerts[0]?.labels.get('alertname') ?? '';
    const groupLabels = Labels.of(alertname === '' ? [] : [['alertname', alertname]]);
    const { externalURL, entropy } = this.#parts;
    const groupKey = `{}/{belfry="${reason}"}:${groupLabels.toString()}`;
    const idempotencyKey = `${reason}-${entropy.uuid()}`;
    const envelope = {
      receiver,
      reason,
      groupLabels,
      routeLabels: Pairs.none,
      externalURL,
      groupKey,
      idempotencyKey,
      at,
    };
    return compose(envelope, alerts);
  }
}

type Found =
  | Exclude<AlertChoice, { readonly kind: 'known' }>
  | { readonly kind: 'known'; readonly alerts: readonly Alert[] };

/** For who reads them and no text of ours: some titles say the name alone, others the summary. */
const marked = (alert: MessageAlert): MessageAlert => ({
  ...alert,
  labels: Labels.of(withMark(alert.labels, 'alertname')),
  annotations: Pairs.from(withMark(alert.annotations, 'summary')),
});

const withMark = (pairs: Pairs, name: string): readonly (readonly [string, string])[] => [
  ...pairs,
  [name, withTestMark(pairs.get(name))],
];

const LASTS_MS: DurationMs = 5 * 60_000;

function given({ startsAt, endsAt, ...alert }: PostedAlert, now: Instant): Alert {
  const end = endsAt ?? stampOf(now + LASTS_MS);
  return { ...alert, startsAt: startsAt ?? stampOf(now), endsAt: end, timeout: endsAt === null, updatedAt: now };
}
