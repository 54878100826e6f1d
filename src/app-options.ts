// What the command line and the application agree on: the options of `serve`, already parsed, and the one error
// that is the user's to solve. Types and one class: it imports nothing that runs.
import type { MatcherMode } from './model/matcher-parse.ts';
import type { DurationMs } from './model/time.ts';

export interface ServeOptions {
  readonly version: string;
  /** --config.file, or what stands in for it. */
  readonly configFile: string;
  /** Nothing was asked for and nothing lay ready: `configFile` is the example that is shipped. To be said aloud. */
  readonly isExampleConfig: boolean;
  /** Template files that come with Belfry. */
  readonly shippedTemplates: readonly string[];
  /** --storage.path */
  readonly storagePath: string;
  /** --data.retention */
  readonly retention: DurationMs;
  /** --data.maintenance-interval */
  readonly maintenanceInterval: DurationMs;
  /** --alerts.gc-interval */
  readonly alertsGcInterval: DurationMs;
  /** --alerts.per-alertname-limit; 0 is none. */
  readonly perAlertnameLimit: number;
  /** --dispatch.start-delay */
  readonly startDelay: DurationMs;
  readonly silenceLimits: {
    /** --silences.max-silences; 0 is none. */
    readonly maxSilences: number;
    /** --silences.max-silence-size-bytes; 0 is none. */
    readonly maxSilenceSizeBytes: number;
  };
  /** --web.listen-address, each: an empty host is every interface, port 0 any free one. Or files, of --web.systemd-socket. */
  readonly listen: readonly ({ readonly host: string; readonly port: number } | { readonly fd: number })[];
  /** --web.config.file */
  readonly webConfig: string | null;
  /** Without a slash at the end; null is this machine, at the free port that is yet to be found. */
  readonly externalURL: string | null;
  /** --web.allowed-origin, each: where a browser would say that it is, or `*`. */
  readonly allowedOrigins: readonly string[];
  /** '' or `/prefix`. */
  readonly routePrefix: string;
  /** --web.get-concurrency; 0 is by the number of cores. */
  readonly getConcurrency: number;
  /** --web.timeout; 0 is none. */
  readonly timeout: DurationMs;
  /** null when --cluster.listen-address is empty. */
  readonly cluster: {
    /** --cluster.peer-name; '' leaves the choice. */
    readonly name: string;
    /** What others would be told: --cluster.advertise-address, else the listen address. */
    readonly address: string;
  } | null;
  /** --enable-feature=classic-mode and utf8-strict-mode */
  readonly matcherMode: MatcherMode;
  /** --enable-feature=receiver-name-in-metrics */
  readonly receiverNameInMetrics: boolean;
  /** --enable-feature=event-recorder */
  readonly eventRecorder: boolean;
  /** Of this machine: who has sent an event. */
  readonly hostname: string;
  readonly rules: {
    /** --rules.alert.resend-delay */
    readonly resendDelay: DurationMs;
    /** --rules.alert.for-outage-tolerance */
    readonly forOutageTolerance: DurationMs;
    /** --rules.alert.for-grace-period */
    readonly forGracePeriod: DurationMs;
    /** --rules.all-or-nothing */
    readonly allOrNothing: boolean;
    /** --rules.allow-empty */
    readonly allowEmpty: boolean;
  };
  readonly log: {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly format: 'logfmt' | 'json';
    /** --log.silences: changes of silences are told at info instead of debug. */
    readonly silences: boolean;
  };
  /** What there is to say about the flags, once there is a log to say it in. */
  readonly notices: readonly Notice[];
}

export interface Notice {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Nothing was started, for a reason in the user's hands; the message is all there is to say. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}
