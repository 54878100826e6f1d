// The keys of slack_configs, all of Alertmanager's, in the order it prints them.
import type { Form, FormTable, Values } from '../form/form.ts';
import { http, table, tables, templateList } from '../form/nested.ts';
import { bool, optionalBool, timeout } from '../form/scalar.ts';
import { address, requiredTemplate, template } from '../form/text.ts';
import { way } from './way.ts';

/** The template that upstream takes when the key is not there. */
export const defaultOf = (name: string): string => `{{ template "slack.default.${name}" . }}`;
const byDefault = (name: string): Form<string> => template(defaultOf(name));

/** An action that is a link has no name, value or question, whatever the file says. */
function unlessLink<T>(form: Form<T>, otherwise: T): Form<T> {
  return {
    ...form,
    read: (section, key, context) => (section.text('url') === '' ? form.read(section, key, context) : otherwise),
  };
}

const actionUrl: Form<string> = {
  ...template(),
  read: (section, key, context) => {
    if (section.text(key) === '' && section.text('name') === '') {
      section.refuse(key, 'config/required', 'missing name or url in Slack action configuration');
    }
    return template().read(section, key, context);
  },
};

const field = {
  title: requiredTemplate('missing title in Slack field configuration'),
  value: requiredTemplate('missing value in Slack field configuration'),
  short: optionalBool(),
};

const confirm = {
  text: requiredTemplate('missing text in Slack confirmation configuration'),
  title: template(),
  ok_text: template(),
  dismiss_text: template(),
};

const action = {
  type: requiredTemplate('missing type in Slack action configuration'),
  text: requiredTemplate('missing text in Slack action configuration'),
  url: actionUrl,
  style: template(),
  name: unlessLink(template(), ''),
  value: unlessLink(template(), ''),
  confirm: unlessLink(table(confirm), null),
};

/** Keys that say something of the message itself. */
const WORDS = [
  ...['color', 'title', 'title_link', 'pretext', 'text', 'message_text', 'fields', 'short_fields', 'footer'],
  ...['fallback', 'callback_id', 'image_url', 'thumb_url', 'mrkdwn_in', 'actions'],
];

const hasOwnWords: Form<boolean> = {
  properties: () => ({}),
  read: (section) => WORDS.some((key) => section.has(key)),
  print: () => [],
};

/** amtool 0.25 refuses a file with a key it does not know. */
const shownWhenTrue: Form<boolean> = { ...bool(), print: (key, value) => (value ? [[key, value]] : []) };

export const slackForms = {
  http_config: http(),
  way,
  channel: address(),
  username: byDefault('username'),
  color: byDefault('color'),
  title: byDefault('title'),
  title_link: byDefault('titlelink'),
  pretext: byDefault('pretext'),
  text: byDefault('text'),
  message_text: template(),
  fields: tables(field),
  short_fields: bool(),
  footer: byDefault('footer'),
  fallback: byDefault('fallback'),
  callback_id: byDefault('callbackid'),
  icon_emoji: byDefault('iconemoji'),
  icon_url: byDefault('iconurl'),
  image_url: template(),
  thumb_url: template(),
  link_names: bool(),
  mrkdwn_in: templateList(),
  actions: tables(action),
  update_message: shownWhenTrue,
  timeout: timeout(),
  has_own_words: hasOwnWords,
} satisfies FormTable;

export type SlackValues = Values<typeof slackForms>;
