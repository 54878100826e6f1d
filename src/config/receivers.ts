// Receivers: named lists of integrations. What one integration's fields mean is in its own folder; here is the
// frame around them.
import { basename } from 'node:path';
import type { Path } from '../input/doc.ts';
import { goQuote } from '../model/go-quote.ts';
import { Labels } from '../model/labels.ts';
import type { Position } from '../model/problem.ts';
import { DEFAULT_LOCALE, isLanguage, LANGUAGES, type Locale } from '../notify/locale.ts';
import { zoneNamed } from '../template/functions-time.ts';
import { readBool } from '../input/scalar.ts';
import { closest } from '../input/suggest.ts';
import type { CompileContext } from '../integrations/integration.ts';
import { integrationKinds } from '../integrations/registry.ts';
import type { IntegrationEntry, Receiver } from './config.ts';
import type { Node } from '../input/node.ts';

/** Upstream's keys of integrations, all of them. */
const upstreamKeys: readonly string[] = [
  'discord_configs',
  'email_configs',
  'incidentio_configs',
  'jira_configs',
  'mattermost_configs',
  'msteams_configs',
  'msteamsv2_configs',
  'opsgenie_configs',
  'pagerduty_configs',
  'pushover_configs',
  'rocketchat_configs',
  'slack_configs',
  'sns_configs',
  'telegram_configs',
  'victorops_configs',
  'webex_configs',
  'webhook_configs',
  'wechat_configs',
];

/** Whether amtool knows it. */
export const isUpstreamKey = (key: string): boolean => upstreamKeys.includes(key);

export interface ReceiverContext extends Omit<CompileContext, 'report' | 'template'> {
  /** Where it is, if it is a template. */
  readonly template: (...given: Parameters<CompileContext['template']>) => Position | null;
}

export function compileReceivers(list: Node, context: ReceiverContext): ReadonlyMap<string, Receiver> {
  const receivers = new Map<string, Receiver>();
  for (const entry of list.entries('receiver')) {
    if (!entry.isMapping) continue;
    const name = entry.at('name').text;
    const receiver = {
      ...{ name, labels: compileLabels(entry, name), integrations: compileIntegrations(entry, context) },
      fallback: entry.at('fallback').text || null,
    };
    if (name === '') {
      entry.error('config/required', 'missing name in receiver', 'routes refer to it by name', 'key');
    } else if (receivers.has(name)) {
      const message = `notification config name ${goQuote(name)} is not unique`;
      entry.at('name').error('config/not-unique', message, 'one receiver can list several integrations');
    } else {
      receivers.set(name, receiver);
    }
  }
  for (const entry of list.items()) refuseFallback(entry, receivers);
  return receivers;
}

function refuseFallback(entry: Node, receivers: ReadonlyMap<string, Receiver>): void {
  const fallback = entry.at('fallback');
  const own = entry.at('name').text;
  if (fallback.text === '') return;
  if (!receivers.has(fallback.text)) {
    const guess = closest(fallback.text, receivers.keys());
    const hint = guess === null ? undefined : `did you mean ${goQuote(guess)}?`;
    return fallback.error(
      'config/undefined-receiver',
      `undefined receiver ${goQuote(fallback.text)} used as fallback`,
      hint,
    );
  }
  const chain = [own];
  for (let next: string | null = fallback.text; next !== null; next = receivers.get(next)?.fallback ?? null) {
    chain.push(next);
    if (next !== own && chain.indexOf(next) === chain.length - 1) continue;
    if (next === own) fallback.error('config/bad-value', `fallbacks in a circle: ${chain.join(' -> ')}`);
    return;
  }
}

/** language, timezone: ours, and of the receiver, because they are those of the people who read it. */
function compileLocale(entry: Node): Locale {
  const language = entry.at('language');
  const timezone = entry.at('timezone');
  if (language.isSet && !isLanguage(language.text)) {
    language.error('config/bad-value', `unknown language ${goQuote(language.text)}`, `one of ${LANGUAGES.join(', ')}`);
  }
  if (timezone.isSet && zoneNamed(timezone.text) === null) {
    const hint = 'a name of the time zone database, as Europe/Berlin';
    timezone.error('config/unknown-zone', `unknown time zone ${goQuote(timezone.text)}`, hint);
  }
  return {
    language: isLanguage(language.text) ? language.text : DEFAULT_LOCALE.language,
    isChosen: language.isSet,
    timezone: timezone.text || DEFAULT_LOCALE.timezone,
  };
}

function compileLabels(entry: Node, name: string): Labels {
  const labels: [string, string][] = [];
  for (const [label, node] of entry.at('labels').fields()) {
    if (label === 'name' && node.text !== name) {
      const message = `receiver label "name" must match receiver name ${goQuote(name)}, got ${goQuote(node.text)}`;
      node.error('config/bad-value', message, 'leave it out: it is set by itself');
    }
    labels.push([label, node.text]);
  }
  return Labels.of([...labels, ['name', name]]);
}

/** `headers.Subject`, `fields[0].value` */
const keyText = (path: Path): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');

function compileIntegrations(entry: Node, context: ReceiverContext): readonly IntegrationEntry[] {
  const integrations: IntegrationEntry[] = [];
  const locale = compileLocale(entry);
  for (const kind of integrationKinds) {
    entry
      .at(kind.key)
      .items()
      .forEach((node, index) => {
        if (node.value === null) {
          node.error('config/null-entry', `missing ${kind.kind} config`, 'remove the dash or fill it in');
        } else if (node.isMapping) {
          const texts = new Map<string, string>();
          const config = kind.compile(node.value, node.path, {
            ...context,
            report: node.report,
            template: (path, text, mode, use) => {
              const at = context.template(path, text, mode, use);
              if (at === null || texts.has(text)) return;
              const place = `${basename(at.file)}:${at.line}:${at.column}`;
              // A text of `global` stands in for the element's own.
              const within = path[0] === node.path[0] ? path.slice(node.path.length) : path;
              texts.set(text, `${keyText(within)} of ${kind.kind}/${index} (${place})`);
            },
          });
          if (config === null) return;
          const sendResolved = readBool(node.at('send_resolved').text) ?? kind.sendResolvedDefault;
          integrations.push({ index, sendResolved, config, locale, texts });
        }
      });
  }
  return integrations;
}
