// Belfry over rules of a test: its configuration, and what it says of them.
import { mkdir, writeFile } from 'node:fs/promises';
import { startBelfry } from '../../support/e2e/belfry.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';

export interface Setup {
  /** The data source; the whole of `prometheus:` when it is no URL. */
  readonly asks: string;
  /** URLs of remote write targets' stores. */
  readonly writes?: string;
  /** By file name, without .yml; of a pattern there are no files yet. */
  readonly rules: Readonly<Record<string, string>>;
  /** Where webhooks go; null has no receiver that sends. */
  readonly webhook?: string;
  /** host:port of an external Alertmanager. */
  readonly alertmanager?: string;
  /** More of the configuration. */
  readonly more?: string;
  /** Two seconds, unless something else is wanted: what fires is believed for eight. */
  readonly resendDelay?: string;
  readonly args?: readonly string[];
}

export const configOf = ({ asks, writes, rules, webhook, alertmanager, more = '' }: Setup): string => `
route: {receiver: all, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers:
- name: all
${webhook === undefined ? '' : `  webhook_configs: [{url: '${webhook}'}]`}
prometheus: ${asks.startsWith('http') ? `{url: '${asks}'}` : asks}
${writes === undefined ? '' : `remote_write: [{url: '${writes}/api/v1/write'}]`}
${alertmanager === undefined ? '' : `alerting: {alertmanagers: [{static_configs: [{targets: ['${alertmanager}']}]}]}`}
rule_files: [${Object.keys(rules)
  .map((name) => `'${name}.yml'`)
  .join(', ')}]
${more}
`;

export function startWithRules(setup: Setup): Promise<RouterProcess> {
  return startBelfry({
    config: configOf(setup),
    files: Object.fromEntries(
      Object.entries(setup.rules).flatMap(([name, text]) => (name.includes('*') ? [] : [[`${name}.yml`, text]])),
    ),
    args: [`--rules.alert.resend-delay=${setup.resendDelay ?? '2s'}`, ...(setup.args ?? [])],
  });
}

export async function writeRules(belfry: RouterProcess, name: string, text: string): Promise<void> {
  await mkdir(belfry.folder, { recursive: true });
  await writeFile(`${belfry.folder}/${name}.yml`, text);
}

export interface ToldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
  readonly activeAt: string;
  readonly value: string;
}

export interface ToldRule {
  readonly name: string;
  readonly state?: string;
  readonly health: string;
  readonly lastError?: string;
  readonly alerts?: readonly ToldAlert[];
  readonly lastEvaluation: string;
}

interface ToldGroup {
  readonly name: string;
  readonly file: string;
  readonly rules: readonly ToldRule[];
}

export async function groupsOf({ url }: RouterProcess): Promise<readonly ToldGroup[]> {
  const { data } = (await getJson(`${url}/api/v1/rules`)) as {
    readonly data: { readonly groups: readonly ToldGroup[] };
  };
  return data.groups;
}

export async function ruleOf(belfry: RouterProcess, name: string): Promise<ToldRule> {
  const rule = (await groupsOf(belfry)).flatMap(({ rules }) => rules).find((candidate) => candidate.name === name);
  if (rule === undefined) throw new Error(`there is no rule ${name}`);
  return rule;
}

export async function alertOf(belfry: RouterProcess, name: string): Promise<ToldAlert | null> {
  const { alerts = [] } = await ruleOf(belfry, name);
  return alerts[0] ?? null;
}

export const stateOf = async (belfry: RouterProcess, name: string): Promise<string> =>
  (await alertOf(belfry, name))?.state ?? 'inactive';

/** Names of alerts that the router has as firing. */
export async function activeInRouter({ url }: RouterProcess): Promise<readonly string[]> {
  const alerts = (await getJson(`${url}/api/v2/alerts`)) as readonly {
    readonly labels: { readonly alertname: string };
  }[];
  return alerts.map(({ labels }) => labels.alertname).toSorted();
}

/** One series of /metrics, 0 when it is not there. */
export async function metricOf({ url }: RouterProcess, series: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = text.split('\n').find((each) => each.startsWith(`${series} `) || each.startsWith(`${series}{`));
  return found === undefined ? 0 : Number(found.slice(found.lastIndexOf(' ') + 1));
}

export async function getJson(url: string): Promise<unknown> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} was answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
