// alerting: the Alertmanagers that alerts of rules go to besides our own router, with Prometheus' keys. Targets are
// listed; their addresses go through relabel_configs once, here, and what comes out is a URL each.
import { parseDuration } from '../model/duration.ts';
import { goQuote } from '../model/go-quote.ts';
import { isValidLabelName, type LabelNameMode } from '../model/label-name.ts';
import { Labels } from '../model/labels.ts';
import type { DurationMs } from '../model/time.ts';
import { compileHttpConfig, DEFAULT_HTTP_CONFIG } from '../outbound/compile.ts';
import { compileRelabel, relabelSchema } from '../outbound/compile-relabel.ts';
import { relabel } from '../outbound/relabel.ts';
import { httpConfigKeys } from '../outbound/schema.ts';
import { httpUrlFault } from '../outbound/url.ts';
import type { AlertingConfig, AlertmanagerTarget, RelabelRule } from './config.ts';
import type { Node } from '../input/node.ts';

const text = { type: ['string', 'null'] };
const texts = { type: ['array', 'null'], items: text };
/** Judged below, whatever it holds. */
const anything = {};

/** Upstream's ways to find targets, but for the list. */
const DISCOVERY = [
  'aws_sd_configs',
  'azure_sd_configs',
  'consul_sd_configs',
  'digitalocean_sd_configs',
  'dns_sd_configs',
  'docker_sd_configs',
  'dockerswarm_sd_configs',
  'ec2_sd_configs',
  'ecs_sd_configs',
  'elasticache_sd_configs',
  'eureka_sd_configs',
  'file_sd_configs',
  'gce_sd_configs',
  'hetzner_sd_configs',
  'http_sd_configs',
  'ionos_sd_configs',
  'kubernetes_sd_configs',
  'kuma_sd_configs',
  'lightsail_sd_configs',
  'linode_sd_configs',
  'marathon_sd_configs',
  'msk_sd_configs',
  'nerve_sd_configs',
  'nomad_sd_configs',
  'openstack_sd_configs',
  'outscale_sd_configs',
  'ovhcloud_sd_configs',
  'puppetdb_sd_configs',
  'rds_sd_configs',
  'scaleway_sd_configs',
  'serverset_sd_configs',
  'stackit_sd_configs',
  'triton_sd_configs',
  'uyuni_sd_configs',
  'vultr_sd_configs',
];

export const alertingSchema = {
  type: ['object', 'null'],
  properties: {
    alert_relabel_configs: relabelSchema,
    alertmanagers: {
      type: ['array', 'null'],
      items: {
        type: ['object', 'null'],
        properties: {
          ...httpConfigKeys,
          ...Object.fromEntries(DISCOVERY.map((key) => [key, anything])),
          static_configs: {
            type: ['array', 'null'],
            items: {
              type: ['object', 'null'],
              properties: { targets: texts, labels: { type: ['object', 'null'], additionalProperties: text } },
              additionalProperties: false,
            },
          },
          scheme: text,
          path_prefix: text,
          timeout: { ...text, format: 'duration' },
          api_version: text,
          relabel_configs: relabelSchema,
          alert_relabel_configs: relabelSchema,
          sigv4: anything,
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

export interface AlertingContext {
  /** What relative file names are relative to. */
  readonly baseDir: string;
  readonly names: LabelNameMode;
}

const DEFAULT_TIMEOUT: DurationMs = 10_000; // timeout

export function compileAlerting(alerting: Node, context: AlertingContext): AlertingConfig {
  const rules = compileRules(alerting.at('alert_relabel_configs'), context, 'alert relabeling rule');
  const targets: AlertmanagerTarget[] = [];
  for (const entry of alerting.at('alertmanagers').entries('Alertmanager config')) {
    if (!entry.isMapping) continue;
    const found = compileSet(entry, context);
    // Told once each, whatever number of times they are listed.
    for (const target of found) if (!targets.some(({ url }) => url === target.url)) targets.push(target);
  }
  return { relabel: rules, alertmanagers: targets };
}

function compileRules(list: Node, context: AlertingContext, what: string): readonly RelabelRule[] {
  return compileRelabel(list.value, list.path, { report: list.report, names: context.names, what });
}

/** One entry of alertmanagers: targets that are spoken to in one way. */
function compileSet(entry: Node, context: AlertingContext): readonly AlertmanagerTarget[] {
  refuseDiscovery(entry);
  const version = entry.at('api_version');
  if (version.isSet && version.text !== 'v2') {
    const message = `expected Alertmanager api version to be one of [v2] but got ${version.text}`;
    version.error('config/unsupported', message, 'remove it');
  }
  const http = compileHttpConfig(entry.value, entry.path, entry.report, context.baseDir);
  const targetRules = compileRules(entry.at('relabel_configs'), context, 'Alertmanager target relabeling rule');
  const alertRules = compileRules(entry.at('alert_relabel_configs'), context, 'Alertmanager alert relabeling rule');
  const timeout = parseDuration(entry.at('timeout').text);
  return addressesOf(entry, targetRules, context.names).map((url) => ({
    url,
    http: http ?? DEFAULT_HTTP_CONFIG,
    timeout: entry.at('timeout').isSet && timeout.ok && timeout.ms > 0 ? timeout.ms : DEFAULT_TIMEOUT,
    relabel: alertRules,
  }));
}

function refuseDiscovery(entry: Node): void {
  for (const key of DISCOVERY) {
    if (!entry.at(key).isSet) continue;
    const message = `${key} is not supported: Alertmanagers are found by static_configs only`;
    entry.at(key).error('config/unsupported', message, 'list them under static_configs', 'key');
  }
  if (entry.at('sigv4').isSet) {
    const hint = 'basic_auth, authorization, oauth2 and tls_config are';
    entry.at('sigv4').error('config/unsupported', 'sigv4 is not supported', hint, 'key');
  }
}

function addressesOf(entry: Node, rules: readonly RelabelRule[], names: LabelNameMode): readonly string[] {
  const urls: string[] = [];
  for (const group of entry.at('static_configs').entries('static config')) {
    for (const target of group.at('targets').entries('target')) {
      const labels = targetLabels(entry, group, target, names);
      const kept = relabel(rules, labels, names);
      const url = kept === null ? null : urlOf(kept, target);
      if (url !== null) urls.push(url);
    }
  }
  return urls;
}

/** In upstream's terms: what relabel_configs may read and change. */
function targetLabels(entry: Node, group: Node, target: Node, names: LabelNameMode): Labels {
  const own: [string, string][] = [];
  for (const [name, value] of group.at('labels').fields()) {
    if (isValidLabelName(name, names)) own.push([name, value.text]);
    else value.error('config/bad-label-name', `invalid label name ${goQuote(name)}`, undefined, 'key');
  }
  return Labels.of([
    ['__scheme__', entry.at('scheme').text || 'http'],
    ['__alerts_path__', pathOf(entry.at('path_prefix').text)],
    ...own,
    ['__address__', target.text],
  ]);
}

/** Joined as paths are: no empty parts, no dots. */
function pathOf(prefix: string): string {
  const parts: string[] = [];
  for (const part of `${prefix}/api/v2/alerts`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function urlOf(labels: Labels, target: Node): string | null {
  const address = labels.get('__address__');
  const refuse = (message: string, hint?: string): null => {
    target.error('config/bad-url', message, hint);
    return null;
  };
  if (address.includes('/')) {
    return refuse(`${goQuote(address)} is not a valid hostname`, 'write host:port; scheme and path_prefix are keys');
  }
  const path = labels.get('__alerts_path__').replaceAll('?', '%3F').replaceAll('#', '%23');
  const url = `${labels.get('__scheme__')}://${address}${path.startsWith('/') ? path : `/${path}`}`;
  const fault = httpUrlFault(url);
  return fault === null ? url : refuse(fault);
}
