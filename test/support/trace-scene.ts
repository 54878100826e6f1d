// A tracer whose collector is the test, and what it was told as a tree.
import { createTracing, type ClosableTracing } from '../../src/adapters/tracing/tracing.ts';
import type { EndedSpan } from '../../src/adapters/tracing/spans.ts';
import { NO_TLS } from '../../src/outbound/compile-tls.ts';
import type { TracingConfig } from '../../src/config/config.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { MemoryFiles } from './http-world.ts';
import { readBatch, type ReadBatch, type ReadSpan } from './otlp-read.ts';

export const tracingConfig = (changes: Partial<TracingConfig> = {}): TracingConfig => ({
  ...{ clientType: 'http', endpoint: 'collector:4318', samplingFraction: 1, insecure: true, tls: NO_TLS },
  ...{ headers: [], compression: null, timeout: 10_000 },
  ...changes,
});

export const aSpan = (name: string): EndedSpan => ({
  context: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', flags: 1, state: '' },
  ...{ parent: null, name, kind: 'internal', startedAt: 1000, endedAt: 1001, attributes: {}, events: [], links: [] },
  failure: '',
});

/** The same for every run of a test. */
export function seeded(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

export const silentSpanRecord = {
  switched: () => {},
  exported: () => {},
  retried: () => {},
  dropped: () => {},
  warned: () => {},
};

export class TraceScene {
  readonly batches: ReadBatch[] = [];
  readonly tracing: ClosableTracing;

  constructor(clock: Clock, config: TracingConfig | null = tracingConfig()) {
    this.tracing = createTracing({
      http: {
        download: (_config, { body }) => {
          this.batches.push(readBatch(Buffer.from(body)));
          const answer = { bytes: Buffer.alloc(0), end: 'whole' } as const;
          return Promise.resolve({ kind: 'answer', status: 200, headers: new Map(), body: answer });
        },
      },
      files: new MemoryFiles(),
      clock,
      entropy: { uuid: () => '', fraction: seeded() },
      elapsed: () => clock.now(),
      record: silentSpanRecord,
      version: '1.2.3',
    });
    this.tracing.reconfigure(config);
  }

  /** Every span there was. */
  async spans(): Promise<readonly ReadSpan[]> {
    await this.tracing.close(AbortSignal.timeout(5000));
    return this.batches.flatMap(({ spans }) => spans);
  }
}

/** A span a line, below its parent and in the order of their beginnings. */
export function treeOf(
  spans: readonly ReadSpan[],
  print: (span: ReadSpan) => string = ({ name }) => name,
): readonly string[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const below = (parent: string, indent: string): readonly string[] =>
    spans
      .filter(({ parentId }) => (known.has(parentId) ? parentId : '') === parent)
      .toSorted((a, b) => Number(a.start - b.start))
      .flatMap((span) => [indent + print(span), ...below(span.spanId, `${indent}  `)]);
  return below('', '');
}
