// Metrics that a test sets by hand, on an exporter's page: what is scraped next shows them.
import { line, startExporter, type Exporter } from '../../support/e2e/exporter.ts';

export class Board implements AsyncDisposable {
  readonly exporter: Exporter;
  readonly #lines: Map<string, () => string>;

  private constructor(exporter: Exporter, lines: Map<string, () => string>) {
    this.exporter = exporter;
    this.#lines = lines;
  }

  static async open(): Promise<Board> {
    const lines = new Map<string, () => string>();
    const exporter = await startExporter({ '/metrics': () => [...lines.values()].map((one) => one()).join('') });
    return new Board(exporter, lines);
  }

  /** null takes the series away. */
  set(name: string, value: number | null, labels: Readonly<Record<string, string>> = {}): void {
    const key = line(name, labels, 0);
    if (value === null) this.#lines.delete(key);
    else this.#lines.set(key, () => line(name, labels, value));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.exporter[Symbol.asyncDispose]();
  }
}

/** For a Prometheus that shows what is set a fifth of a second later. */
export const scrapeOften = ({ exporter }: Board): string => `
scrape_configs:
- {job_name: board, scrape_interval: 200ms, scrape_timeout: 200ms, static_configs: [{targets: ['${exporter.address}']}]}
`;
