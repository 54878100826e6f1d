// The outside of the rules, made of this machine's adapters: data sources, remote write targets, Alertmanagers.
import { hash } from 'node:crypto';
import type { RulesConfig } from '../config/config.ts';
import { wholeText } from '../outbound/secrets.ts';
import { Labels } from '../model/labels.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { HttpClient } from '../ports/http-client.ts';
import type { AlertSinkMetrics, RemoteWriteMetrics } from '../ports/sending-metrics.ts';
import type { AskedSource, RuleOutside } from '../ports/rule-outside.ts';
import { ExternalAlertmanagers } from './alert-sink/all-targets.ts';
import type { Downloader } from './http-download.ts';
import { createDataSource, type PrometheusSource } from './prometheus/data-source.ts';
import { RemoteWrite } from './remote-write/all-targets.ts';
import type { WatchedOutside } from './watched-rules.ts';

export interface RuleOutsideParts {
  readonly http: HttpClient & Downloader;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly userAgent: string;
  readonly metrics: { readonly remoteWrite: RemoteWriteMetrics; readonly alertSink: AlertSinkMetrics };
}

export interface WatchableOutside extends RuleOutside {
  /** For metrics. */
  watched(): WatchedOutside;
}

export function createRuleOutside(parts: RuleOutsideParts): WatchableOutside {
  const { http, clock, entropy, userAgent, metrics } = parts;
  const sending = { http, clock, userAgent };
  const nothing = { externalLabels: Labels.empty, names: 'utf8' } as const;
  const writer = new RemoteWrite([], { ...sending, ...nothing, metrics: metrics.remoteWrite });
  const noAlerting = { alerting: { relabel: [], alertmanagers: [] }, ...nothing };
  const sink = new ExternalAlertmanagers(noAlerting, { ...sending, metrics: metrics.alertSink });
  let sources: ReadonlyMap<string, Asked> = new Map();
  let targets: RulesConfig['remoteWrite'] = [];
  let first: Asked | undefined;
  return {
    writer,
    sink,
    source(name) {
      const source = name === null ? first : sources.get(name);
      if (source === undefined) throw new Error(`no data source ${name ?? ''}: the configuration was checked for it`);
      return source;
    },
    reconfigure({ dataSources, remoteWrite, alerting, externalLabels, nameScheme: names }: RulesConfig) {
      const made = dataSources.map((config): Asked => {
        const { timeout, partialAnswers, holdVanished, readAfterWrite } = config;
        // One that is as it was goes on, with what it remembers of answers and of failures.
        const digest = hash('sha256', wholeText(config));
        const before = sources.get(config.name);
        const source =
          before !== undefined && before.digest === digest
            ? before.source
            : createDataSource(config, { client: http, clock, entropy, userAgent });
        return { digest, source, timeout, partialAnswers, holdVanished, readAfterWrite };
      });
      sources = new Map(made.map((asked) => [asked.source.name, asked]));
      first = made[0];
      // What is written is asked for again under the same name: as in Prometheus' own storage, it has no external labels.
      targets = remoteWrite;
      writer.reconfigure(remoteWrite, { externalLabels: Labels.empty, names });
      sink.reconfigure({ alerting, externalLabels, names });
    },
    watched: () => ({
      dataSources: [...sources.values()].map(({ source }) => source),
      remoteWrite: targets,
      alertmanagers: sink.targets(),
    }),
    async close(deadline) {
      await Promise.all([writer.close(deadline), sink.close(deadline)]);
    },
  };
}

interface Asked extends AskedSource {
  /** Of its configuration. */
  readonly digest: string;
  readonly source: PrometheusSource;
}
