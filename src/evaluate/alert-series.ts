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

/** Names of an instance's two series; the same while it keeps its state. */
export class SeriesNames {
  readonly #byLabels = new WeakMap<Labels, Map<string, Labels>>();

  alerts(rule: Pick<AlertingRule, 'labels'>, instance: Instance): Labels {
    const state = instance.kind === 'pending' ? 'pending' : 'firing';
    return this.#named(instance.labels, state, () => [
      ...rule.labels,
      ...instance.labels,
      ['__name__', 'ALERTS'],
      ['alertstate', state],
    ]);
  }

  forState(rule: Pick<AlertingRule, 'labels'>, instance: Instance): Labels {
    return this.#named(instance.labels, 'for', () => [
      ...rule.labels,
      ...instance.labels,
      ['__name__', 'ALERTS_FOR_STATE'],
    ]);
  }

  #named(labels: Labels, which: string, make: () => Iterable<readonly [string, string]>): Labels {
    const names = this.#byLabels.getOrInsertComputed(labels, () => new Map<string, Labels>());
    return names.getOrInsertComputed(which, () => Labels.of(make()));
  }
}

/** @param at the query's instant: slot minus query_offset */
export function alertSeries(
  rule: Pick<AlertingRule, 'labels'>,
  instances: Instances,
  before: SeriesSet,
  names: SeriesNames,
  at: Instant,
): AlertSeries {
  const series = new Map<string, Labels>();
  const samples: WrittenSample[] = [];
  const write = (labels: Labels, value: number): void => {
    series.set(labels.key, labels);
    samples.push({ labels, at, value });
  };
  for (const instance of instances.values()) {
    if (instance.kind === 'resolved') continue;
    write(names.alerts(rule, instance), 1);
    write(names.forState(rule, instance), Math.floor(instance.activeAt / 1000));
  }
  return { samples: [...samples, ...ended(before, series, at)], series };
}
