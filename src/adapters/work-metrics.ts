// What takes time inside, under upstream's names: its notification log, its silences, its way from a post of alerts to
// their groups. What upstream does there and we do not is a constant that says so.
import type { Work } from '../ports/recorder.ts';
import { BucketCounts } from './bucket-counts.ts';
import { DURATIONS } from './metric-values.ts';
import { counter, gauge, labelText, single, type Family, type MetricLine } from './metric-text.ts';

/** A summary without quantiles. */
class Taken {
  seconds = 0;
  count = 0;

  add(things: number, seconds: number): void {
    this.count += things;
    this.seconds += seconds;
  }

  lines(): readonly MetricLine[] {
    return [
      ['_sum', this.seconds],
      ['_count', this.count],
    ];
  }
}

class Queries {
  readonly durations = new BucketCounts(DURATIONS);
  count = 0;
  errors = 0;

  add(seconds: number, failed: boolean): void {
    this.durations.observe(seconds);
    this.count++;
    if (failed) this.errors++;
  }
}

/** One of the two things upstream keeps, clears out and gossips about. */
class Kept {
  readonly queries = new Queries();
  readonly gc = new Taken();
  maintenances = 0;
  maintenanceErrors = 0;
}

export class WorkMetrics {
  readonly #alerts = new Taken();
  readonly #silences = new Kept();
  readonly #nflog = new Kept();
  #handedOn = 0;
  #unreadableSilences = 0;

  /** What throws has failed, and took its time. */
  timed<T>(work: Work, things: number, doIt: () => T): T {
    const began = performance.now();
    let failed = true;
    try {
      const made = doIt();
      failed = false;
      return made;
    } finally {
      this.#took(work, { things, failed, seconds: (performance.now() - began) / 1000 });
    }
  }

  maintained(what: 'silences' | 'nflog', ok: boolean): void {
    const kept = what === 'silences' ? this.#silences : this.#nflog;
    kept.maintenances++;
    if (!ok) kept.maintenanceErrors++;
  }

  alertsHandedOn(count: number): void {
    this.#handedOn += count;
  }

  silenceUnreadable(): void {
    this.#unreadableSilences++;
  }

  families(): readonly Family[] {
    return [
      {
        name: 'alertmanager_dispatcher_alert_processing_duration_seconds',
        help: 'Time from a post of alerts to their groups; each alert counts with its share of its post',
        type: 'summary',
        lines: this.#alerts.lines(),
      },
      counter(
        'alertmanager_alerts_subscriber_channel_writes_total',
        'Alerts handed to groups and to inhibition',
        ['dispatcher', 'inhibitor'].map((name) => [labelText([['subscriber', name]]), this.#handedOn]),
      ),
      ...keptFamilies('silences', 'silences', this.#silences),
      counter(
        'alertmanager_silences_gc_errors_total',
        'Always 0: clearing ended silences away finds nothing that could be wrong',
        single(0),
      ),
      counter('alertmanager_silences_matcher_compile_errors_total', 'Silences whose matchers could not be read', [
        [labelText([['stage', 'index']]), 0],
        [labelText([['stage', 'load_snapshot']]), this.#unreadableSilences],
      ]),
      ...keptFamilies('nflog', 'the notification log', this.#nflog),
    ];
  }

  #took(work: Work, { things, failed, seconds }: { things: number; failed: boolean; seconds: number }): void {
    switch (work) {
      case 'alerts':
        return this.#alerts.add(things, seconds);
      case 'silences.query':
        return this.#silences.queries.add(seconds, failed);
      case 'nflog.query':
        return this.#nflog.queries.add(seconds, failed);
      case 'silences.gc':
        return this.#silences.gc.add(things, seconds);
      case 'nflog.gc':
        return this.#nflog.gc.add(things, seconds);
    }
  }
}

function keptFamilies(name: string, what: string, kept: Kept): readonly Family[] {
  const full = (rest: string): string => `alertmanager_${name}_${rest}`;
  const { queries, gc, maintenances, maintenanceErrors } = kept;
  const noSnapshot = `Always 0: no snapshots are made, each change of ${what} is written by itself`;
  return [
    counter(full('queries_total'), `Questions to ${what} that were looked up`, single(queries.count)),
    counter(full('query_errors_total'), `Questions to ${what} that failed`, single(queries.errors)),
    {
      name: full('query_duration_seconds'),
      help: `Time a question to ${what} took`,
      type: 'histogram',
      lines: queries.durations.lines(''),
    },
    {
      name: full('gc_duration_seconds'),
      help: `Time it took to clear ${what} out`,
      type: 'summary',
      lines: gc.lines(),
    },
    counter(full('maintenance_total'), `Times of clearing out ${what}`, single(maintenances)),
    counter(full('maintenance_errors_total'), `Times of clearing out ${what} that failed`, single(maintenanceErrors)),
    { name: full('snapshot_duration_seconds'), help: noSnapshot, type: 'summary', lines: new Taken().lines() },
    gauge(full('snapshot_size_bytes'), noSnapshot, single(0)),
    counter(
      full('gossip_messages_propagated_total'),
      'Always 0: there is one member, which does not gossip',
      single(0),
    ),
  ];
}
