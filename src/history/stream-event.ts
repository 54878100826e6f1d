// What event_recorder writes out as it happens: Alertmanager's ten events and no others. They are no events of our
// history (event.ts), which has what these lack. Facts as the engine has them at hand, by reference: nothing is
// copied or printed where they happen.
import type { Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { DurationMs, Instant } from '../model/time.ts';
import type { Silence } from '../mute/silence.ts';
import type { Message } from '../notify/message.ts';

/** A group of alerts, one object as long as it lives. */
export interface StreamGroup {
  /** Upstream's group key text. */
  readonly outwardKey: string;
  readonly labels: Labels;
  readonly route: {
    readonly receiver: string;
    readonly matchers: readonly Matcher[];
    readonly repeatInterval: DurationMs;
  };
}

/** The flush that a message is of. */
export interface StreamFlush {
  readonly group: StreamGroup;
  /** Counts the flushes of the group, from 1. */
  readonly count: number;
  /** Whether or not the message has them. */
  readonly firing: readonly Alert[];
  readonly resolved: readonly Alert[];
  /** By silences and inhibition. */
  readonly muted: readonly Labels[];
}

export interface StreamInhibitRule {
  readonly name: string;
  readonly sourceMatchers: readonly Matcher[];
  readonly targetMatchers: readonly Matcher[];
  readonly equal: readonly string[];
}

export type StreamEvent = { readonly at: Instant } & (
  | { readonly kind: 'started'; readonly version: string }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'alertCreated'; readonly alert: Alert }
  | { readonly kind: 'alertGrouped' | 'alertResolved'; readonly alert: Alert; readonly group: StreamGroup }
  | {
      readonly kind: 'notification';
      readonly message: Message;
      readonly integration: { readonly kind: string; readonly index: number };
      /** null for a message of an earlier life of the process. */
      readonly flush: StreamFlush | null;
    }
  | { readonly kind: 'silenceCreated' | 'silenceUpdated'; readonly silence: Silence }
  | { readonly kind: 'silenceMutedAlert'; readonly silence: Silence; readonly muted: Labels }
  | {
      readonly kind: 'inhibitionMutedAlert';
      readonly rule: StreamInhibitRule;
      readonly source: Labels;
      readonly muted: Labels;
    }
);

/** What upstream's metrics call them. */
export const EVENT_TYPES: Readonly<Record<StreamEvent['kind'], string>> = {
  started: 'alertmanager_startup_event',
  stopped: 'alertmanager_shutdown_event',
  alertCreated: 'alert_created',
  alertGrouped: 'alert_grouped',
  alertResolved: 'alert_resolved',
  notification: 'notification',
  silenceCreated: 'silence_created',
  silenceUpdated: 'silence_updated',
  silenceMutedAlert: 'silence_muted_alert',
  inhibitionMutedAlert: 'inhibition_muted_alert',
};
