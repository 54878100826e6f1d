// The outside of the rules, made of this machine's adapters: data sources, remote write targets, Alertmanagers.
import type { RulesConfig } from '../config/config.ts';
import { Labels } from '../model/labels.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { HttpClient } from '../ports/http-client.ts';
import type { AlertSinkMetrics, RemoteWriteMetrics } from '../ports/sending-metrics.ts';
import type { RuleOutside } from '../engine/rules/outside.ts';
import type { AskedSource } from '../engine/rules/world.ts';
import { ExternalAlertmanagers } from './alert-sink/all-targets.ts';
import type { Downloader } from './http-download.ts';
import { createDataSource } from './prometheus/data-source.ts';
import { RemoteWrite } from './remote-write/all-targets.ts';

export interface RuleOutsideParts {
  readonly http: HttpClient & Downloader;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly userAgent: string;
  readonly metrics: { readonly remoteWrite: RemoteWriteMetrics; readonly alertSink: AlertSinkMetrics };
}

export function createRuleOutside(parts: RuleOutsideParts): RuleOutside {
  const { http, clock, entropy, userAgent, metrics } = parts;
  const sending = { http, clock, userAgent };
  const nothing = { externalLabels: Labels.empty, names: 'utf8' } as const;
  const writer = new RemoteWrite([], { ...sending, ...nothing, metrics: metrics.remoteWrite });
  const noAlerting = { alerting: { relabel: [], alertmanagers: [] }, ...nothing };
  const sink = new ExternalAlertmanagers(noAlerting, { ...sending, metrics: metrics.alertSink });
  let sources: ReadonlyMap<string, AskedSource> = new Map();
  let first: AskedSource | undefined;
  return {
    writer,
    sink,
    source(name) {
      const source = name === null ? first : sources.get(name);
      if (source === undefined) throw new Error(`no data source ${name ?? ''}: the configuration was checked for it`);
      return source;
    },
    reconfigure({ dataSources, remoteWrite, alerting, externalLabels, nameScheme: names }: RulesConfig) {
      const made = dataSources.map((config): AskedSource => {
        const { timeout, partialAnswers } = config;
        return { source: createDataSource(config, { client: http, clock, entropy, userAgent }), timeout, partialAnswers };
      });
      sources = new Map(made.map((asked) => [asked.source.name, asked]));
      first = made[0];
      writer.reconfigure(remoteWrite, { externalLabels, names });
      sink.reconfigure({ alerting, externalLabels, names });
    },
    async close(deadline) {
      await Promise.all([writer.close(deadline), sink.close(deadline)]);
    },
  };
}
