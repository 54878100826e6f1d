// What a case is: a route tree with its receivers, things that happen at given seconds, and, where Belfry means to
// differ from Alertmanager, the defect it leaves out and what each of them says instead. Everything else is equal.
import type { Answer } from '../../support/e2e/webhook-sink.ts';

export interface RouteConfig {
  readonly receiver?: string;
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly matchers?: readonly string[];
  readonly match?: Readonly<Record<string, string>>;
  readonly match_re?: Readonly<Record<string, string>>;
  readonly continue?: boolean;
  readonly mute_time_intervals?: readonly string[];
  readonly active_time_intervals?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly routes?: readonly RouteConfig[];
}

export interface WebhookConfig {
  readonly send_resolved?: boolean;
  readonly max_alerts?: number;
  /** Where in the sink it goes; by itself the receiver's name, for the second integration `name-1`. */
  readonly to?: string;
}

export interface InhibitRule {
  readonly source: readonly string[];
  readonly target: readonly string[];
  readonly equal?: readonly string[];
}

/** What a reload may replace. */
export interface Setup {
  /** Beneath the root, for alerts of this case only. By itself: receiver page, by alertname, 500 ms, 1 s, 1 h. */
  readonly route: RouteConfig;
  /** By itself one receiver, `page`, with one webhook. */
  readonly receivers?: Readonly<Record<string, readonly WebhookConfig[]>>;
  readonly inhibit?: readonly InhibitRule[];
  readonly intervals?: Readonly<Record<string, readonly object[]>>;
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Seconds of the case's time; not sent when absent. */
  readonly starts?: number;
  readonly ends?: number;
  readonly generatorURL?: string;
}

export interface Silence {
  /** The case's name for it: to change or expire it later. */
  readonly name: string;
  /** As amtool takes them, one each; one for the case itself is put before them. */
  readonly matchers: readonly string[];
  readonly starts?: number;
  readonly ends: number;
}

export type Step = { readonly at: number } & (
  | { readonly post: readonly Alert[] }
  | { readonly silence: Silence }
  | { readonly expire: string }
  | { readonly reload: Partial<Setup> | 'nonsense' }
  | { readonly restart: 'SIGTERM' }
);

/** One message, as a case foretells it. */
export interface Told {
  readonly at: number;
  /** By itself `page`. */
  readonly to?: string;
  /** `alertname`, or `alertname/instance`, in the order of the message. */
  readonly firing?: readonly string[];
  readonly resolved?: readonly string[];
}

export interface Difference {
  /** Its number in the list of upstream's defects, or what Belfry does better on purpose. */
  readonly defect: 'D2' | 'D3' | 'D6' | 'D8' | 'D9' | 'D10' | 'D15' | 'a reload keeps timers';
  /** The minor version that brought the defect; older peers do what we do. */
  readonly since?: number;
  readonly ours: readonly Told[];
  /** What it may say: where it races with itself, there are several. */
  readonly peer: readonly (readonly Told[])[];
}

export interface Case extends Setup {
  readonly title: string;
  readonly steps: readonly Step[];
  /** When to stop listening, in seconds. */
  readonly until: number;
  /** How many messages Alertmanager sends, refused ones included. */
  readonly messages: number;
  readonly differs?: Difference;
  /** What the sink answers at first, by `to`. */
  readonly answers?: Readonly<Record<string, readonly Answer[]>>;
  /** Tries after a failure are spread at random: only what was accepted is compared. */
  readonly retries?: true;
  /** How far apart the two may speak, in seconds, where chance has a part in it; by itself 0.15. */
  readonly tolerance?: number;
  /** The oldest minor version that knows what the case is about. */
  readonly needs?: number;
  /** Only where the case has servers of its own. */
  readonly global?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Times count from when each server was ready, not from when the case began. */
  readonly sinceReady?: true;
}

/** An alert that starts when it arrives and does not say when it ends. */
export function firing(alertname: string, more: Readonly<Record<string, string>> = {}): Alert {
  return { labels: { alertname, ...more } };
}

/** The same alert, ended at that second. */
export function resolved(alertname: string, ends: number, more: Readonly<Record<string, string>> = {}): Alert {
  return { labels: { alertname, ...more }, ends };
}
