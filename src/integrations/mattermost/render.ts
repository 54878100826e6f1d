// A post in Mattermost: the words in one attachment, or above those that are configured.
import { goJson, type Json, type JsonMembers } from '../../model/go-json.ts';
import { cutRunes } from '../../notify/cut-text.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import type { Draft } from '../draft.ts';
import { jsonWebhook } from '../http/json-webhook.ts';
import type { Scene } from '../scene.ts';

export interface AttachmentValues {
  readonly fallback: string;
  readonly color: string;
  readonly pretext: string;
  readonly text: string;
  readonly authorName: string;
  readonly authorLink: string;
  readonly authorIcon: string;
  readonly title: string;
  readonly titleLink: string;
  readonly fields: readonly { readonly title: string; readonly value: string; readonly short: boolean | null }[];
  readonly thumbUrl: string;
  readonly footer: string;
  readonly footerIcon: string;
  readonly imageUrl: string;
}

export interface MattermostValues extends AttachmentValues {
  readonly httpConfig: HttpConfig;
  readonly webhookUrl: SecretSource;
  readonly channel: string;
  readonly username: string;
  readonly iconUrl: string;
  readonly iconEmoji: string;
  readonly attachments: readonly AttachmentValues[];
  readonly type: string;
  readonly props: { readonly card: string } | null;
  readonly priority: PriorityValues | null;
}

interface PriorityValues {
  readonly priority: string;
  readonly requestedAck: boolean;
  readonly persistentNotifications: boolean;
}

/** Of one text; its server takes so many characters. */
const LONGEST = 16_383;
/** Of the whole body, as its server is set up by itself. */
const MOST_BYTES = 300_000;

export function renderMattermost(values: MattermostValues, scene: Scene): Draft {
  return jsonWebhook(values, bodyWithin(values, scene));
}

/** Where all of it is too much, every text is cut until it is not. */
function bodyWithin(values: MattermostValues, scene: Scene): string {
  const whole = postOf(values, scene);
  for (let longest = LONGEST; ; longest = Math.floor(longest / 2)) {
    const body = goJson(shortened(whole, longest));
    if (longest === 0 || Buffer.byteLength(body) < MOST_BYTES) return body;
  }
}

function shortened(json: Json, longest: number): Json {
  if (typeof json === 'string') return cutRunes(json, longest);
  if (Array.isArray(json)) return json.map((item: Json) => shortened(item, longest));
  if (typeof json !== 'object' || json === null) return json;
  const members = Object.entries(json as JsonMembers);
  return Object.fromEntries(
    members.map(([name, item]) => [name, item === undefined ? undefined : shortened(item, longest)]),
  );
}

function postOf(values: MattermostValues, scene: Scene): Json {
  const said = (template: string): string | undefined => scene.text(template) || undefined;
  const body = scene.body(values.text) || undefined;
  const isSplit = values.attachments.length > 0;
  const { props } = values;
  return {
    text: isSplit ? body : undefined,
    channel: scene.address(values.channel) || undefined,
    username: said(values.username),
    icon_url: said(values.iconUrl),
    icon_emoji: said(values.iconEmoji),
    attachments: isSplit
      ? values.attachments.map((each) => attachmentOf(each, said(each.text), said))
      : [attachmentOf(values, body, said)],
    type: said(values.type),
    props: props === null || props.card === '' ? undefined : { card: said(props.card) },
    priority: priorityOf(values, scene),
  };
}

function attachmentOf(
  values: AttachmentValues,
  text: string | undefined,
  said: (template: string) => string | undefined,
): Json {
  const fields = values.fields.map(({ title, value, short }) => ({
    title: said(title),
    value: said(value),
    short: short ?? undefined,
  }));
  return {
    fallback: said(values.fallback),
    color: said(values.color),
    pretext: said(values.pretext),
    text,
    author_name: said(values.authorName),
    author_link: said(values.authorLink),
    author_icon: said(values.authorIcon),
    title: said(values.title),
    title_link: said(values.titleLink),
    fields: fields.length === 0 ? undefined : fields,
    thumb_url: said(values.thumbUrl),
    footer: said(values.footer),
    footer_icon: said(values.footerIcon),
    image_url: said(values.imageUrl),
  };
}

/** Mattermost refuses a post of a priority it does not know, or with more than that priority may have. */
function priorityOf({ priority }: MattermostValues, scene: Scene): Json | undefined {
  if (priority === null || priority.priority === '') return undefined;
  const word = scene.text(priority.priority).toLowerCase();
  const level = word === 'urgent' || word === 'important' ? word : 'standard';
  return {
    priority: level,
    requested_ack: (priority.requestedAck && level !== 'standard') || undefined,
    persistent_notifications: (priority.persistentNotifications && level === 'urgent') || undefined,
  };
}
