// Where metrics are made and read. The only importer of prom-client, and a registry of its own: nothing is global.
// Counts that live here are made by name; values that live elsewhere come from collectors when somebody asks.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { printFamilies, type Collector } from './metric-text.ts';

export type { Counter, Gauge, Histogram } from 'prom-client';

export class MetricsRegistry {
  readonly #registry = new Registry();
  readonly #collectors: Collector[] = [];

  counter(name: string, help: string, labelNames: readonly string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }

  histogram(name: string, help: string, labelNames: readonly string[], buckets: readonly number[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.#registry] });
  }

  /** Called at each scrape. Its families must have names of their own. */
  add(collector: Collector): void {
    this.#collectors.push(collector);
  }

  /** What every process on this runtime tells about itself. */
  addProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
    // Gauges whose names are a counter's.
    for (const kind of ['handles', 'requests', 'resources'])
      this.#registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  }

  /** The Prometheus text format. */
  async render(): Promise<string> {
    const own = await this.#registry.metrics();
    return own + this.#collectors.map((collect) => printFamilies(collect())).join('');
  }
}
