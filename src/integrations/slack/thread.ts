// What the thread of an episode hears when its head is edited: who joined, who is over, or that it goes on.
import type { Scene } from '../scene.ts';
import { lineOf, SYMBOLS } from './blocks.ts';
import { factsOf, roughly, type Facts } from './facts.ts';
import { shortFingerprint, type Episode } from './memo.ts';
import { moment } from './mrkdwn.ts';
import type { Body } from './request.ts';
import { WORDS } from './words.ts';
import type { MessageAlert } from '../../notify/message.ts';

/** With two lists of them it stays below the 4,000 characters that Slack advises. */
const MOST_NAMED = 5;

export function threadReply(scene: Scene, episode: Episode): Body {
  const facts = factsOf(scene.message);
  const words = WORDS[scene.locale.language];
  const before = episode.firing === null ? null : new Set(episode.firing);
  const wasFiring = ({ labels }: MessageAlert): boolean => before?.has(shortFingerprint(labels.fingerprint)) === true;
  const joined = before === null ? [] : facts.alerts.filter((alert) => isFiring(alert) && !wasFiring(alert));
  const over = facts.alerts.filter((alert) => !isFiring(alert) && wasFiring(alert));
  const news =
    facts.rank === 0
      ? [`${SYMBOLS[0]} ${words.resolvedAfter(roughly(facts.span))}`]
      : [
          ...(joined.length === 0 ? [] : [`${SYMBOLS[facts.rank]} ${words.joined(joined.length)}`]),
          ...named(scene, facts, joined),
          ...(over.length === 0 ? [] : [`${SYMBOLS[0]} ${words.over(over.length)}`]),
          ...named(scene, facts, over),
        ];
  const still = words.still(facts.firing, moment(facts.since, scene.locale.timezone), roughly(facts.span));
  return {
    text: (news.length === 0 ? [still] : news).join('\n'),
    // A thread is easily missed: what got worse, and what was to be repeated, shows in the channel as well.
    ...(facts.rank > episode.worst || isRepeat(scene) ? { reply_broadcast: true } : {}),
    ...{ unfurl_links: false, unfurl_media: false },
  };
}

const isFiring = ({ status }: MessageAlert): boolean => status === 'firing';
const isRepeat = ({ message }: Scene): boolean => message.reason === 'repeat interval elapsed';

function named(scene: Scene, facts: Facts, alerts: readonly MessageAlert[]): readonly string[] {
  const lines = alerts.slice(0, MOST_NAMED).map((alert) => lineOf(scene, facts, alert));
  const hidden = alerts.length - Math.min(alerts.length, MOST_NAMED);
  return [...lines.filter((line) => line !== ''), ...(hidden === 0 ? [] : [WORDS[scene.locale.language].more(hidden)])];
}
