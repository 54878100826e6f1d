// What HTTP may ask of the engine: writes people and senders make (commands), and reads shaped for screens
// (views). Types only; ingest.ts, commands.ts, views.ts and reload.ts keep these promises.
import type { Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { Pairs } from '../model/pairs.ts';
import type { Reading } from '../model/reading.ts';
import type { DurationMs, Instant, Stamp } from '../model/time.ts';
import type { TraceContext } from '../model/trace-context.ts';
import type { Silence, SilenceState } from '../mute/silence.ts';
import type { HistoryQuery, Page, StoredDelivery } from '../ports/store.ts';
import type { Instance } from '../evaluate/instance.ts';
import type { Rule, RuleGroup } from '../rules/rule.ts';
import type { Event } from '../history/event.ts';

/** One element of a POST, already known to be well-formed: names valid, at least one label, times parsed. */
export interface PostedAlert {
  readonly labels: Labels;
  readonly annotations: Pairs;
  readonly startsAt: Stamp | null;
  readonly endsAt: Stamp | null;
  readonly generatorURL: string;
  /** A rule's `notify`; null from everybody else. */
  readonly notify: string | null;
  /** null from everybody but our own rules. */
  readonly reading: Reading | null;
}

export type Ingested =
  | { readonly kind: 'taken' }
  /** Nothing was taken: come back later. */
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number };

export interface Ingest {
  /** resolve_timeout: an alert without an end that starts later than this from now would end before it starts. */
  readonly resolveTimeout: DurationMs;
  /**
   * Resolves when every alert is durable. Rejects with StoreUnavailable when it cannot be made so: the alerts
   * are known and notified all the same. `endsAt` before `startsAt` is the caller's to refuse.
   */
  post(alerts: readonly PostedAlert[], trace?: TraceContext | null): Promise<Ingested>;
}

export interface SilenceRequest {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations: Pairs;
}

export type SilenceSet =
  | { readonly kind: 'set'; readonly id: string }
  | { readonly kind: 'unknown' }
  /** `message` in upstream's words, the whole of it. */
  | { readonly kind: 'refused'; readonly message: string };

export interface Commands {
  setSilence(request: SilenceRequest, trace?: TraceContext | null): Promise<SilenceSet>;
  expireSilence(id: string, trace?: TraceContext | null): Promise<'expired' | 'unknown'>;
}

export interface ReceiverView {
  readonly name: string;
  readonly labels: Labels;
}

export interface AlertView {
  readonly alert: Alert;
  readonly receivers: readonly ReceiverView[];
  readonly state: 'unprocessed' | 'active' | 'suppressed';
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
  /** Names of time intervals. */
  readonly mutedBy: readonly string[];
}

export interface GroupView {
  readonly labels: Labels;
  readonly receiver: ReceiverView;
  readonly routeLabels: Pairs;
  readonly alerts: readonly AlertView[];
}

export interface AlertFilter {
  readonly matchers: readonly Matcher[];
  readonly active: boolean;
  readonly silenced: boolean;
  readonly inhibited: boolean;
  readonly unprocessed: boolean;
  /** Anchored; null is any. */
  readonly receiver: ((name: string) => boolean) | null;
  readonly receiverMatchers: readonly Matcher[];
}

export interface GroupFilter extends AlertFilter {
  readonly muted: boolean;
}

export interface Views {
  /** By fingerprint. Alerts whose end has passed are not listed. */
  alerts(filter: AlertFilter): readonly AlertView[];
  /** The same in no order; what keeps them quiet is asked for those it is of interest of, by view(). */
  listAlerts(filter: AlertFilter): readonly Alert[];
  /** Of one that was listed just now. */
  view(alert: Alert): AlertView;
  /** By labels, then receiver; the alerts of each as its messages order them. */
  groups(filter: GroupFilter): readonly GroupView[];
  /** Active by end, pending by start, expired by end descending, in that sequence. */
  silences(): readonly { readonly silence: Silence; readonly state: SilenceState }[];
  silence(id: string): { readonly silence: Silence; readonly state: SilenceState } | null;
  /** The alerts such a silence would mute, were it active now. */
  silencePreview(matchers: readonly Matcher[]): readonly AlertView[];
  receivers(): readonly ReceiverView[];
  status(): StatusView;
  notifications(query: HistoryQuery): Promise<Page<StoredDelivery>>;
  events(query: { readonly from?: Instant; readonly cursor?: string; readonly limit: number }): Promise<Page<Event>>;
  ready(): boolean;
}

export interface StatusView {
  readonly configOriginal: string;
  readonly startedAt: Instant;
  /** null when --cluster.listen-address is empty. */
  readonly cluster: { readonly name: string; readonly address: string } | null;
}

export type AlertChoice =
  | { readonly kind: 'sample'; readonly status: 'firing' | 'resolved' }
  | { readonly kind: 'given'; readonly alerts: readonly PostedAlert[] }
  /** Alerts that are known now. */
  | { readonly kind: 'known'; readonly matchers: readonly Matcher[] };

export interface Previewed {
  /** `webhook/0` */
  readonly integration: string;
  readonly templateError: string | null;
  /** What would leave, secrets hidden. */
  readonly draft: Readonly<Record<string, unknown>>;
}

/** What was asked about and is not there: such a receiver or such an integration of it; an alert that fits. */
export type Missing = 'receiver' | 'alerts';

export type Tested =
  | { readonly kind: 'missing'; readonly what: Missing }
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number }
  | {
      readonly kind: 'tested';
      readonly results: readonly {
        readonly integration: string;
        readonly templateError: string | null;
        readonly outcome: 'delivered' | 'retry' | 'rejected';
        /** What the other side said, in its own words. */
        readonly answer: string;
        readonly reason: string;
      }[];
    };

export interface RenderRequest {
  readonly template: string;
  readonly mode: 'text' | 'html';
  /** Whose language and zone; null is nobody's. */
  readonly receiver: string | null;
  readonly alerts: AlertChoice;
}

export type Rendering = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** Messages to try things with. */
export interface Messages {
  preview(receiver: string, integration: string | null, alerts: AlertChoice): readonly Previewed[] | Missing;
  test(receiver: string, integration: string | null, alerts: AlertChoice): Promise<Tested>;
  render(request: RenderRequest): Rendering | Missing;
}

export interface Reload {
  /** The text of what is wrong, or null. A bad config changes nothing; of rule files only what is bad is left out. */
  reload(): Promise<string | null>;
  readonly last: LastLoad;
}

export interface LastLoad {
  /** Nothing was refused or left out, however it was asked for. */
  readonly ok: boolean;
  /** When something was last taken over, the start included. */
  readonly takenAt: Instant;
}

/** One evaluation of one rule, as people ask about it. */
export interface Evaluation {
  readonly slot: Instant;
  readonly startedAt: Instant;
  readonly seconds: number;
  /** null when it failed. */
  readonly samples: number | null;
  readonly seriesFetched: number | null;
  /** '' when it went well. */
  readonly error: string;
  readonly warnings: readonly string[];
  /** Ready to paste, secrets left out. */
  readonly curl: string;
}

export interface RuleView {
  readonly rule: Rule;
  readonly health: 'unknown' | 'ok' | 'err';
  /** Resolved ones included. Of an alerting rule only. */
  readonly instances: readonly Instance[];
  /** The newest first. */
  readonly past: readonly Evaluation[];
}

export interface RuleGroupView {
  readonly group: RuleGroup;
  readonly evaluatedAt: Instant | null;
  readonly seconds: number;
  readonly rules: readonly RuleView[];
  /** What is wrong with the file's newer version of it, while this older one runs on; '' for nothing. */
  readonly outdatedBy: string;
}

export interface RuleViews {
  /** By file, then name. */
  groups(): readonly RuleGroupView[];
  /** What is wrong in the rule files as they were last taken: groups that are missing, or there in an older version. */
  problems(): readonly string[];
  /** External Alertmanagers, and what each last said. */
  alertmanagers(): readonly { readonly url: string; readonly lastError: string }[];
  /** generatorURL of a rule: where its expression can be looked at. */
  generatorURL(group: RuleGroup, rule: Rule): string;
  /** Where people look at a data source; null when there is none of that name, or none at all. */
  dataSourceURL(name: string | null): string | null;
}

/** All that HTTP is built from. */
export interface Engine {
  readonly ingest: Ingest;
  readonly commands: Commands;
  readonly views: Views;
  readonly messages: Messages;
  readonly reload: Reload;
  readonly rules: RuleViews;
}
