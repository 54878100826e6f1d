// Whether a rule may read what an earlier rule of its group has just written. An acknowledged sample is there at once
// in Prometheus; VictoriaMetrics shows it about a second later, and a new series up to ten. So (`read_after_write:
// prove`) it is looked for, until it is seen or the slot's time for that is over. A source that has shown everything at
// once, often enough, is believed for a while.
//
//   due        it must be looked for             -> believed after so many sightings at once, one after the other
//   believed   acknowledged counts as readable   -> due after BELIEVED_MS; one sighting at once, and it is believed again
//
// Whenever something was not there at once, four times as many sightings in a row are wanted from then on: chance does
// not make a slow source a quick one.
import { goQuote } from '../model/go-quote.ts';
import { isValidLabelName } from '../model/label-name.ts';
import type { DurationMs, Instant } from '../model/time.ts';
import type { WrittenSample } from '../ports/series-writer.ts';

/** What a group has learnt of the source it asks. */
export interface SourceHabit {
  /** Sightings at once, one after the other. */
  readonly inARow: number;
  /** So many make it believed. */
  readonly wanted: number;
  readonly believedSince: Instant | null;
}

export type Sighting =
  /** With the first look. */
  'at once' | 'later' | 'unseen';

export const NOTHING_LEARNT: SourceHabit = { inARow: 0, wanted: 4, believedSince: null };

const MOST_WANTED = 4 ** 6;
const BELIEVED_MS: DurationMs = 10 * 60_000;
/** Of a write that took longer, the first look comes late: what it sees may have been hidden for a while. */
const QUICK_WRITE_MS: DurationMs = 250;

export const isDue = ({ believedSince }: SourceHabit, now: Instant): boolean =>
  believedSince === null || now < believedSince || now - believedSince >= BELIEVED_MS;

export function learnt(habit: SourceHabit, sighting: Sighting, writeTook: DurationMs, now: Instant): SourceHabit {
  if (sighting !== 'at once') {
    return { inARow: 0, wanted: Math.min(habit.wanted * 4, MOST_WANTED), believedSince: null };
  }
  if (writeTook > QUICK_WRITE_MS) return habit;
  const inARow = habit.inARow + 1;
  return { ...habit, inARow, believedSince: inARow >= habit.wanted ? now : null };
}

/** A look that saw nothing, and what may come after it. */
export interface Looked {
  /** Looks so far, from 1. */
  readonly looks: number;
  readonly now: Instant;
  /** Until when readers can wait. */
  readonly until: Instant;
  /** The source says that it cannot be asked like this. */
  readonly isRefused: boolean;
  /** Slots in a row in which nothing of this rule was seen in time. */
  readonly unseenSlots: number;
}

export type AfterLook =
  | { readonly kind: 'look again'; readonly at: Instant }
  | { readonly kind: 'go on'; readonly reason: 'out of time' | 'not seen in earlier slots either' | 'cannot be asked' };

const FIRST_PAUSE_MS: DurationMs = 50;
const LONGEST_PAUSE_MS: DurationMs = 400;
/**
 * After so many slots it is taken for something that is written where this source does not look, or dropped on its way,
 * and waited for ever more seldom.
 */
const MOST_UNSEEN_SLOTS = 4;
const isHopeless = (slots: number): boolean => slots > MOST_UNSEEN_SLOTS && !Number.isInteger(Math.log2(slots));

/** Readers go on in any case: what they see may be from the slot before, but an alert that is never evaluated is worse. */
export function afterLook({ looks, now, until, isRefused, unseenSlots }: Looked): AfterLook {
  if (isRefused) return { kind: 'go on', reason: 'cannot be asked' };
  if (isHopeless(unseenSlots)) return { kind: 'go on', reason: 'not seen in earlier slots either' };
  const at = now + Math.min(FIRST_PAUSE_MS * 2 ** (looks - 1), LONGEST_PAUSE_MS);
  return at > until ? { kind: 'go on', reason: 'out of time' } : { kind: 'look again', at };
}

/** The rest of the interval is for the rules that wait. Longer than half a minute helps nobody. */
export const waitsUntil = (slot: Instant, interval: DurationMs): Instant => slot + Math.min(interval * 0.75, 30_000);

/** What begins to wait when that time is nearly over, or past, waits for this long all the same. */
export const leastPatience = (interval: DurationMs): DurationMs => Math.min(interval * 0.25, 1000);

/**
 * Until when a slot's rules wait that what they have written is taken. Where nothing was, slot after slot, they do not
 * wait that long in each.
 */
export function takenUntil({ slot, interval, untakenSlots, now }: Taking): Instant {
  return isHopeless(untakenSlots) ? now + leastPatience(interval) : waitsUntil(slot, interval);
}

export interface Taking {
  readonly slot: Instant;
  readonly interval: DurationMs;
  /** Slots in a row in which nobody took anything in time. */
  readonly untakenSlots: number;
  readonly now: Instant;
}

/** A question whose answer, one number, is at least `least` once all of it can be read. */
export interface Witness {
  readonly query: string;
  readonly least: number;
}

/**
 * null when nothing was written. Samples are counted by metric, for one may be there before another; and one of them is
 * looked for by itself, for other rules may write the same metric. Where a metric has nothing but ends, one stands for
 * all.
 */
export function witnessOf(written: readonly WrittenSample[]): Witness | null {
  const metrics = new Map<string, { live: number; first: WrittenSample }>();
  for (const sample of written) {
    const metric = sample.labels.get('__name__') ?? '';
    const known = metrics.get(metric);
    if (known === undefined) metrics.set(metric, { live: sample.value === null ? 0 : 1, first: sample });
    else if (sample.value !== null && known.live++ === 0) known.first = sample;
  }
  if (metrics.size === 0) return null;
  const parts: string[] = [];
  let least = 0;
  for (const [metric, { live, first }] of metrics) {
    const own = selector(first.labels);
    if (live > 0) parts.push(countOfFresh(selector([['__name__', metric]]), first.at), countOfFresh(own, first.at));
    else parts.push(`count(absent(${own}))`);
    least += live + 1;
  }
  return { query: parts.join(' + '), least };
}

const countOfFresh = (series: string, at: Instant): string => `count(timestamp(${series}) >= ${at / 1000})`;

function selector(labels: Iterable<readonly [name: string, value: string]>): string {
  // Older sources do not read a quoted name.
  const matchers = Array.from(labels, ([name, value]) => {
    return `${isValidLabelName(name, 'legacy') ? name : goQuote(name)}=${goQuote(value)}`;
  });
  return `{${matchers.join(',')}}`;
}
