// A stream event as the JSON that Alertmanager's event recorder writes: protobuf's mapping, in which 64-bit numbers
// are strings, and what has its default value (0, '', false, an empty list) is left out.
import { hash } from 'node:crypto';
import { compareForMessage } from '../model/alert-order.ts';
import { isResolved, type Alert } from '../model/alert.ts';
import { fingerprintNumber } from '../model/fingerprint.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher, MatcherOp } from '../model/matcher.ts';
import { printMatcher } from '../model/matcher-parse.ts';
import { compareUtf8 } from '../model/order.ts';
import type { Pairs } from '../model/pairs.ts';
import { parseTime, printMillis } from '../model/rfc3339.ts';
import { ZERO_TIME_TEXT, type DurationMs, type Instant } from '../model/time.ts';
import { xxhash64 } from '../model/xxhash.ts';
import type { Silence } from '../mute/silence.ts';
import type { MessageAlert } from '../notify/message.ts';
import {
  EVENT_TYPES,
  type StreamEvent,
  type StreamFlush,
  type StreamGroup,
  type StreamInhibitRule,
} from './stream-event.ts';

export interface StreamSender {
  /** The name of this machine. */
  readonly instance: string;
  /** What runs: `(node=v26.1.0, platform=linux/x64)` */
  readonly buildContext: string;
  /** The same for one group as long as it lives. */
  readonly uuidOf: (group: StreamGroup) => string;
}

export function printStreamEvent(event: StreamEvent, sender: StreamSender): PrintedEvent {
  const json = JSON.stringify({
    '@timestamp': printInstant(event.at),
    instance: text(sender.instance),
    data: printData(event, sender),
  });
  return { type: EVENT_TYPES[event.kind], json };
}

export interface PrintedEvent {
  /** `alert_created`: what upstream's metrics call it. */
  readonly type: string;
  readonly json: string;
}

/** Left out of JSON, which `undefined` is. */
type Json = string | boolean | undefined | readonly Json[] | { readonly [key: string]: Json };

function printData(event: StreamEvent, sender: StreamSender): Json {
  switch (event.kind) {
    case 'started':
      return {
        alertmanagerStartupEvent: { version: text(event.version), buildContext: text(sender.buildContext) },
      };
    case 'stopped':
      return { alertmanagerShutdownEvent: {} };
    case 'alertCreated':
      return { alertCreated: { alert: printAlert(event.alert, event.at) } };
    case 'alertGrouped':
    case 'alertResolved': {
      const { kind, alert, group, at } = event;
      const { labels, route, outwardKey } = group;
      const groupInfo = printGroup({ key: outwardKey, labels, receiver: route.receiver });
      return { [kind]: { alert: { hash: hashOf(alert.labels), details: printAlert(alert, at) }, groupInfo } };
    }
    case 'notification':
      return { notification: printNotification(event, sender) };
    case 'silenceCreated':
    case 'silenceUpdated':
      return { [event.kind]: { silence: printSilence(event.silence) } };
    case 'silenceMutedAlert':
      return {
        silenceMutedAlert: { silence: printSilence(event.silence), mutedAlert: printMuted(event.muted) },
      };
    case 'inhibitionMutedAlert':
      return {
        inhibitionMutedAlert: {
          inhibitRules: [printRule(event.rule)],
          mutedAlert: printMuted(event.muted),
          inhibitingFingerprints: [numberOf(event.source)],
        },
      };
  }
}

function printNotification(event: StreamEvent & { kind: 'notification' }, { uuidOf }: StreamSender): Json {
  const { message, integration, flush } = event;
  const { firing, resolved, muted } = flush ?? saidBy(message.alerts);
  const group = printGroup({ key: message.groupKey, labels: message.groupLabels, receiver: message.receiver });
  const { index, kind } = integration;
  return {
    alerts: list(message.alerts.map((alert) => ({ hash: hashOf(alert.labels), details: printMessageAlert(alert) }))),
    firingAlerts: hashes(inOrder(firing)),
    resolvedAlerts: hashes(inOrder(resolved)),
    mutedAlerts: hashes(muted),
    ...(flush === null
      ? { groupInfo: group }
      : {
          groupInfo: {
            ...group,
            matchers: list(flush.group.route.matchers.map(print)),
            groupUuid: uuidOf(flush.group),
          },
          repeatInterval: printDuration(flush.group.route.repeatInterval),
          flushId: String(flush.count),
        }),
    reason: REASONS[message.reason],
    integration: { name: kind, index: index === 0 ? undefined : String(index) },
  };
}

const inOrder = (alerts: readonly { readonly labels: Labels }[]): readonly Labels[] =>
  alerts.map(({ labels }) => labels).toSorted(compareForMessage);

/** All that is known of a message that was claimed before the process started. */
function saidBy(alerts: readonly MessageAlert[]): {
  readonly firing: readonly MessageAlert[];
  readonly resolved: readonly MessageAlert[];
  readonly muted: StreamFlush['muted'];
} {
  const [firing, resolved] = (['firing', 'resolved'] as const).map((status) =>
    alerts.filter((alert) => alert.status === status),
  );
  return { firing: firing!, resolved: resolved!, muted: [] };
}

/** Not there: reasons that upstream does not have. */
const REASONS: Readonly<Record<string, string>> = {
  'first notification': 'NOTIFY_REASON_FIRST_NOTIFICATION',
  'new alerts added': 'NOTIFY_REASON_NEW_ALERTS_IN_GROUP',
  'some alerts resolved': 'NOTIFY_REASON_NEW_RESOLVED_ALERTS',
  'all alerts resolved': 'NOTIFY_REASON_ALL_ALERTS_RESOLVED',
  'repeat interval elapsed': 'NOTIFY_REASON_REPEAT_INTERVAL_ELAPSED',
};

const printGroup = (group: { readonly key: string; readonly labels: Labels; readonly receiver: string }) => ({
  groupKey: group.key,
  groupLabels: printPairs(group.labels),
  groupId: hash('sha256', group.key, 'hex'),
  receiverName: text(group.receiver),
});

function printAlert(alert: Alert, now: Instant): Json {
  const { labels, annotations, startsAt, endsAt } = alert;
  return printDetails({ labels, annotations, startsAt: startsAt.text, endsAt: endsAt.text }, isResolved(alert, now));
}

const printMessageAlert = (alert: MessageAlert): Json => printDetails(alert, alert.status === 'resolved');

function printDetails(
  alert: Pick<MessageAlert, 'labels' | 'annotations' | 'startsAt' | 'endsAt'>,
  resolved: boolean,
): Json {
  return {
    fingerprint: numberOf(alert.labels),
    name: text(alert.labels.get('alertname')),
    labels: printPairs(alert.labels),
    annotations: printPairs(alert.annotations),
    startsAt: printStamp(alert.startsAt),
    endsAt: printStamp(alert.endsAt),
    resolved: resolved || undefined,
  };
}

/** Without the annotations, as upstream has it. */
function printSilence(silence: Silence): Json {
  const matchers = list(silence.matchers.map(print));
  return {
    id: text(silence.id),
    matchers,
    startsAt: printInstant(silence.startsAt),
    endsAt: printInstant(silence.endsAt),
    updatedAt: printInstant(silence.updatedAt),
    createdBy: text(silence.createdBy),
    comment: text(silence.comment),
    matcherSets: [{ matchers }],
  };
}

function printRule({ name, sourceMatchers, targetMatchers, equal }: StreamInhibitRule): Json {
  return {
    sourceMatchers: list(sourceMatchers.map(print)),
    targetMatchers: list(targetMatchers.map(print)),
    equalLabels: list([...new Set(equal)].toSorted(compareUtf8)),
    name: text(name),
  };
}

const TYPES: Readonly<Record<MatcherOp, string>> = {
  '=': 'TYPE_EQUAL',
  '=~': 'TYPE_REGEXP',
  '!=': 'TYPE_NOT_EQUAL',
  '!~': 'TYPE_NOT_REGEXP',
};

const print = (matcher: Matcher): Json => ({
  type: TYPES[matcher.op],
  name: text(matcher.name),
  pattern: text(matcher.value),
  rendered: printMatcher(matcher),
});

const printMuted = (labels: Labels): Json => ({ labels: printPairs(labels), fingerprint: numberOf(labels) });

const printPairs = (pairs: Pairs): Json => ({
  labels: list(Array.from(pairs, ([key, value]) => ({ key, value: text(value) }))),
});

const numberOf = (labels: Labels): string => String(fingerprintNumber(labels.fingerprint));

const hashes = (labels: readonly Labels[]): Json => list(labels.map((one) => ({ hash: hashOf(one) })));

const SEPARATOR = Buffer.from([0xff]);

/** Upstream's second identity of an alert, beside the fingerprint. */
function hashOf({ flat }: Labels): string {
  const parts: Buffer[] = [];
  for (const part of flat) parts.push(Buffer.from(part), SEPARATOR);
  return String(xxhash64(Buffer.concat(parts)));
}

const text = (value: string): Json => (value === '' ? undefined : value);

const list = (items: readonly Json[]): Json => (items.length === 0 ? undefined : items);

/** UTC, with 0, 3, 6 or 9 digits after the point. */
const printInstant = (at: Instant): string => printMillis(at).replace('.000Z', 'Z');

function printStamp(written: string): string {
  const parsed = parseTime(written);
  if (!parsed.ok || parsed.stamp === null) return ZERO_TIME_TEXT;
  const digits = /\.([0-9]+)/.exec(written)?.[1] ?? '';
  const fraction = digits === '' ? '' : `.${digits.padEnd(Math.ceil(digits.length / 3) * 3, '0')}`;
  return `${printMillis(parsed.stamp.at).slice(0, 19)}${fraction}Z`;
}

function printDuration(ms: DurationMs): string {
  const millis = ms % 1000;
  const fraction = millis === 0 ? '' : `.${String(millis).padStart(3, '0')}`;
  return `${Math.floor(ms / 1000)}${fraction}s`;
}
