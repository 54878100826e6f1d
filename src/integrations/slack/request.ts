// A message on its way to Slack: to a webhook, which is a POST and no more, or through the Web API, where a message
// can be edited, answered in its thread, and found again.
import type { Secret } from '../../input/secret.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import type { HttpPost } from '../http/request.ts';
import type { Decision } from './episode.ts';
import type { Doubt, Head } from './memo.ts';

/** Arguments of chat.postMessage, less the channel. */
export type Body = Readonly<Record<string, unknown>>;

export interface WebhookRequest {
  readonly kind: 'webhook';
  /** One message a second goes to each. */
  readonly url: SecretSource;
  readonly post: HttpPost;
}

export interface AppRequest {
  readonly kind: 'app';
  readonly http: HttpConfig;
  readonly timeout: DurationMs | null;
  readonly api: Secret;
  /** null: http_config authorizes. */
  readonly token: SecretSource | null;
  /** As it is configured: a name or an id. */
  readonly channel: string;
  readonly body: Body;
  /** What goes out when Slack finds the body too large, or malformed. */
  readonly compact: Body;
  readonly decision: Decision;
  /** What the thread hears when the head is edited. */
  readonly reply: Body | null;
  /** What the thread and the channel hear when the message in doubt is there, and is edited; null: it is left alone. */
  readonly replyToDoubted: Body | null;
  readonly idempotencyKey: string;
  /** The instant of the flush. */
  readonly at: Instant;
  /** A message that an earlier generation may have left, or an attempt at this one before a restart. */
  readonly doubt: Doubt | null;
  /** The channel's id, as earlier messages to it told. */
  readonly channelId: string | null;
  /** What to remember: once the head is there; and when nobody knows whether it is. */
  readonly memo: { readonly placed: (head: Head) => string; readonly doubted: string };
}

export type SlackRequest = WebhookRequest | AppRequest;
