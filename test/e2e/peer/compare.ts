// What two sides said in the same case, held against each other, or against what the case foretells. The newest
// peer's texts are compared byte for byte, once the times in them are compared by themselves and taken out.
import { isDeepStrictEqual } from 'node:util';
import type { Alertmanager } from '../../support/e2e/alertmanager.ts';
import type { Case, Told } from './case.ts';
import { groupOf, tellStory, toldOf } from './story.ts';
import type { Heard, Outcome, Side } from './run.ts';

/** How far apart the two may speak, in seconds. */
const TOLERANCE = 0.15;
/** How far a message may be from the second a case foretells: here one side is measured, not the two together. */
const FORETOLD_TOLERANCE = 0.4;

/** From here on messages look as ours do. */
const SAME_TEXT_SINCE = 34;
/** What older ones do not say. */
const NEW_KEYS = ['notification_reason', 'routeLabels'] as const;

export interface Verdict {
  /** Empty: all was as it should be. */
  readonly differences: readonly string[];
  /** Both sides at length, for whoever has to find out why. */
  readonly story: string;
}

export function compare(one: Case, outcome: Outcome, against: Alertmanager): Verdict {
  const { ours, peer } = outcome;
  const differences: string[] = [];
  const { differs } = one;
  if (!isDeepStrictEqual(ours.answers, peer.answers)) {
    differences.push(`steps were answered ${ours.answers.join(', ')} instead of ${peer.answers.join(', ')}`);
  }
  const isDifferent = differs !== undefined && against.minor >= (differs.since ?? 0);
  if (!isDifferent && one.retries !== true && peer.heard.length !== one.messages) {
    differences.push(`Alertmanager sent ${peer.heard.length} messages instead of ${one.messages}`);
  }
  if (isDifferent) {
    foretold('Belfry', ours, [differs.ours], differences);
    foretold('Alertmanager', peer, differs.peer, differences);
  } else {
    const tolerance = one.tolerance ?? TOLERANCE;
    const [mine, theirs] = [conversations(ours, one), conversations(peer, one)];
    for (const about of new Set([...mine.keys(), ...theirs.keys()])) {
      const [we, they] = [mine.get(about) ?? [], theirs.get(about) ?? []];
      if (we.length !== they.length) differences.push(`${about}: ${we.length} messages instead of ${they.length}`);
      else they.forEach((message, index) => pairwise(we[index]!, message, tolerance, against, differences));
    }
  }
  return { differences, story: tellStory(outcome) };
}

/** By receiver and group: what happens in the same instant to different groups has no order. */
function conversations(side: Side, one: Case): Map<string, Heard[]> {
  const all = new Map<string, Heard[]>();
  for (const heard of side.heard) {
    if (one.retries === true && heard.status >= 300) continue;
    const about = `${heard.to} about ${groupOf(heard)}`;
    all.set(about, [...(all.get(about) ?? []), heard]);
  }
  return all;
}

function pairwise(mine: Heard, theirs: Heard, tolerance: number, against: Alertmanager, found: string[]): void {
  const place = `the message to ${theirs.to} at ${theirs.at.toFixed(2)} s`;
  if (Math.abs(mine.at - theirs.at) > tolerance) found.push(`${place} was sent at ${mine.at.toFixed(2)} s`);
  if (mine.status !== theirs.status) found.push(`${place} was answered ${mine.status}, not ${theirs.status}`);
  const [ourTimes, theirTimes] = [timesIn(mine.body), timesIn(theirs.body)];
  if (ourTimes.length !== theirTimes.length || ourTimes.some((time, index) => !isNear(time, theirTimes[index]!))) {
    found.push(`${place} has other times`);
  }
  const [ourText, theirText] = [withoutTimes(mine.body), withoutTimes(theirs.body)];
  if (against.minor >= SAME_TEXT_SINCE ? ourText !== theirText : !isSameButForNewKeys(ourText, theirText)) {
    found.push(`${place} reads\n  ${ourText}instead of\n  ${theirText}`);
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

/** One of the stories it may be. */
function foretold(who: string, side: Side, stories: readonly (readonly Told[])[], found: string[]): void {
  const told = inOrder(toldOf(side));
  const wanted = stories.map((story) =>
    inOrder(story.map((one) => ({ to: 'page', firing: [], resolved: [], ...one }))),
  );
  const fitting = wanted.find((story) => textOf(story) === textOf(told));
  if (fitting === undefined) {
    found.push(`${who} said: ${textOf(told)}\n  instead of: ${wanted.map(textOf).join('\n  or: ')}`);
    return;
  }
  told.forEach(([text, at], index) => {
    const [, foretoldAt] = fitting[index]!;
    if (Math.abs(at - foretoldAt) <= FORETOLD_TOLERANCE) return;
    found.push(`${who} spoke at ${at.toFixed(2)} s instead of ${foretoldAt} s: ${text}`);
  });
}

type Line = readonly [text: string, at: number];

/** What is said in the same instant has no order; the seconds tell the order of the rest. */
const inOrder = (story: readonly Required<Told>[]): readonly Line[] =>
  story
    .map(({ at, to, firing, resolved }): Line => [
      `${to} firing [${firing.join(' ')}] resolved [${resolved.join(' ')}]`,
      at,
    ])
    .sort(([a, atA], [b, atB]) => (a < b ? -1 : a > b ? 1 : atA - atB));

const textOf = (story: readonly Line[]): string => story.map(([text]) => text).join('; ');
