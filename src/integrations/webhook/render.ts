// What a webhook is told: Alertmanager's body, byte for byte, or the user's `payload`. A payload that cannot be
// rendered does not lose the page: the standard body goes out instead, with the reason in `template_error`.
import type { DurationMs } from '../../model/time.ts';
import { compose } from '../../notify/compose.ts';
import type { Message } from '../../notify/message.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import { messageData } from '../../template/data.ts';
import type { TemplateSet } from '../../template/template-set.ts';
import { standardBody } from '../../notify/standard-body.ts';
import type { WebhookConfig } from './config.ts';
import { renderPayload, type RenderedText } from './payload.ts';

export interface WebhookRequest {
  readonly url: SecretSource;
  readonly http: HttpConfig;
  readonly timeout: DurationMs | null;
  readonly body: string;
  readonly idempotencyKey: string;
}

export interface RenderedWebhook {
  readonly request: WebhookRequest;
  /** Why the user's payload was not used. */
  readonly templateError: string | null;
}

/** `expired`: the time of the message is up, which all its templates share. */
export function renderWebhook(
  config: WebhookConfig,
  message: Message,
  templates: TemplateSet,
  expired: () => boolean,
): RenderedWebhook {
  const shown = truncate(message, config.maxAlerts);
  const render = (text: string): RenderedText => renderText(text, shown, templates, expired);
  const payload = config.payload === null ? null : renderPayload(config.payload, render);
  const templateError = payload === null || payload.ok ? null : payload.message;
  const body =
    payload?.ok === true
      ? payload.text
      : standardBody(shown, message.alerts.length - shown.alerts.length, templateError);
  const { url, http, timeout } = config;
  const { idempotencyKey } = message;
  return { request: { url, http, timeout, body: `${body}\n`, idempotencyKey }, templateError };
}

/** Upstream cuts first and looks at what is left: status and common labels are those of the alerts shown. */
function truncate(message: Message, maxAlerts: number): Message {
  const isWhole = maxAlerts === 0 || message.alerts.length <= maxAlerts;
  return isWhole ? message : compose(message, message.alerts.slice(0, maxAlerts));
}

function renderText(text: string, message: Message, templates: TemplateSet, expired: () => boolean): RenderedText {
  const compiled = templates.compile(text, 'text');
  if (!compiled.ok) return { ok: false, message: compiled.problems.map((problem) => problem.message).join('; ') };
  return compiled.value.render(messageData(message), { now: message.at, budget: { expired } });
}
