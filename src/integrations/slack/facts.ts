// What a message is about, in one look: what, how bad, where, how many, since when.
import { printDuration } from '../../model/duration.ts';
import { parseTime } from '../../model/rfc3339.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import type { Message, MessageAlert } from '../../notify/message.ts';

/** 0 is all over. */
export type Rank = 0 | 1 | 2 | 3;

export interface Facts {
  readonly rank: Rank;
  /** severity as the alerts spell it; '' when they have none. */
  readonly severity: string;
  readonly names: readonly string[];
  readonly firing: number;
  readonly resolved: number;
  readonly since: Instant;
  /** How long it has been going on, or had been. */
  readonly span: DurationMs;
  /** Those that fire first. */
  readonly alerts: readonly MessageAlert[];
}

const RANKS: ReadonlyMap<string, Rank> = new Map([
  ...['info', 'information', 'informational', 'notice', 'low', 'none', 'debug'].map((word) => [word, 1] as const),
  ...['warning', 'warn', 'medium', 'minor', 'moderate'].map((word) => [word, 2] as const),
]);
/** Of words nobody knows, and of none. */
const LOUDEST: Rank = 3;

const NOT_SHOWN_APART = new Set(['alertname', 'severity']);

export function factsOf(message: Message): Facts {
  const { alerts, at } = message;
  const firing = alerts.filter(({ status }) => status === 'firing');
  const relevant = firing.length > 0 ? firing : alerts;
  const since = relevant.reduce((least, { startsAt }) => Math.min(least, instantOf(startsAt, at)), at);
  const until =
    firing.length > 0 ? at : alerts.reduce((last, { endsAt }) => Math.max(last, instantOf(endsAt, since)), since);
  const worst = relevant.toSorted((a, b) => rankOf(b) - rankOf(a))[0];
  return {
    rank: firing.length === 0 || worst === undefined ? 0 : rankOf(worst),
    severity: worst?.labels.get('severity') ?? '',
    names: [...new Set(relevant.map(({ labels }) => labels.get('alertname')).filter((name) => name !== ''))],
    firing: firing.length,
    resolved: alerts.length - firing.length,
    since,
    span: until - since,
    alerts: [...firing, ...alerts.filter(({ status }) => status === 'resolved')],
  };
}

const rankOf = ({ labels }: MessageAlert): Rank => RANKS.get(labels.get('severity').toLowerCase()) ?? LOUDEST;

/** What stands before an alert among others: 0 is over; null where all are alike. */
export function rankAmong({ firing, resolved, alerts }: Facts, alert: MessageAlert): Rank | null {
  const isMixed = (firing > 0 && resolved > 0) || (firing > 0 && alerts.some((each) => rankOf(each) !== rankOf(alert)));
  if (!isMixed) return null;
  return alert.status === 'resolved' ? 0 : rankOf(alert);
}

function instantOf(text: string, otherwise: Instant): Instant {
  const parsed = parseTime(text);
  return parsed.ok && parsed.stamp !== null ? parsed.stamp.at : otherwise;
}

/** `4m`, `1h30m`, `2d4h`: the two largest units, from a minute on without seconds. */
export function roughly(span: DurationMs): string {
  const unit = span >= DAY ? HOUR : span >= MINUTE ? MINUTE : 1000;
  return printDuration(Math.floor(span / unit) * unit);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Labels that all alerts share: those of the group first. The name and the severity stand elsewhere. */
export function sharedLabels({ groupLabels, commonLabels }: Message): string {
  const names = new Set([...groupLabels, ...commonLabels].map(([name]) => name));
  return spelled([...names].map((name) => [name, groupLabels.get(name) || commonLabels.get(name)]));
}

/** What tells an alert from the others of its message. */
export function ownLabels({ labels }: MessageAlert, { commonLabels, groupLabels }: Message): string {
  return spelled([...labels].filter(([name]) => commonLabels.get(name) === '' && groupLabels.get(name) === ''));
}

const spelled = (labels: readonly (readonly [string, string])[]): string =>
  labels
    .filter(([name, value]) => value !== '' && !NOT_SHOWN_APART.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

const HOSTS = ['instance', 'node', 'host', 'hostname', 'pod', 'service', 'job'];

/** The thing it is about, for a line too short for labels. */
export function hostOf({ labels }: MessageAlert): string {
  return HOSTS.map((name) => labels.get(name)).find((value) => value !== '') ?? '';
}
