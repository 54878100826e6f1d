// Alertmanager's message: one attachment of the older kind, key for key what its Slack notifier posts.
import { cutRunes, cutUnits } from '../../notify/cut-text.ts';
import type { Scene } from '../scene.ts';
import type { SlackValues } from './forms.ts';
import type { Body } from './request.ts';

/** In characters, as Slack counts those of a title. */
const LONGEST_TITLE = 1024;
const LONGEST_COMPACT = 3000;
const MRKDWN_IN = ['fallback', 'pretext', 'text'];

export function theirMessage(values: SlackValues, scene: Scene): { readonly body: Body; readonly compact: Body } {
  const text = (template: string): string => scene.text(template);
  const title = cutRunes(text(values.title), LONGEST_TITLE);
  const body = scene.body(values.text);
  const attachment = {
    ...given({ title, title_link: text(values.titleLink), pretext: text(values.pretext) }),
    text: body,
    fallback: text(values.fallback),
    callback_id: text(values.callbackId),
    ...(values.fields.length === 0 ? {} : { fields: fieldsOf(values, scene) }),
    ...(values.actions.length === 0 ? {} : { actions: actionsOf(values, scene) }),
    ...given({ image_url: text(values.imageUrl), thumb_url: text(values.thumbUrl) }),
    footer: text(values.footer),
    ...given({ color: text(values.color) }),
    mrkdwn_in: values.mrkdwnIn.length === 0 ? MRKDWN_IN : values.mrkdwnIn,
  };
  const said = text(values.messageText);
  const short = [said, attachment.fallback, body].filter((part) => part.trim() !== '').join('\n');
  return {
    body: { ...given({ text: said }), attachments: [attachment] },
    compact: { text: cutUnits(short, LONGEST_COMPACT), blocks: [], attachments: [] },
  };
}

const fieldsOf = ({ fields, shortFields }: SlackValues, scene: Scene): readonly Body[] =>
  fields.map(({ title, value, short }) => ({
    ...given({ title: scene.text(title), value: scene.text(value) }),
    short: short ?? shortFields,
  }));

const actionsOf = ({ actions }: SlackValues, scene: Scene): readonly Body[] =>
  actions.map(({ confirm, ...action }) => {
    const { type, text, url, style, name, value } = action;
    const texts = Object.entries({ type, text, url, style, name, value }).map(([key, each]) => [key, scene.text(each)]);
    return {
      ...given(Object.fromEntries(texts) as Record<string, string>),
      ...(confirm === null
        ? {}
        : {
            confirm: given({
              text: scene.text(confirm.text),
              title: scene.text(confirm.title),
              ok_text: scene.text(confirm.okText),
              dismiss_text: scene.text(confirm.dismissText),
            }),
          }),
    };
  });

/** Without what is empty: Go leaves these keys out. */
export const given = (texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
