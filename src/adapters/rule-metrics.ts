// What /metrics says of the rules: counts as things happen, everything else read when somebody asks. Under the names
// of Prometheus, of vmalert, and ours, at the same time. Series go with the group or rule they are about.
import type { Transition } from '../evaluate/alerting.ts';
import type { Sighting } from '../evaluate/read-back.ts';
import type { Verdict } from '../evaluate/vanish.ts';
import type { Clock } from '../ports/clock.ts';
import type { AnswerCost } from '../ports/data-source.ts';
import type { Rule, RuleGroup } from '../rules/rule.ts';
import { AlertSinkCounts } from './alert-sink-counts.ts';
import type { Family } from './metric-text.ts';
import type { Counter, Histogram, MetricsRegistry } from './metrics-registry.ts';
import { RemoteWriteCounts } from './remote-write-counts.ts';
import { RuleCounts } from './rule-counts.ts';
import { ownFamilies } from './rule-metrics-own.ts';
import { prometheusFamilies } from './rule-metrics-prometheus.ts';
import { VmalertFamilies } from './rule-metrics-vmalert.ts';
import type { RuleGaugeSource, WatchedOutside } from './watched-rules.ts';

const LAGS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];
const QUERY_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30];
const STATES: readonly Transition['to'][] = ['pending', 'firing', 'kept', 'resolved', 'none'];

const VERDICTS: readonly Verdict['kind'][] = ['believe', 'hold'];
const SIGHTINGS: readonly Sighting[] = ['at once', 'later', 'unseen'];

const NOTHING_OUTSIDE: WatchedOutside = { dataSources: [], remoteWrite: [], alertmanagers: [] };

export class RuleMetrics {
  readonly remoteWrite = new RemoteWriteCounts();
  readonly alertSink: AlertSinkCounts;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #counts = new RuleCounts();
  readonly #vmalert = new VmalertFamilies();
  readonly #lag: Histogram;
  readonly #querySeconds: Histogram;
  readonly #queryBytes: Counter;
  readonly #queryAttempts: Counter;
  readonly #transitions: Counter;
  readonly #rejected: Counter;
  readonly #readBacks: Counter;
  readonly #foundNothing: Counter;
  readonly #said: Counter;
  #source: RuleGaugeSource | null = null;

  constructor(registry: MetricsRegistry, clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.alertSink = new AlertSinkCounts(clock);
    this.#lag = registry.histogram('belfry_rule_group_lag_seconds', 'How late evaluations began', [], LAGS);
    this.#querySeconds = registry.histogram(
      'belfry_rule_query_duration_seconds',
      'Time from a question to its answer, waiting for its turn included',
      [],
      QUERY_SECONDS,
    );
    this.#queryBytes = registry.counter('belfry_rule_query_received_bytes_total', 'Size of answers');
    this.#queryAttempts = registry.counter('belfry_rule_query_attempts_total', 'Requests that answers took');
    this.#transitions = registry.counter(
      'belfry_rule_alert_transitions_total',
      'Changes of alerts, by what became of them',
      ['to'],
    );
    this.#rejected = registry.counter(
      'belfry_rule_samples_rejected_total',
      'Samples of rules that remote write did not get rid of',
    );
    this.#foundNothing = registry.counter(
      'belfry_rule_found_nothing_total',
      'Times that a rule found nothing where it had found something, by what was made of it',
      ['verdict'],
    );
    this.#readBacks = registry.counter(
      'belfry_rule_read_backs_total',
      'Times that what a rule had written was looked for, by when it was seen',
      ['seen'],
    );
    this.#said = registry.counter('belfry_rule_alerts_told_total', 'Times an alert was handed on');
    for (const to of STATES) this.#transitions.inc({ to }, 0);
    for (const verdict of VERDICTS) this.foundNothing(verdict, 0);
    for (const sighting of SIGHTINGS) this.readBack(sighting, 0);
    registry.add(() => this.#families());
  }

  /** From now on gauges can be read. */
  watch(source: RuleGaugeSource): void {
    this.#source = source;
  }

  slotsMissed(group: RuleGroup, missed: number): void {
    const counts = this.#counts.of(group);
    counts.slots += missed;
    counts.missed += missed;
  }

  ruleEvaluated(group: RuleGroup, rule: Rule, seconds: number, samples: number): void {
    this.#counts.ruleDone(group, seconds, this.#clock.now());
    if (rule.kind === 'alerting') this.#counts.expansions += samples * (rule.labels.length + rule.annotations.length);
  }

  queryDone({ seconds, bytes, attempts }: AnswerCost): void {
    this.#querySeconds.observe(seconds);
    this.#queryBytes.inc(bytes);
    this.#queryAttempts.inc(attempts);
  }

  ruleFailed(group: RuleGroup, rule: Rule, reason: string, seconds: number): void {
    this.#counts.ruleDone(group, seconds, this.#clock.now());
    this.#counts.ruleFailed(group, rule, reason);
  }

  templateFailed(): void {
    this.#counts.expansionFailures++;
  }

  transitions(transitions: readonly Transition[]): void {
    for (const { from, to } of transitions) {
      this.#transitions.inc({ to });
      if (to === 'firing' && from !== 'kept') this.#counts.fired++;
    }
  }

  groupEvaluated(
    group: RuleGroup,
    event: { readonly seconds: number; readonly samples: number; readonly late: number },
  ): void {
    this.#counts.groupDone(group, event.seconds, event.samples, this.#clock.now());
    this.#lag.observe(Math.max(0, event.late) / 1000);
  }

  writeRejected(count: number): void {
    this.#rejected.inc(count);
  }

  foundNothing(verdict: Verdict['kind'], count = 1): void {
    this.#foundNothing.inc({ verdict }, count);
  }

  readBack(sighting: Sighting, count = 1): void {
    this.#readBacks.inc({ seen: sighting === 'unseen' ? 'never' : sighting }, count);
  }

  said(count: number): void {
    this.#said.inc(count);
  }

  *#families(): Generator<Family> {
    const groups = this.#source?.groups() ?? [];
    const outside = this.#source?.outside() ?? NOTHING_OUTSIDE;
    const now = this.#clock.now();
    if (this.#source !== null) this.#counts.keepOnly(groups.map(({ group }) => group));
    yield* prometheusFamilies(this.#counts, groups, now);
    yield* this.#vmalert.families(this.#counts, groups, now);
    yield* ownFamilies(this.#counts, { groups, problems: this.#source?.problems() ?? [] }, outside);
    yield* this.remoteWrite.families(outside.remoteWrite);
    yield* this.alertSink.families(outside.alertmanagers);
  }
}
