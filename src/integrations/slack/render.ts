// A message for Slack: ours, unless the receiver words it itself; and, for an app, whether it is a new one or an edit.
import type { Message } from '../../notify/message.ts';
import type { Draft } from '../draft.ts';
import { refusedDraft } from '../draft.ts';
import { jsonPost, type HttpPost } from '../http/request.ts';
import type { Scene } from '../scene.ts';
import { given, theirMessage } from './attachment.ts';
import { ourMessage } from './blocks.ts';
import { decide, type Manner } from './episode.ts';
import { factsOf } from './facts.ts';
import { defaultOf, type SlackValues } from './forms.ts';
import { decodeMemo, doubtAbout, encodeMemo, firingIn, type Episode, type Head, type Said } from './memo.ts';
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
  const { body, compact } = isOurs ? ourMessage(scene) : theirMessage(values, scene);
  const speaker = speakerOf(values, scene, isOurs);
  const rendered = { isOurs, channel, body: { ...speaker, ...body }, compact: { ...speaker, ...compact } };
  const { api } = values.way;
  if (api === null) return { kind: 'slack', request: webhookRequest(values, rendered) };
  if (channel === '') return refusedDraft('no channel: an app posts to none but the one it is told');
  return { kind: 'slack', request: { ...appRequest(values, scene, rendered), api } };
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

function appRequest(values: SlackValues, scene: Scene, rendered: Rendered): Omit<AppRequest, 'api'> {
  const { message } = scene;
  const { channel } = rendered;
  const known = decodeMemo(scene.memo);
  const manner = mannerOf(values, rendered);
  const decision = decide(manner, known.episode, channel, message);
  const { idempotencyKey, at } = message;
  const doubted = doubtAbout(known, channel, at);
  // Another message of a receiver that edits nothing is none of its business.
  const doubt = manner === 'alone' && doubted?.idempotencyKey !== idempotencyKey ? null : doubted;
  return {
    ...{ kind: 'app', http: values.httpConfig, timeout: values.timeout, token: values.way.token, channel, decision },
    ...{ body: rendered.body, compact: rendered.compact },
    reply: replyOf(scene, rendered, decision.kind === 'edit' ? known.episode : null),
    // An end is not edited back to firing: what fires after it is a message of its own.
    replyToDoubted: replyOf(scene, rendered, doubt?.firing?.length === 0 ? null : doubt),
    ...{ idempotencyKey, at, doubt },
    channelId: known.episode?.to === channel ? known.episode.head.channel : null,
    memo: {
      placed: (head) => encodeMemo({ episode: episodeOf(scene, channel, head), doubt: null }),
      doubted: encodeMemo({ episode: known.episode, doubt: { idempotencyKey, to: channel, at, ...saidIn(message) } }),
    },
  };
}

/** A plain message says in its head what is wrong with the templates that the reply would be made of. */
const replyOf = (scene: Scene, { isOurs }: Rendered, before: Said | null): Body | null =>
  isOurs && before !== null && scene.plainBecause === null ? threadReply(scene, before) : null;

/** update_message is Alertmanager's word for editing its message; ours is always edited, and its thread says why. */
function mannerOf({ updateMessage }: SlackValues, { isOurs }: Rendered): Manner {
  if (isOurs) return 'threaded';
  return updateMessage ? 'edited' : 'alone';
}

function episodeOf({ message }: Scene, to: string, head: Head): Episode {
  const { since, isOver } = factsOf(message);
  return { head, to, since, ...saidIn(message), ended: isOver };
}

const saidIn = (message: Message): Said => ({ firing: firingIn(message), rank: factsOf(message).rank });
