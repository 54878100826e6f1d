// What two sides said in the same case, held against each other, or against what the case foretells. The newest
// peer's texts are compared byte for byte, once the times in them are compared by themselves and taken out.
import { isDeepStrictEqual } from 'node:util';
import type { Alertmanager } from '../../support/e2e/alertmanager.ts';
import type { Case, Told } from './case.ts';
import { tellStory, toldOf } from './story.ts';
import type { Heard, Outcome, Side } from './run.ts';

/** How far apart the two may speak, in seconds. */
const TOLERANCE = 0.15;
/** Tries after a failure are half a second away, give or take a half. */
const RETRY_TOLERANCE = 1;
/** How far a message may be from the second a case foretells: here one side is measured, not the two together. */
const FORETOLD_TOLERANCE = 0.4;

/** From here on messages look as ours do. */
const SAME_TEXT_SINCE = 34;
/** What older ones do not say. */
const NEW_KEYS = ['notification_reason', 'routeLabels'] as const;

export interface Verdict {
  /** Differences in what was said. */
  readonly said: readonly string[];
  /** Differences in when. */
  readonly timing: readonly string[];
  /** Both sides at length, for whoever has to find out why. */
  readonly story: string;
}

export function compare(one: Case, outcome: Outcome, against: Alertmanager): Verdict {
  const { ours, peer } = outcome;
  const said: string[] = [];
  const timing: string[] = [];
  const { differs } = one;
  if (!isDeepStrictEqual(ours.answers, peer.answers)) {
    said.push(`steps were answered ${ours.answers.join(', ')} instead of ${peer.answers.join(', ')}`);
  }
  const isDifferent = differs !== undefined && against.minor >= (differs.since ?? 0);
  if (!isDifferent && one.retries !== true && peer.heard.length !== one.messages) {
    said.push(`Alertmanager sent ${peer.heard.length} messages instead of ${one.messages}`);
  }
  if (isDifferent) {
    foretold('Belfry', ours, differs.ours, { said, timing });
    foretold('Alertmanager', peer, differs.peer, { said, timing });
  } else {
    const counts = (side: Side, to: string): readonly Heard[] =>
      side.heard.filter((heard) => heard.to === to && (one.retries !== true || heard.status < 300));
    const tolerance = one.retries === true ? RETRY_TOLERANCE : TOLERANCE;
    for (const to of new Set([...ours.heard, ...peer.heard].map((heard) => heard.to))) {
      const [mine, theirs] = [counts(ours, to), counts(peer, to)];
      if (mine.length !== theirs.length) said.push(`${to} got ${mine.length} messages instead of ${theirs.length}`);
      else theirs.forEach((message, index) => pairwise(mine[index]!, message, tolerance, against, { said, timing }));
    }
  }
  return { said, timing, story: tellStory(outcome) };
}

type Findings = { readonly said: string[]; readonly timing: string[] };

function pairwise(mine: Heard, theirs: Heard, tolerance: number, against: Alertmanager, found: Findings): void {
  const place = `the message to ${theirs.to} at ${theirs.at.toFixed(2)} s`;
  if (Math.abs(mine.at - theirs.at) > tolerance) found.timing.push(`${place} was sent at ${mine.at.toFixed(2)} s`);
  if (mine.status !== theirs.status) found.said.push(`${place} was answered ${mine.status}, not ${theirs.status}`);
  const [ourTimes, theirTimes] = [timesIn(mine.body), timesIn(theirs.body)];
  if (ourTimes.length !== theirTimes.length || ourTimes.some((time, index) => !isNear(time, theirTimes[index]!))) {
    found.said.push(`${place} has other times`);
  }
  const [ourText, theirText] = [withoutTimes(mine.body), withoutTimes(theirs.body)];
  if (against.minor >= SAME_TEXT_SINCE ? ourText !== theirText : !isSameButForNewKeys(ourText, theirText)) {
    found.said.push(`${place} reads\n  ${ourText}instead of\n  ${theirText}`);
  }
}

/** Inside a string the quotes would be escaped. */
const TIME = /(?<!\\)"(startsAt|endsAt)":"([^"]*)"/g;
const NEVER = '0001-01-01T00:00:00Z';

const timesIn = (body: string): readonly string[] => Array.from(body.matchAll(TIME), ([, , time]) => time!);
const withoutTimes = (body: string): string => body.replace(TIME, '"$1":""');

const isNear = (mine: string, theirs: string): boolean =>
  mine === theirs ||
  (mine !== NEVER && theirs !== NEVER && Math.abs(Date.parse(mine) - Date.parse(theirs)) <= TOLERANCE * 1000);

function isSameButForNewKeys(mine: string, theirs: string): boolean {
  const [ours, older] = [mine, theirs].map((text) => JSON.parse(text) as Record<string, unknown>) as [object, object];
  const known = Object.entries(ours).filter(([key]) => key in older || !NEW_KEYS.some((one) => one === key));
  return isDeepStrictEqual(Object.fromEntries(known), older);
}

function foretold(who: string, side: Side, expected: readonly Told[], found: Findings): void {
  const told = toldOf(side);
  const brief = (one: Told): string =>
    `${one.to} firing [${one.firing?.join(' ')}] resolved [${one.resolved?.join(' ')}]`;
  const wanted = expected.map((one) => ({ to: 'page', firing: [], resolved: [], ...one }));
  const [is, shouldBe] = [told, wanted].map((list) => list.map(brief).join('; '));
  if (is !== shouldBe) found.said.push(`${who} said: ${is}\n  instead of: ${shouldBe}`);
  else {
    told.forEach((one, index) => {
      const { at } = wanted[index]!;
      if (Math.abs(one.at - at) > FORETOLD_TOLERANCE) {
        found.timing.push(`${who} spoke at ${one.at.toFixed(2)} s instead of ${at} s: ${brief(one)}`);
      }
    });
  }
}
