// Metrics of rules over a clock that stands still until it is moved, and two groups that things happen to.
import { MetricsRegistry } from '../../src/adapters/metrics-registry.ts';
import { RuleMetrics } from '../../src/adapters/rule-metrics.ts';
import type { WatchedGroup, WatchedOutside } from '../../src/adapters/watched-rules.ts';
import type { Rule, RuleGroup } from '../../src/rules/rule.ts';
import { valuesOf } from './exposition.ts';
import { compiled, NOON, viewOf } from './fake-rules.ts';

export const cost = { seconds: 0.02, bytes: 300, attempts: 2 };

const RULES = `
groups:
- name: 'a "b"'
  interval: 30s
  limit: 5
  rules:
  - record: job:up:sum
    expr: sum by (job) (up)
  - alert: Down
    expr: up == 0
    labels: {severity: page}
    annotations: {summary: "{{ $labels.instance }}"}
- name: other
  rules:
  - alert: Down
    expr: up == 0
    debug: true
`;

export class RuleMetricsScene {
  now = NOON;
  readonly registry = new MetricsRegistry();
  readonly metrics = new RuleMetrics(this.registry, { now: () => this.now });
  readonly groups: readonly RuleGroup[] = compiled('rules.yml', RULES);
  /** What is loaded. */
  watched: readonly WatchedGroup[] = this.groups.map((group) => viewOf(group));
  problems: readonly string[] = [];
  outside: WatchedOutside = { dataSources: [], remoteWrite: [], alertmanagers: [] };

  get group(): RuleGroup {
    return this.groups[0]!;
  }

  get other(): RuleGroup {
    return this.groups[1]!;
  }

  get recording(): Rule {
    return this.group.rules[0]!;
  }

  get alerting(): Rule {
    return this.group.rules[1]!;
  }

  watch(): void {
    this.metrics.watch({
      groups: () => this.watched,
      problems: () => this.problems,
      outside: () => this.outside,
    });
  }

  async values(): Promise<ReadonlyMap<string, number>> {
    return valuesOf(await this.registry.render());
  }

  /** The samples whose names begin so, by what follows. */
  async under(prefix: string): Promise<Readonly<Record<string, number>>> {
    const found = [...(await this.values())].filter(([sample]) => sample.startsWith(prefix));
    return Object.fromEntries(found.map(([sample, value]) => [sample.slice(prefix.length), value]));
  }
}

export const target = (
  name: string,
  url = `http://${name}.example/api/v1/write`,
): WatchedOutside['remoteWrite'][number] => ({
  ...{ name, url },
  queue: { maxSamplesPerSend: 2000, capacity: 10_000, minBackoff: 30, maxBackoff: 5000, sampleAgeLimit: 0 },
});
