// The same rules over the same metrics, evaluated inside a real Prometheus and by Belfry beside another one. Both
// evaluate at the same instants, for Belfry's groups are given the phases that Prometheus chose; metrics change between
// slots only. Then everything must be equal to the last digit: recorded series, ALERTS and ALERTS_FOR_STATE sample by
// sample with their instants, the moments at which series end, and the alerts that are told to an Alertmanager.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RunningProcess } from '../../support/e2e/child.ts';
import { startExporter } from '../../support/e2e/exporter.ts';
import { startPrometheusStore } from '../../support/e2e/prometheus-store.ts';
import { labelsText, seenAtSteps, storedSamples } from '../../support/e2e/query-api.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { startWebhookSink, type WebhookSink } from '../../support/e2e/webhook-sink.ts';
import { until } from '../chaos/ask.ts';
import { describeBeside } from '../peers.ts';
import { groupsOf, metricOf, startWithRules } from './belfry-scene.ts';
import { Lane, STEPS } from './equality-lane.ts';
import { alerts, chains, namesOf, ruleFile, templates } from './equality-rules.ts';

const EXTERNAL_URL = 'http://rules.example/base';
/** Everything that rules write. */
const WRITTEN = '{__name__=~"ALERTS|ALERTS_FOR_STATE|[abc]:.+"}';

const lanes = [new Lane('a', 2000), new Lane('b', 2000), new Lane('c', 3000)] as const;
const groups = [chains(lanes[0]), alerts(lanes[1]), templates(lanes[2])];

const scraping = (exporter: string, node: string): string => `
scrape_configs:
- {job_name: plain, scrape_interval: 250ms, scrape_timeout: 250ms, static_configs: [{targets: ['${exporter}']}]}
- {job_name: timed, scrape_interval: 250ms, scrape_timeout: 250ms, metrics_path: /timed, static_configs: [{targets: ['${exporter}']}]}
- {job_name: node, scrape_interval: 1s, scrape_timeout: 1s, static_configs: [{targets: ['${node}'], labels: {instance: here}}]}
`;

const notifying = (sink: string): string => `
alerting: {alertmanagers: [{static_configs: [{targets: ['${sink.slice('http://'.length)}']}]}]}
`;

const page = (which: 'plain' | 'timed') => (): string => lanes.map((lane) => lane[which](Date.now())).join('');

/** The instant of the newest sample its beat left, and that of two before: it is past its first evaluations. */
async function phaseOf(url: string, { name, interval }: Lane): Promise<number> {
  let beats: readonly string[] = [];
  await until(`group ${name} has been evaluated three times`, 15_000, async () => {
    [beats = []] = (await storedSamples(url, `${name}:beat`, Date.now() - 60_000, Date.now() + 1000)).values();
    return beats.length >= 3;
  });
  return Number(beats.at(-1)!.split(' ')[0]) % interval;
}

interface Told {
  readonly labels: Readonly<Record<string, string>>;
  /** Debian's Prometheus leaves it out when there are none. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
}

/** Each alert's tellings in their order, but for those of before. */
function tellings(sink: WebhookSink, from: number, to: number): ReadonlyMap<string, readonly string[]> {
  const all = sink.received('/api/v2/alerts').flatMap(({ body }) => JSON.parse(body) as readonly Told[]);
  const byLabels = new Map<string, string[]>();
  for (const { labels, annotations, startsAt, endsAt, generatorURL } of all) {
    const [start, end] = [Date.parse(startsAt), Date.parse(endsAt)];
    const told = { annotations: labelsText(annotations ?? {}), start, end, generatorURL };
    // An alert that goes on is told to end in four minutes: that tells when it was said.
    const said = end > to + 60_000 ? end - 240_000 : end;
    if (start >= from && said <= to) {
      byLabels.getOrInsertComputed(labelsText(labels), () => []).push(JSON.stringify(told));
    }
  }
  return new Map([...byLabels].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

describeBeside(
  'rules inside Prometheus and beside it',
  ['prometheus', 'prometheus-node-exporter'],
  ({ prometheus, 'prometheus-node-exporter': nodeExporter }) => {
    const stack = new AsyncDisposableStack();
    afterAll(() => stack.disposeAsync());
    let inside: RouterProcess;
    let beside: RouterProcess;
    let belfry: RouterProcess;
    let sinks: { readonly inside: WebhookSink; readonly beside: WebhookSink };
    let window: { readonly from: number; readonly to: number };

    beforeAll(async () => {
      const exporter = stack.use(await startExporter({ '/metrics': page('plain'), '/timed': page('timed') }));
      const node = `127.0.0.1:${await freePort()}`;
      stack.use(new RunningProcess(nodeExporter, [`--web.listen-address=${node}`]));
      sinks = { inside: stack.use(await startWebhookSink()), beside: stack.use(await startWebhookSink()) };
      const scrapes = scraping(exporter.address, node);
      const external = 'global: {external_labels: {region: eu}}\n';
      [inside, beside] = await Promise.all([
        startPrometheusStore(prometheus, {
          config: external + scrapes + notifying(sinks.inside.url),
          rules: ruleFile(groups),
          args: [`--web.external-url=${EXTERNAL_URL}`, '--web.route-prefix=/'],
        }),
        startPrometheusStore(prometheus, { config: scrapes, remoteWriteReceiver: true }),
      ]);
      stack.use(inside);
      stack.use(beside);
      const phases = new Map(
        await Promise.all(lanes.map(async (lane) => [lane, await phaseOf(inside.url, lane)] as const)),
      );
      belfry = stack.use(
        await startWithRules({
          asks: beside.url,
          writes: beside.url,
          rules: { rules: ruleFile(groups, (lane) => `  eval_offset: ${phases.get(lane)}ms\n`) },
          alertmanager: sinks.beside.url.slice('http://'.length),
          more: 'global: {external_labels: {region: eu}}',
          resendDelay: '1m',
          args: [`--web.external-url=${EXTERNAL_URL}`, '--web.route-prefix=/'],
        }),
      );
      // Every group of Belfry has been evaluated before anything begins.
      const soon = Date.now() + 5000;
      for (const lane of lanes) {
        lane.begins = Math.ceil((soon - phases.get(lane)!) / lane.interval) * lane.interval + phases.get(lane)!;
      }
      const from = Math.max(...lanes.map(({ begins }) => begins!));
      window = { from, to: from + STEPS * 2000 };
      await pause(window.to + 1500 - Date.now());
    });

    it('has at least thirty rules, each of which left something', async () => {
      const names = namesOf(groups);
      expect(names.length).toBeGreaterThanOrEqual(30);
      const left = new Set<string>();
      for (const key of (await storedSamples(beside.url, WRITTEN, window.from, window.to)).keys()) {
        const labels = new Map(JSON.parse(key) as [string, string][]);
        const name = labels.get('__name__')!;
        left.add(name.startsWith('ALERTS') ? `alert ${labels.get('alertname')}` : `record ${name}`);
      }
      expect([...left].toSorted()).toEqual([...new Set(names)].toSorted());
    });

    it('missed no slot and had no failure of its own', async () => {
      expect(await metricOf(inside, 'prometheus_rule_group_iterations_missed_total')).toBe(0);
      expect(await metricOf(belfry, 'prometheus_rule_group_iterations_missed_total')).toBe(0);
      const unwell = async (router: RouterProcess): Promise<readonly string[]> =>
        (await groupsOf(router)).flatMap(({ rules }) =>
          rules.filter(({ health }) => health !== 'ok').map(({ name, health }) => `${name} ${health}`),
        );
      expect(await unwell(belfry)).toEqual(await unwell(inside));
    });

    it('writes the same samples at the same instants', async () => {
      const theirs = await storedSamples(inside.url, WRITTEN, window.from, window.to);
      const ours = await storedSamples(beside.url, WRITTEN, window.from, window.to);
      expect(theirs.size).toBeGreaterThan(100);
      expect([...ours.keys()]).toEqual([...theirs.keys()]);
      for (const [series, samples] of theirs) expect([series, ours.get(series)]).toEqual([series, samples]);
    });

    it('ends its series at the same slots', async () => {
      const steps = { ...window, step: 500 };
      const theirs = await seenAtSteps(inside.url, WRITTEN, steps);
      const ours = await seenAtSteps(beside.url, WRITTEN, steps);
      expect([...ours.keys()]).toEqual([...theirs.keys()]);
      for (const [series, samples] of theirs) expect([series, ours.get(series)]).toEqual([series, samples]);
      // Some series do end, and come back.
      const isCut = (samples: readonly string[]): boolean => samples.length < (window.to - window.from) / 500;
      expect([...theirs.values()].filter(isCut).length).toBeGreaterThan(50);
    });

    it('tells Alertmanager the same alerts, from the same instants on, in the same order', () => {
      const theirs = tellings(sinks.inside, window.from, window.to);
      const ours = tellings(sinks.beside, window.from, window.to);
      expect(theirs.size).toBeGreaterThan(30);
      expect([...ours.keys()]).toEqual([...theirs.keys()]);
      for (const [alert, told] of theirs) expect([alert, ours.get(alert)]).toEqual([alert, told]);
    });
  },
);
