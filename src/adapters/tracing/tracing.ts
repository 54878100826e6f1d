// The tracer: begins spans, keeps those of the traces that are wanted, and hands them to the collector that is
// configured now. A reload swaps the collector; what the old one was to get, it gets.
import { arch, platform } from 'node:os';
import type { TracingConfig } from '../../config/config.ts';
import { isKept, isSampled, SAMPLED, type TraceContext } from '../../model/trace-context.ts';
import { wholeText } from '../../outbound/secrets.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Entropy } from '../../ports/entropy.ts';
import type { Files } from '../../ports/files.ts';
import type { Span, SpanKind, Tracing } from '../../ports/tracer.ts';
import type { Downloader } from '../http-download.ts';
import { createGrpcExporter } from './export-grpc.ts';
import { createHttpExporter } from './export-http.ts';
import type { Origin } from './otlp.ts';
import { SpanQueue, type SpanRecord } from './span-queue.ts';
import { KeptSpan, UnkeptSpan, type EndedSpan, type Parent, type Stopwatch } from './spans.ts';

export interface TracingParts {
  readonly http: Downloader;
  readonly files: Files;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Milliseconds that only grow: how long something took. */
  readonly elapsed: () => number;
  readonly record: SpanRecord & { switched(to: string | null): void };
  readonly version: string;
}

export interface ClosableTracing extends Tracing {
  /** Sends what waits, until the signal. */
  close(enough: AbortSignal): Promise<void>;
}

export const createTracing = (parts: TracingParts): ClosableTracing => new OtlpTracing(parts);

/** A collector as it is configured. */
interface Way {
  readonly digest: string;
  readonly fraction: number;
  readonly queue: SpanQueue;
}

/** What a collector that is replaced may still take. */
const LAST_WORDS_MS = 5000;

class OtlpTracing implements ClosableTracing {
  readonly #parts: TracingParts;
  readonly #leaving = new Set<Promise<void>>();
  #way: Way | null = null;

  constructor(parts: TracingParts) {
    this.#parts = parts;
  }

  start(name: string, parent: TraceContext | null, kind: SpanKind = 'internal'): Span | null {
    const way = this.#way;
    if (way === null) return null;
    if (parent instanceof UnkeptSpan) return parent;
    const traceId = parent?.traceId ?? this.#id(4);
    const spanId = this.#id(2);
    const isWanted = parent === null ? isKept(traceId, way.fraction) : isSampled(parent);
    const flags = parent?.flags ?? (isWanted ? SAMPLED : 0);
    const context = { traceId, spanId, flags, state: parent?.state ?? '' };
    if (!isWanted) return new UnkeptSpan(context);
    return new KeptSpan({
      ...{ context, name, kind, stopwatch: this.#stopwatchFor(parent) },
      parent: parent === null ? null : parentOf(parent),
      ended: this.#ended,
    });
  }

  reconfigure(config: TracingConfig | null): void {
    const digest = config === null ? '' : wholeText(config);
    const before = this.#way;
    if (before?.digest === digest || (before === null && config === null)) return;
    this.#way = config === null ? null : this.#wayOf(config, digest);
    this.#parts.record.switched(config?.endpoint ?? null);
    if (before !== null) this.#dismiss(before);
  }

  async close(enough: AbortSignal): Promise<void> {
    const way = this.#way;
    this.#way = null;
    await Promise.all([...this.#leaving, way?.queue.close(enough)]);
  }

  #wayOf(config: TracingConfig, digest: string): Way {
    const { http, files, clock, entropy, record, version } = this.#parts;
    const userAgent = `Belfry/${version}`;
    const exporter =
      config.clientType === 'http'
        ? createHttpExporter(config, { http, clock, userAgent })
        : createGrpcExporter(config, { files, userAgent });
    const secrets = config.headers.flatMap((header) => header.secrets.map((secret) => secret.open()));
    const queue = new SpanQueue({
      ...{ exporter, clock, entropy, record, secrets },
      origin: originOf(version),
      timeout: config.timeout,
    });
    return { digest, fraction: config.samplingFraction, queue };
  }

  #dismiss({ queue }: Way): void {
    const leaving = queue.close(AbortSignal.timeout(LAST_WORDS_MS)).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  readonly #ended = (span: EndedSpan): void => this.#way?.queue.add(span);

  #stopwatchFor(parent: TraceContext | null): Stopwatch {
    if (parent instanceof KeptSpan && !parent.isEnded) return parent.stopwatch;
    const { clock, elapsed } = this.#parts;
    const from = clock.now() - elapsed();
    return { now: () => from + elapsed() };
  }

  /** Never all zeros: the last digit is none. */
  #id(words: number): string {
    let id = '';
    for (let i = 0; i < words; i++) {
      const word = Math.floor(this.#parts.entropy.fraction() * 2 ** 32);
      id += (i === words - 1 && word === 0 ? 1 : word).toString(16).padStart(8, '0');
    }
    return id;
  }
}

const parentOf = (parent: TraceContext): Parent => ({
  spanId: parent.spanId,
  isRemote: !(parent instanceof KeptSpan),
});

const originOf = (version: string): Origin => ({
  resource: {
    'service.name': 'belfry',
    'service.version': version,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'process.runtime.description': `Node.js ${process.version} ${platform()}/${arch()}`,
    'telemetry.sdk.name': 'belfry',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': version,
  },
  scope: { name: 'belfry', version },
});
