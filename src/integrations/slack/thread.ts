// What the thread of an episode hears when its head is edited: who joined, who is over, or that it goes on.
import { goQuote } from '../../model/go-quote.ts';
import type { Instant } from '../../model/time.ts';
import type { Scene } from '../scene.ts';
import { looks, pointOf } from './blocks.ts';
import { factsOf, lasted, type Facts } from './facts.ts';
import { shortFingerprint, type Said } from './memo.ts';
import { escaped, moment } from './mrkdwn.ts';
import type { Body } from './request.ts';

/** With two lists of them it stays below the 4,000 characters that Slack advises. */
const MOST_NAMED = 5;
const LONGEST_WORDS = 200;

export function threadReply(scene: Scene, before: Said, began: Instant | null): Body {
  const facts = factsOf(scene.message, began);
  const news = newsOf(scene, facts, before);
  return {
    text: (news.length === 0 ? [still(scene, facts)] : news).join('\n'),
    // A thread is easily missed: what got worse, and what was to be repeated, shows in the channel as well.
    ...(isWorse(facts, before) || scene.message.reason === 'repeat interval elapsed' ? { reply_broadcast: true } : {}),
    ...{ unfurl_links: false, unfurl_media: false },
  };
}

const isWorse = ({ isOver, rank }: Facts, { rank: before }: Said): boolean => !isOver && rank < before;

function newsOf(scene: Scene, facts: Facts, { firing }: Said): readonly string[] {
  if (facts.isOver) {
    return [`${looks(facts).symbol} ${words(scene, `"belfry.slack.ended" ${goQuote(lasted(scene, facts))}`)}`];
  }
  const { alerts } = scene.message;
  const before = firing === null ? null : new Set(firing);
  const wasFiring = (index: number): boolean =>
    before?.has(shortFingerprint(alerts[index]!.labels.fingerprint)) === true;
  const isFiring = (index: number): boolean => alerts[index]!.status === 'firing';
  const joined = before === null ? [] : facts.order.filter((index) => isFiring(index) && !wasFiring(index));
  const over = facts.order.filter((index) => !isFiring(index) && wasFiring(index));
  return [
    ...counted(scene, joined, `${looks(facts).symbol} ${words(scene, `"belfry.slack.joined" ${joined.length}`)}`),
    ...counted(
      scene,
      over,
      `${looks({ ...facts, isOver: true }).symbol} ${words(scene, `"belfry.slack.over" ${over.length}`)}`,
    ),
  ];
}

function counted(scene: Scene, indices: readonly number[], headline: string): readonly string[] {
  if (indices.length === 0) return [];
  const named = indices.slice(0, MOST_NAMED);
  const hidden = indices.length - named.length;
  const points = named.map((index) => pointOf(scene, index)).filter((point) => point !== '');
  return [headline, ...points, ...(hidden === 0 ? [] : [words(scene, `"belfry.more" ${hidden}`)])];
}

function still(scene: Scene, facts: Facts): string {
  const since = `"since" ${goQuote(moment(facts.since, scene.locale.timezone))} "lasted" ${goQuote(lasted(scene, facts))}`;
  return scene.text(`{{ template "belfry.slack.still" dict "count" ${facts.firing} ${since} }}`);
}

const words = (scene: Scene, call: string): string => escaped(scene.text(`{{ template ${call} }}`), LONGEST_WORDS);
