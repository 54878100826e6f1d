// One of the two evaluators compared, as a running process over the rules of a load, and what it costs to run it.
import { startBelfry } from '../support/e2e/belfry.ts';
import type { RouterProcess } from '../support/e2e/router-process.ts';
import { startVmalert } from '../support/e2e/vmalert.ts';
import { cpuSeconds, residentMegabytes } from './process-cost.ts';
import { rulesFiles, rulesText, WARM_UP_SECONDS, type RuleLoad } from './rules-loads.ts';
import { CannedServer, type Counted, type Delay } from './rules-server-channel.ts';

export interface RulesSide {
  readonly name: 'belfry' | 'vmalert';
  /** Of vmalert. */
  readonly binary: string;
  /** Of Belfry's Node. */
  readonly nodeOptions: string;
}

export interface Outcome extends Counted {
  readonly cpuPerEvaluation: number;
  /** Seconds. */
  readonly cpuPerMillionSamples: number;
  /** Of one core. */
  readonly cpuShare: number;
  readonly rss: number;
  /** Of the evaluations that were due. */
  readonly kept: number;
  readonly heard: { readonly alerts: Delay; readonly webhooks: Delay } | null;
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function measure(side: RulesSide, load: RuleLoad, least: number, resend: string): Promise<Outcome> {
  // Of whole intervals, or groups would count as kept or missed by their phase.
  const seconds = Math.ceil(least / load.interval) * load.interval;
  using server = new CannedServer();
  const url = await server.ask('start', {});
  await server.ask('series', { count: load.isAboutDelay === true ? 0 : load.series });
  await using running =
    side.name === 'belfry' ? await belfry(side, load, url, seconds) : await vmalert(side, load, url, resend);
  await sleep(WARM_UP_SECONDS * 1000);
  if (load.isAboutDelay === true) await server.ask('series', { count: load.series });
  await server.ask('begin', {});
  const before = cpuSeconds(running.pid);
  const begin = performance.now();
  await sleep(seconds * 1000);
  const cpu = cpuSeconds(running.pid) - before;
  const elapsed = (performance.now() - begin) / 1000;
  const counted = await server.ask('counted', {});
  const rss = residentMegabytes(running.pid);
  // A profile is written at an orderly end only.
  await running.stop();
  return {
    ...counted,
    cpuPerEvaluation: (cpu * 1e6) / counted.evaluations,
    cpuPerMillionSamples: (cpu * 1e6) / counted.samples,
    cpuShare: cpu / elapsed,
    rss,
    kept: counted.evaluations / ((load.rules * elapsed) / load.interval),
    heard: load.isAboutDelay === true ? await server.ask('heard', {}) : null,
  };
}

function belfry(side: RulesSide, load: RuleLoad, url: string, seconds: number): Promise<RouterProcess> {
  const isHeard = load.isAboutDelay === true;
  const receiver = { name: 'all', ...(isHeard ? { webhook_configs: [{ url: `${url}/webhook` }] } : {}) };
  const alertmanagers = [{ static_configs: [{ targets: [new URL(url).host] }] }];
  const config = {
    route: { receiver: 'all', group_by: ['alertname'], group_wait: '0s', group_interval: '1m', repeat_interval: '4h' },
    receivers: [receiver],
    prometheus: { url },
    remote_write: [{ url: `${url}/api/v1/write` }],
    rule_files: ['rules-*.yml'],
    ...(isHeard ? { alerting: { alertmanagers } } : {}),
  };
  return startBelfry({
    config: JSON.stringify(config),
    files: rulesFiles(load),
    // What fires is said again once while it is measured: by default it would be once or not at all.
    args: [`--rules.alert.resend-delay=${Math.max(1, seconds - load.interval)}s`],
    env: { NODE_OPTIONS: side.nodeOptions },
  });
}

function vmalert({ binary }: RulesSide, load: RuleLoad, url: string, resend: string): Promise<RouterProcess> {
  const args = ['-datasource.queryTimeAlignment=false', ...(resend === '' ? [] : [`-rule.resendDelay=${resend}`])];
  return startVmalert(binary, { rules: rulesText(load), store: url, notifier: url, args });
}
