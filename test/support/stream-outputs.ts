// What the tests of event outputs share: a report that can be read, events, time that moves by hand, and an other side
// that answers as it is told.
import { StreamReport } from '../../src/adapters/event-stream/report.ts';
import { WebhookOutput } from '../../src/adapters/event-stream/webhook-output.ts';
import { MetricsRegistry } from '../../src/adapters/metrics-registry.ts';
import type { EventWebhookConfig } from '../../src/config/config.ts';
import type { PrintedEvent } from '../../src/history/print-stream-event.ts';
import { Secret } from '../../src/input/secret.ts';
import { DEFAULT_HTTP_CONFIG } from '../../src/outbound/compile.ts';
import type { HttpRequest, HttpResult } from '../../src/ports/http-client.ts';
import { VirtualClock } from '../../src/scenario/virtual-clock.ts';
import { valuesOf } from './exposition.ts';
import { LogLines } from './log-lines.ts';

export const START = Date.UTC(2026, 10, 20, 12);
export const PATIENT: AbortSignal = new AbortController().signal;

export const printed = (json: string): PrintedEvent => ({ type: 'alert_created', json });

export class ReportScene {
  readonly clock = new VirtualClock(START);
  readonly lines = new LogLines();
  readonly #registry = new MetricsRegistry();
  readonly report = new StreamReport({ log: this.lines.log, registry: this.#registry, clock: this.clock });

  /** `alertmanager_events_dropped_total{event_type="alert_created"}` */
  async metric(sample: string): Promise<number | undefined> {
    return valuesOf(await this.metrics()).get(sample);
  }

  metrics(): Promise<string> {
    return this.#registry.render();
  }

  pass(ms: number): Promise<void> {
    return this.clock.advanceTo(this.clock.now() + ms);
  }
}

export class WebhookScene extends ReportScene {
  readonly asked: HttpRequest[] = [];
  /** Instants of the requests. */
  readonly at: number[] = [];
  answer: (request: HttpRequest, count: number) => Promise<HttpResult> = () => Promise.resolve(status(200));

  get bodies(): readonly string[] {
    return this.asked.map(({ body }) => String(body));
  }

  output(changes: Partial<EventWebhookConfig> = {}): WebhookOutput {
    return new WebhookOutput(webhook('https://user:pass@events.example/in?token=hush#x', changes), {
      ...{ clock: this.clock, report: this.report, userAgent: 'Belfry/test' },
      http: {
        request: (_config, request) => {
          this.asked.push(request);
          this.at.push(this.clock.now() - START);
          return this.answer(request, this.asked.length);
        },
      },
    });
  }
}

export const webhook = (url: string, changes: Partial<EventWebhookConfig> = {}): EventWebhookConfig => ({
  ...{ url: new Secret(url), http: DEFAULT_HTTP_CONFIG, timeout: 10_000, workers: 4, maxRetries: 3 },
  ...{ retryBackoff: 500, batch: null, ...changes },
});

export const status = (code: number): HttpResult => ({
  ...{ kind: 'answer', status: code, headers: new Map(), body: '' },
});

/** Nobody answers until the one who asked gives up. */
export const silence = (request: HttpRequest): Promise<HttpResult> =>
  new Promise((resolve) => {
    const giveUp = (): void =>
      resolve({ kind: 'failure', sent: true, reason: 'timeout', message: 'no answer in time' });
    request.signal.addEventListener('abort', giveUp, { once: true });
    if (request.signal.aborted) giveUp();
  });
