// Where an older Alertmanager answers otherwise than the release Belfry follows, and why. Keys it does not know yet are
// left out of ours before the two are compared; single answers are listed. Where Belfry differs from every release,
// test/api/cases.json says why.

export interface OlderAnswer {
  /** Older releases do it, and it is gone by this one; only 0.25 and 0.34 are known for certain. */
  readonly before: number;
  readonly why: string;
  /** Matched against `story / step`. */
  readonly steps: readonly RegExp[];
}

export const olderAnswers: readonly OlderAnswer[] = [
  {
    before: 27,
    why: 'API v1 was still there',
    steps: [/API v1 (?:alerts|POST alerts|status|receivers|silence|DELETE silence|silences)$/],
  },
  {
    before: 27,
    why: 'an unknown silence was 500 where it is 404 now',
    steps: [/DELETE an unknown id$/, /delete nobody$/],
  },
  {
    before: 27,
    why: 'label names and matchers in UTF-8 are refused',
    steps: [/labels __proto__ and constructor$/, /they come back$/, /UTF-8 label names$/, /UTF-8 filter$/],
  },
  {
    before: 27,
    why: 'the older grammar of matchers',
    steps: [
      /listing alerts \/ \?filter=%7Balertname%3Done%7D$/,
      /listing alerts \/ \?filter=%22alertname%22%3D%22one%22$/,
      /\?filter=alertname%3D%ff$/,
    ],
  },
  {
    before: 28,
    why: 'no `muted` parameter, because groups do not say that they are muted',
    steps: [/groups \?muted=false$/],
  },
  {
    before: 30,
    why: 'an older library that reads URLs, times, ids and content types less or more strictly',
    steps: [
      /the URL "https:\/\/host#@frag"$/,
      /the time "2026-01-01"$/,
      /the time "2026-01-01T00:00:00\+25:00"$/,
      /a content type without subtype$/,
      /an id in braces$/,
      /an id as urn$/,
    ],
  },
  {
    before: 32,
    why: 'the texts of refused silences changed with matcher sets',
    steps: [
      /what POST silences accepts \/ (?:value|name) empty$/,
      /a regex that matches empty$/,
      /a broken regex(?:, negated)?$/,
      /what POST silences accepts \/ lookahead$/,
    ],
  },
  {
    before: 32,
    why: 'silences have no annotations, so that bad ones are ignored',
    steps: [/annotations with a number$/, /annotations a list$/, /what POST silences accepts \/ still none$/],
  },
  {
    before: 33,
    why: 'receivers have no labels to be found by',
    steps: [
      /receivers (?:by label|by two matchers|with a broken matcher)$/,
      /receiver_matchers=(?:owner%3Dweb-team|foo|%ff)$/,
    ],
  },
  {
    before: 34,
    why: 'silences cannot be listed by state',
    steps: [
      /the life of a silence \/ (?:pending only|active only|none|expired only)$/,
      /without the (?:expired|pending|active)$/,
    ],
  },
];

interface NewKey {
  readonly since: number;
  readonly key: string;
  /** A key that stands beside it where it is meant. */
  readonly beside: string;
}

const MUTED_SINCE = 28;

const newKeys: readonly NewKey[] = [
  { since: MUTED_SINCE, key: 'mutedBy', beside: 'silencedBy' },
  { since: 32, key: 'annotations', beside: 'matchers' },
  { since: 33, key: 'labels', beside: 'name' },
  { since: 34, key: 'routeLabels', beside: 'receiver' },
];

/** Our answer as that release would write it. */
export function asOlder(value: unknown, minor: number): unknown {
  if (Array.isArray(value)) return value.map((item) => asOlder(item, minor));
  if (typeof value !== 'object' || value === null) return value;
  const isNew = (key: string): boolean =>
    newKeys.some((one) => one.key === key && minor < one.since && Object.hasOwn(value, one.beside));
  const kept = Object.entries(value).filter(([key]) => !isNew(key));
  const older = Object.fromEntries(kept.map(([key, item]) => [key, asOlder(item, minor)]));
  if (minor < MUTED_SINCE && isHeardButForTime(value)) older['state'] = 'active';
  return older;
}

/** Time intervals alone did not make an alert `suppressed`. */
const isHeardButForTime = (status: object): boolean =>
  isEmpty(status, 'silencedBy') && isEmpty(status, 'inhibitedBy') && !isEmpty(status, 'mutedBy');

function isEmpty(status: object, key: string): boolean {
  const names: unknown = Reflect.get(status, key);
  return !Array.isArray(names) || names.length === 0;
}
