// Receivers: named lists of integrations. What one integration's fields mean is in its own folder; here is the
// frame around them, and the refusal of upstream's kinds that we do not send to yet.
import { goQuote } from '../model/go-quote.ts';
import { Labels } from '../model/labels.ts';
import { readBool } from '../input/scalar.ts';
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

const ownKeys: readonly string[] = integrationKinds.map((kind) => kind.key);

/** Those that cannot be sent to yet. */
export const unsupportedKeys = upstreamKeys.filter((key) => !ownKeys.includes(key));

/** Whether amtool knows it. */
export const isUpstreamKey = (key: string): boolean => upstreamKeys.includes(key);

export type ReceiverContext = Omit<CompileContext, 'report'>;

export function compileReceivers(list: Node, context: ReceiverContext): ReadonlyMap<string, Receiver> {
  const receivers = new Map<string, Receiver>();
  for (const entry of list.entries('receiver')) {
    if (!entry.isMapping) continue;
    const name = entry.at('name').text;
    const receiver = { name, labels: compileLabels(entry, name), integrations: compileIntegrations(entry, context) };
    if (name === '') {
      entry.error('config/required', 'missing name in receiver', 'routes refer to it by name', 'key');
    } else if (receivers.has(name)) {
      const message = `notification config name ${goQuote(name)} is not unique`;
      entry.at('name').error('config/not-unique', message, 'one receiver can list several integrations');
    } else {
      receivers.set(name, receiver);
    }
  }
  return receivers;
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

function compileIntegrations(entry: Node, context: ReceiverContext): readonly IntegrationEntry[] {
  refuseUnsupported(entry);
  const integrations: IntegrationEntry[] = [];
  for (const kind of integrationKinds) {
    entry
      .at(kind.key)
      .items()
      .forEach((node, index) => {
        if (node.value === null) {
          node.error('config/null-entry', `missing ${kind.kind} config`, 'remove the dash or fill it in');
        } else if (node.isMapping) {
          const config = kind.compile(node.value, node.path, { ...context, report: node.report });
          if (config === null) return;
          const sendResolved = readBool(node.at('send_resolved').text) ?? kind.sendResolvedDefault;
          integrations.push({ index, sendResolved, config });
        }
      });
  }
  return integrations;
}

function refuseUnsupported(entry: Node): void {
  for (const key of unsupportedKeys) {
    const list = entry.at(key);
    if (!list.isSet || (Array.isArray(list.value) && list.value.length === 0)) continue;
    const message = `${key} is not supported yet: this version sends ${ownKeys.join(' and ')} only`;
    list.error('config/unsupported-integration', message, undefined, 'key');
  }
}
