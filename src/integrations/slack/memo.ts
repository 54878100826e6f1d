// What a Slack integration remembers from message to message: which message heads the episode, what it last said,
// and one that may or may not have arrived.
import type { Instant } from '../../model/time.ts';
import type { Message } from '../../notify/message.ts';

/** Where a message is, as Slack names it. */
export interface Head {
  readonly channel: string;
  readonly ts: string;
}

/** What a message told, for the next one to say what has changed. */
export interface Said {
  /** Short fingerprints of what was firing; null: too many to remember. */
  readonly firing: readonly string[] | null;
  /** severityRank of the worst it told of. */
  readonly rank: number;
}

export interface Episode extends Said {
  readonly head: Head;
  /** channel as it was configured. */
  readonly to: string;
  readonly since: Instant;
  readonly ended: boolean;
}

/** A post, or a reply, whose answer never came. */
export interface Doubt extends Said {
  readonly idempotencyKey: string;
  readonly to: string;
  readonly at: Instant;
  /** Of its episode; those of older versions do not say. */
  readonly since?: Instant;
}

export interface Memo {
  readonly episode: Episode | null;
  readonly doubt: Doubt | null;
}

export const NOTHING: Memo = { episode: null, doubt: null };

/** Later the message there may be is about something that is long over. */
const LONGEST_DOUBT_MS = 3_600_000;

export function doubtAbout({ doubt }: Memo, channel: string, now: Instant): Doubt | null {
  return doubt !== null && doubt.to === channel && now - doubt.at <= LONGEST_DOUBT_MS ? doubt : null;
}

const MOST_REMEMBERED = 1000;
/** Enough to tell the alerts of one group apart. */
const SHORT = 8;

export const shortFingerprint = (fingerprint: string): string => fingerprint.slice(0, SHORT);

export function firingIn(message: Message): Said['firing'] {
  const firing = message.alerts.filter(({ status }) => status === 'firing');
  if (firing.length > MOST_REMEMBERED) return null;
  return firing.map(({ labels }) => shortFingerprint(labels.fingerprint));
}

export const encodeMemo = (memo: Memo): string => JSON.stringify(memo);

/** Another version of ours may have written it: what cannot be read is forgotten. */
export function decodeMemo(text: string | null): Memo {
  if (text === null) return NOTHING;
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return NOTHING;
  }
  if (!isRecord(read)) return NOTHING;
  const { episode, doubt } = read;
  return { episode: isEpisode(episode) ? episode : null, doubt: isDoubt(doubt) ? doubt : null };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isHead = (value: unknown): value is Head =>
  isRecord(value) && typeof value['channel'] === 'string' && typeof value['ts'] === 'string';

const hasSaid = ({ firing, rank }: Readonly<Record<string, unknown>>): boolean =>
  (firing === null || Array.isArray(firing)) && typeof rank === 'number';

const isEpisode = (value: unknown): value is Episode =>
  isRecord(value) &&
  isHead(value['head']) &&
  typeof value['to'] === 'string' &&
  typeof value['since'] === 'number' &&
  hasSaid(value) &&
  typeof value['ended'] === 'boolean';

const isDoubt = (value: unknown): value is Doubt =>
  isRecord(value) &&
  typeof value['idempotencyKey'] === 'string' &&
  typeof value['to'] === 'string' &&
  typeof value['at'] === 'number' &&
  ['number', 'undefined'].includes(typeof value['since']) &&
  hasSaid(value);
