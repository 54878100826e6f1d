// Upstream words its default texts in English. Once a receiver says what language it reads, ours take their place,
// unless the user has given the kind's templates words of their own.
import type { TemplateSet } from '../template/template-set.ts';

export const TITLE = '{{ template "belfry.title" . }}';
const SUMMARY = '{{ template "belfry.summary" . }}';
export const TEXT = '{{ template "belfry.text" . }}';
const MARKDOWN = '{{ template "belfry.markdown" . }}';
/** Of robots whose messages show no title. */
export const TITLED_MARKDOWN = '{{ template "belfry.markdown.titled" . }}';

const OURS: ReadonlyMap<string, string> = new Map([
  ['discord.default.title', TITLE],
  ['discord.default.message', MARKDOWN],
  ['jira.default.summary', TITLE],
  ['jira.default.description', TEXT],
  ['mattermost.default.title', TITLE],
  ['mattermost.default.fallback', SUMMARY],
  ['mattermost.default.text', MARKDOWN],
  ['msteams.default.title', TITLE],
  ['msteams.default.summary', SUMMARY],
  ['msteams.default.text', MARKDOWN],
  ['msteamsv2.default.title', TITLE],
  ['msteamsv2.default.text', MARKDOWN],
  ['opsgenie.default.message', TITLE],
  ['opsgenie.default.description', TEXT],
  ['pagerduty.default.description', SUMMARY],
  ['pushover.default.title', TITLE],
  ['pushover.default.message', TEXT],
  ['rocketchat.default.title', TITLE],
  ['rocketchat.default.text', MARKDOWN],
  ['sns.default.subject', TITLE],
  ['sns.default.message', TEXT],
  ['telegram.default.message', TEXT],
  ['victorops.default.entity_display_name', TITLE],
  ['victorops.default.state_message', TEXT],
  ['webex.default.message', `{{ include "belfry.title" . | include "belfry.escaped" }}\n\n${MARKDOWN}`],
  ['wechat.default.message', TEXT],
]);

/** What is rendered for `template` where the receiver has a language of its own. */
export function inItsLanguage(template: string, templates: TemplateSet): string {
  const name = /^\{\{ template "([^"]+)" ?\. ?\}\}$/.exec(template)?.[1] ?? '';
  const ours = OURS.get(name);
  return ours === undefined || templates.isOverridden(name.slice(0, name.indexOf('.') + 1)) ? template : ours;
}
