// A message for Slack: ours, unless the receiver words it itself; and, for an app, whether it is a new one or an edit.
import type { Instant } from '../../model/time.ts';
import type { Draft } from '../draft.ts';
import { refusedDraft } from '../draft.ts';
import { jsonPost, type HttpPost } from '../http/request.ts';
import type { Scene } from '../scene.ts';
import { given, theirMessage } from './attachment.ts';
import { ourMessage } from './blocks.ts';
import { decide, type Decision, type Manner } from './episode.ts';
import { factsOf } from './facts.ts';
import { defaultOf, type SlackValues } from './forms.ts';
import { decodeMemo, doubtAbout, encodeMemo, firingIn, type Doubt, type Memo, type Said } from './memo.ts';
import type { AppRequest, Body, SlackRequest } from './request.ts';
import { threadReply } from './thread.ts';
import { judgeWebhook } from './verdict.ts';

interface Rendered {
  readonly isOurs: boolean;
  readonly channel: string;
  readonly body: Body;
  readonly compact: Body;
}

export function renderSlack(values: SlackValues, scene: Scene): Draft {
  const channel = scene.address(values.channel).trim();
  const isOurs = !values.hasOwnWords && !scene.templates.isOverridden('slack.default.');
  const { api } = values.way;
  // A webhook keeps no memo.
  const past = api === null ? null : pastOf(scene, channel, mannerOf(values, isOurs));
  const { body, compact } = isOurs ? ourMessage(scene, past?.began ?? null) : theirMessage(values, scene);
  const speaker = speakerOf(values, scene, isOurs);
  const rendered = { isOurs, channel, body: { ...speaker, ...body }, compact: { ...speaker, ...compact } };
  if (api === null || past === null) return { kind: 'slack', request: webhookRequest(values, rendered) };
  if (channel === '') return refusedDraft('no channel: an app posts to none but the one it is told');
  return { kind: 'slack', request: { ...appRequest(values, scene, { ...rendered, past }), api } };
}

/** In our message the app speaks under its own name, unless the receiver gives it one. */
function speakerOf(values: SlackValues, scene: Scene, isOurs: boolean): Body {
  const { username, iconEmoji, iconUrl, linkNames } = values;
  const named = isOurs && username === defaultOf('username') ? '' : scene.text(username);
  return {
    ...given({ username: named, icon_emoji: scene.text(iconEmoji), icon_url: scene.text(iconUrl) }),
    ...(linkNames ? { link_names: true } : {}),
  };
}

function webhookRequest({ way, httpConfig, timeout }: SlackValues, rendered: Rendered): SlackRequest {
  const to = given({ channel: rendered.channel });
  const { url, token } = way;
  const post = (body: Body, isCompact: boolean): HttpPost => ({
    ...{ http: httpConfig, timeout },
    secrets: { api_url: url, ...(token === null ? {} : { app_token: token }) },
    write: (secret) =>
      jsonPost(
        secret('api_url'),
        `${JSON.stringify({ ...to, ...body })}\n`,
        token === null ? {} : { Authorization: `Bearer ${secret('app_token')}` },
      ),
    judge: judgeWebhook(isCompact ? null : () => post(rendered.compact, true)),
  });
  return { kind: 'webhook', url, post: post(rendered.body, false) };
}

/** What an app has said before, and what that makes of this message. */
interface Past {
  readonly known: Memo;
  readonly decision: Decision;
  readonly doubt: Doubt | null;
  /** When the episode did that this message goes on with. */
  readonly began: Instant | null;
}

function pastOf({ message, memo }: Scene, channel: string, manner: Manner): Past {
  const known = decodeMemo(memo);
  const decision = decide(manner, known.episode, channel, message);
  const doubted = doubtAbout(known, channel, message.at);
  // Another message of a receiver that edits nothing is none of its business.
  const doubt = manner === 'alone' && doubted?.idempotencyKey !== message.idempotencyKey ? null : doubted;
  const before = decision.kind === 'edit' ? known.episode : goingOn(doubt);
  const isNew = decision.kind === 'post' && message.reason === 'first notification';
  return { known, decision, doubt, began: isNew ? null : (before?.since ?? null) };
}

/** An end is not edited back to firing: what fires after it is a message of its own. */
const goingOn = (doubt: Doubt | null): Doubt | null => (doubt?.firing?.length === 0 ? null : doubt);

function appRequest(
  values: SlackValues,
  scene: Scene,
  rendered: Rendered & { readonly past: Past },
): Omit<AppRequest, 'api'> {
  const { idempotencyKey, at } = scene.message;
  const { channel, past } = rendered;
  const { known, decision, doubt, began } = past;
  const { since, isOver, rank } = factsOf(scene.message, began);
  const said = { firing: firingIn(scene.message), rank, since };
  return {
    ...{ kind: 'app', http: values.httpConfig, timeout: values.timeout, token: values.way.token, channel, decision },
    ...{ body: rendered.body, compact: rendered.compact },
    reply: replyOf(scene, rendered, decision.kind === 'edit' ? known.episode : null),
    replyToDoubted: replyOf(scene, rendered, goingOn(doubt)),
    ...{ idempotencyKey, at, doubt },
    channelId: known.episode?.to === channel ? known.episode.head.channel : null,
    memo: {
      placed: (head) => encodeMemo({ episode: { head, to: channel, ...said, ended: isOver }, doubt: null }),
      doubted: encodeMemo({ episode: known.episode, doubt: { idempotencyKey, to: channel, at, ...said } }),
    },
  };
}

/** A plain message says in its head what is wrong with the templates that the reply would be made of. */
const replyOf = (
  scene: Scene,
  { isOurs, past }: Rendered & { readonly past: Past },
  before: Said | null,
): Body | null =>
  isOurs && before !== null && scene.plainBecause === null ? threadReply(scene, before, past.began) : null;

/** update_message is Alertmanager's word for editing its message; ours is always edited, and its thread says why. */
function mannerOf({ updateMessage }: SlackValues, isOurs: boolean): Manner {
  if (isOurs) return 'threaded';
  return updateMessage ? 'edited' : 'alone';
}
