// ALERTS and ALERTS_FOR_STATE: what an alerting rule writes of itself, so that dashboards and other rules can ask.
import { Labels } from '../model/labels.ts';
import type { Instant } from '../model/time.ts';
import type { WrittenSample } from '../ports/series-writer.ts';
import type { AlertingRule } from '../rules/rule.ts';
import type { Instance, Instances } from './instance.ts';
import { ended, type SeriesSet } from './recording.ts';

export interface AlertSeries {
  readonly samples: readonly WrittenSample[];
  readonly series: SeriesSet;
}

interface Names {
  pending: Labels | null;
  firing: Labels | null;
  forState: Labels | null;
}

/** Names of instances' series: the same objects for as long as an instance keeps its state and its labels object. */
export class SeriesNames {
  readonly #known = new Map<Labels, Names>();

  alerts(rule: Pick<AlertingRule, 'labels'>, { kind, labels }: Instance): Labels {
    const state = kind === 'pending' ? 'pending' : 'firing';
    const names = this.#of(labels);
    // It has ended, and there are as many of them as there are alerts.
    if (state === 'firing' && names.pending !== null) names.pending = null;
    return (names[state] ??= seriesOf(rule, labels, 'ALERTS', [['alertstate', state]]));
  }

  forState(rule: Pick<AlertingRule, 'labels'>, { labels }: Instance): Labels {
    return (this.#of(labels).forState ??= seriesOf(rule, labels, 'ALERTS_FOR_STATE', []));
  }

  /** Forgets those of instances that are no more. */
  tidy(instances: Instances): void {
    if (this.#known.size <= instances.size) return;
    for (const labels of this.#known.keys()) {
      if (instances.get(labels.key)?.labels !== labels) this.#known.delete(labels);
    }
  }

  #of(labels: Labels): Names {
    let names = this.#known.get(labels);
    if (names === undefined) this.#known.set(labels, (names = { pending: null, firing: null, forState: null }));
    return names;
  }
}

const seriesOf = (
  rule: Pick<AlertingRule, 'labels'>,
  labels: Labels,
  name: string,
  more: readonly (readonly [string, string])[],
): Labels => Labels.of([...rule.labels, ...labels, ['__name__', name], ...more]);

/** @param at the query's instant: slot minus query_offset */
export function alertSeries(
  rule: Pick<AlertingRule, 'labels'>,
  instances: Instances,
  before: SeriesSet,
  names: SeriesNames,
  at: Instant,
): AlertSeries {
  const samples: WrittenSample[] = [];
  for (const instance of instances.values()) {
    if (instance.kind === 'resolved') continue;
    samples.push({ labels: names.alerts(rule, instance), at, value: 1 });
    samples.push({ labels: names.forState(rule, instance), at, value: Math.floor(instance.activeAt / 1000) });
  }
  names.tidy(instances);
  if (areAll(samples, before)) return { samples, series: before };
  const series = new Map<string, Labels>();
  for (const { labels } of samples) series.set(labels.key, labels);
  samples.push(...ended(before, series, at));
  return { samples, series };
}

/** Instances are told apart by their labels, and so are their series: none comes twice. */
const areAll = (samples: readonly WrittenSample[], series: SeriesSet): boolean =>
  samples.length === series.size && samples.every(({ labels }) => series.get(labels.key) === labels);
