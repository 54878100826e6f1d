// What a message is about, where no template says it: how bad it is, since when, and which alerts to name first.
import { printMillis, parseTime } from '../../model/rfc3339.ts';
import { severityRank, type SeverityRank } from '../../model/severity.ts';
import type { Instant } from '../../model/time.ts';
import type { Message, MessageAlert } from '../../notify/message.ts';
import type { Scene } from '../scene.ts';

export interface Facts {
  readonly isOver: boolean;
  /** Of the worst that fires, or fired; 0 is the worst. */
  readonly rank: SeverityRank;
  readonly firing: number;
  /** Of the episode. */
  readonly since: Instant;
  /** The end, or the instant of the message. */
  readonly until: Instant;
  /** Positions in the message: what fires before what is over, the worst first. */
  readonly order: readonly number[];
}

/** @param began when the episode did that the message goes on with: of alerts that are long over it does not tell */
export function factsOf({ alerts, at }: Message, began: Instant | null): Facts {
  const order = alerts.map((_, index) => index).sort((a, b) => weight(alerts[a]!) - weight(alerts[b]!) || a - b);
  const firing = alerts.filter(({ status }) => status === 'firing');
  const isOver = firing.length === 0;
  const relevant = isOver ? alerts : firing;
  const since = relevant.reduce(
    (least, { startsAt }) => Math.min(least, instantOf(startsAt, at)),
    Math.min(at, began ?? at),
  );
  const ends = isOver ? alerts.map(({ endsAt }) => instantOf(endsAt, since)) : [at];
  return {
    ...{ isOver, firing: firing.length, since, order },
    rank: relevant.reduce<SeverityRank>((worst, alert) => (rankOf(alert) < worst ? rankOf(alert) : worst), 4),
    until: ends.reduce((last, end) => Math.max(last, end), since),
  };
}

const rankOf = ({ labels }: MessageAlert): SeverityRank => severityRank(labels.get('severity'));
const weight = (alert: MessageAlert): number => rankOf(alert) + (alert.status === 'resolved' ? 10 : 0);

function instantOf(text: string, otherwise: Instant): Instant {
  const parsed = parseTime(text);
  return parsed.ok && parsed.stamp !== null ? parsed.stamp.at : otherwise;
}

/** How long it has been going on, or had been. */
export function lasted(scene: Scene, { since, until }: Facts): string {
  const time = (at: Instant): string => `(toDate "2006-01-02T15:04:05Z07:00" "${printMillis(at)}")`;
  return scene.text(`{{ template "belfry.duration" (${time(until)}.Sub ${time(since)}) }}`);
}
