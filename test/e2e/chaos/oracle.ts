// Judges a history: which promises were broken. It knows nothing of how the router works, only what it promised,
// what was asked of it, when it was killed, and what its receiver heard.
import type { Arrival, ToldAlert } from './flaky-sink.ts';
import type { AlertStory, Final, History, Life, Notified, SilenceStory } from './history.ts';

export interface Terms {
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
}

/** From the decision to send until the receiver hears it: a busy machine, not a rule. */
const CLAIM_WINDOW_MS = 500;
/** From the receiver's answer until the answer is durable, on a machine that starts the process in no time. */
const COMMIT_WINDOW_MS = 500;
/** A life shorter than this may not have come to its first claim. */
const SHORT_LIFE_MS = 150;

type Check = (history: History, final: Final, terms: Terms) => readonly string[];

const checks: Readonly<Record<string, Check>> = {
  'acknowledged silences stand': silencesStand,
  'nothing silenced is told': nothingLeaks,
  'acknowledged alerts are told': alertsAreTold,
  'what ended is told as ended': endsAreTold,
  'what is called sent was accepted': sentIsSent,
  'doubles have their kill': doublesAreExplained,
  'every message has news': messagesHaveNews,
  'one message of a group at a time': oneAtATime,
  'timers neither restart nor run ahead': timersHold,
};

/** Broken promises by check; none is none. */
export function judge(history: History, final: Final, terms: Terms): Readonly<Record<string, readonly string[]>> {
  const broken = Object.entries(checks).map(([name, check]) => [name, check(history, final, terms)] as const);
  return Object.fromEntries(broken.filter(([, violations]) => violations.length > 0));
}

export const accepted = ({ arrivals }: History): readonly Arrival[] =>
  arrivals.filter(({ outcome }) => outcome === 'accepted').toSorted((a, b) => a.at - b.at);

/** Acceptances beyond the first of one key. */
export function doubles(history: History): readonly { readonly first: Arrival; readonly again: Arrival }[] {
  const before = new Map<string, Arrival>();
  const found: { first: Arrival; again: Arrival }[] = [];
  for (const arrival of accepted(history)) {
    const first = before.get(arrival.idempotencyKey);
    if (first !== undefined) found.push({ first, again: arrival });
    before.set(arrival.idempotencyKey, arrival);
  }
  return found;
}

function silencesStand({ silences }: History, final: Final): readonly string[] {
  const byId = new Map(final.silences.map((silence) => [silence.id, silence]));
  const tokens = new Map(silences.map((story) => [story.token, story]));
  const broken: string[] = [];
  for (const { id, comment } of final.silences) {
    const story = tokens.get(comment);
    if (story === undefined) broken.push(`nobody asked for the silence ${id} (${comment})`);
    else if (story.id !== null && story.id !== id) broken.push(`${comment} is twice there: ${story.id} and ${id}`);
  }
  for (const story of silences) {
    if (story.id === null) continue;
    const found = byId.get(story.id);
    if (found === undefined) broken.push(`${story.token} is lost`);
    else broken.push(...endFaults(story, found));
  }
  return broken;
}

function endFaults(story: SilenceStory, found: Final['silences'][number]): readonly string[] {
  const { token, ends, expireAskedAt, expireAckedAt } = story;
  const isAsAsked = ends.includes(found.endsAt);
  const isExpired =
    expireAskedAt !== null && found.endsAt >= expireAskedAt && found.endsAt <= (expireAckedAt ?? Infinity);
  const endedBefore = expireAskedAt !== null && isAsAsked && found.endsAt <= (expireAckedAt ?? Infinity);
  if (expireAckedAt !== null) {
    return isExpired || endedBefore ? [] : [`${token} was expired and is back: it ends ${found.endsAt}`];
  }
  return isAsAsked || isExpired ? [] : [`${token} ends ${found.endsAt}, asked for was ${ends.join(' or ')}`];
}

function nothingLeaks(history: History): readonly string[] {
  const byAlert = Map.groupBy(history.silences, ({ alertId }) => alertId);
  const broken: string[] = [];
  for (const { at, alerts } of accepted(history)) {
    for (const { status, labels } of alerts) {
      if (status !== 'firing') continue;
      for (const story of byAlert.get(labels['id'] ?? '') ?? []) {
        const { token, createAckedAt, ends, expireAskedAt } = story;
        const until = Math.min(...ends, expireAskedAt ?? Infinity);
        if (createAckedAt === null || at - CLAIM_WINDOW_MS < createAckedAt || at >= until) continue;
        broken.push(`${labels['id']} was told at ${at}, silenced by ${token} since ${createAckedAt} until ${until}`);
      }
    }
  }
  return broken;
}

function alertsAreTold(history: History, final: Final, terms: Terms): readonly string[] {
  const told = toldOf(history);
  const claimed = new Set(
    final.notifications.filter(({ state }) => state !== 'dropped').flatMap(({ firing }) => firing),
  );
  const broken: string[] = [];
  for (const alert of history.alerts) {
    if (alert.firingAckedAt === null) continue;
    if (alert.resolveAskedAt === null && !final.alerts.has(alert.id))
      broken.push(`${alert.id} fires and is not listed`);
    const statuses = told.get(alert.id);
    if (statuses !== undefined) {
      if (alert.resolveAskedAt === null && !statuses.has('firing'))
        broken.push(`${alert.id} fires and was only told as resolved`);
      continue;
    }
    const quiet = possiblyMuted(history, alert);
    if (claimed.has(alert.id) && quiet.length === 0) broken.push(`${alert.id} was claimed and never told`);
    else if (wasDue(history, alert, quiet, terms)) broken.push(`${alert.id} was never told: ${describe(alert)}`);
  }
  return broken;
}

/** It fired, unsilenced, through so many lives of the process that each of them must have known. */
function wasDue({ lives }: History, alert: AlertStory, quiet: readonly Span[], terms: Terms): boolean {
  if (alert.firingAckedAt === null) return false;
  const end = alert.resolveAskedAt ?? Infinity;
  return spansBetween({ from: alert.firingAckedAt, to: end }, quiet).some(({ from, to }) => {
    const due = from + 2 * terms.groupIntervalMs;
    const last = lives.at(-1)!;
    if (to === Infinity) return last.killedAt - due > 2 * terms.groupIntervalMs;
    return lives.filter((life) => isWhole(life) && life.listeningAt >= due && life.killedAt <= to).length >= 5;
  });
}

/** A firing page that arrived, and an end that nobody silenced: the end must arrive too. */
function endsAreTold(history: History): readonly string[] {
  const told = toldOf(history);
  const broken: string[] = [];
  for (const alert of history.alerts) {
    const { resolveAskedAt, resolveAckedAt } = alert;
    if (resolveAskedAt === null || resolveAckedAt === null || told.get(alert.id)?.has('firing') !== true) continue;
    if (possiblyMuted(history, alert).some(({ to }) => to > resolveAskedAt - CLAIM_WINDOW_MS)) continue;
    if (told.get(alert.id)?.has('resolved') !== true)
      broken.push(`${alert.id} was told firing, never resolved: ${describe(alert)}`);
  }
  for (const [id, messages] of Map.groupBy(
    accepted(history).flatMap(tellings),
    ({ alert }) => alert.labels['id'] ?? '',
  )) {
    const ended = messages.findIndex(({ alert }) => alert.status === 'resolved');
    if (ended !== -1 && messages.slice(ended).some(({ alert }) => alert.status === 'firing'))
      broken.push(`${id} was told firing after it was told resolved`);
  }
  return broken;
}

function sentIsSent(history: History, final: Final): readonly string[] {
  const keys = new Set(accepted(history).map(({ idempotencyKey }) => idempotencyKey));
  const unheard = final.notifications.filter(
    ({ state, idempotencyKey }) => state === 'sent' && !keys.has(idempotencyKey),
  );
  const bodies = Map.groupBy(history.arrivals, ({ idempotencyKey }) => idempotencyKey);
  const changed = [...bodies].filter(([, same]) => new Set(same.map(({ body }) => body)).size > 1);
  return [
    ...unheard.map(
      ({ idempotencyKey, reason }) => `${idempotencyKey} (${reason}) is called sent, and nobody accepted it`,
    ),
    ...changed.map(([key]) => `two bodies under one key ${key}`),
  ];
}

/** A message accepted again needs another life, and the kill before the answer to the first was durable. */
function doublesAreExplained(history: History): readonly string[] {
  return doubles(history)
    .filter(({ first, again }) => first.life === again.life || !wasCutShort(history, first))
    .map(
      ({ first, again }) =>
        `${first.groupKey} ${first.idempotencyKey} ${spoken(history, first)}, and again ${spoken(history, again)}`,
    );
}

/** The slower the machine, the longer everything takes: the start of the process is the measure. */
function wasCutShort({ lives }: History, { at, answeredAt, life }: Arrival): boolean {
  const { startedAt, listeningAt, killedAt } = lives[life]!;
  const startup = (listeningAt ?? killedAt) - startedAt;
  return killedAt <= (answeredAt ?? at) + COMMIT_WINDOW_MS + startup;
}

const spoken = ({ lives }: History, { at, answeredAt, life }: Arrival): string =>
  `accepted at ${at}, answered at ${answeredAt}, of life ${life} until ${lives[life]?.killedAt}`;

function messagesHaveNews(history: History): readonly string[] {
  const broken: string[] = [];
  for (const [groupKey, messages] of Map.groupBy(accepted(history), (arrival) => arrival.groupKey)) {
    for (const [i, message] of messages.entries()) {
      const before = messages[i - 1];
      if (before === undefined || before.idempotencyKey === message.idempotencyKey) continue;
      const known = new Set(before.alerts.map(sayingOf));
      if (message.alerts.some((alert) => !known.has(sayingOf(alert)))) continue;
      if (before.life !== message.life && wasCutShort(history, before)) continue;
      broken.push(
        `${groupKey} at ${message.at} says ${message.alerts.map(sayingOf).join(' ')}, said already at ${before.at}`,
      );
    }
  }
  return broken;
}

function oneAtATime(history: History): readonly string[] {
  const broken: string[] = [];
  for (const [groupKey, arrivals] of Map.groupBy(history.arrivals, (arrival) => arrival.groupKey)) {
    const inOrder = arrivals.toSorted((a, b) => a.at - b.at);
    for (const [i, arrival] of inOrder.entries()) {
      const before = inOrder[i - 1];
      if (before === undefined || before.idempotencyKey === arrival.idempotencyKey || before.life !== arrival.life)
        continue;
      if ((before.answeredAt ?? 0) > arrival.at)
        broken.push(`${groupKey}: ${arrival.idempotencyKey} came at ${arrival.at}, before ${before.answeredAt}`);
    }
  }
  return broken;
}

/**
 * By the groups nobody silences. Never before group_wait; never more than one message in a cell of the grid, so
 * that every third is at least group_interval after the first; and no kill puts group_wait off.
 */
function timersHold(history: History, final: Final, terms: Terms): readonly string[] {
  const broken: string[] = [];
  const groups = Map.groupBy(
    history.alerts.filter(({ kind }) => kind === 'timer'),
    ({ group }) => group,
  );
  for (const [group, alerts] of groups) {
    const keeper = alerts[0]!;
    const rows = final.notifications
      .filter(({ firing }) => firing.includes(keeper.id))
      .toSorted((a, b) => a.createdAt - b.createdAt);
    broken.push(...firstFaults(history, keeper, rows, terms));
    for (const [i, row] of rows.entries()) {
      const third = rows[i + 2];
      if (third !== undefined && third.createdAt - row.createdAt < terms.groupIntervalMs - 5)
        broken.push(`${group}: three messages from ${row.createdAt} to ${third.createdAt}`);
    }
  }
  return broken;
}

function firstFaults(
  { lives }: History,
  keeper: AlertStory,
  rows: readonly Notified[],
  terms: Terms,
): readonly string[] {
  const [first] = rows;
  if (keeper.firingAckedAt === null) return [];
  if (first === undefined) return [`${keeper.group} never spoke`];
  if (first.createdAt < keeper.firingAskedAt + terms.groupWaitMs)
    return [`${keeper.group} spoke at ${first.createdAt}, asked at ${keeper.firingAskedAt}`];
  const due = keeper.firingAckedAt + terms.groupWaitMs;
  const life = lives.find((one) => isWhole(one) && one.listeningAt >= due);
  return life !== undefined && first.createdAt > life.killedAt
    ? [`${keeper.group} was due at ${due} and spoke at ${first.createdAt}`]
    : [];
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** From the first word about a silence to the last instant it may still hold. */
function possiblyMuted({ silences }: History, { id }: AlertStory): readonly Span[] {
  return silences
    .filter(({ alertId }) => alertId === id)
    .map(({ createAskedAt, latestEnd, expireAckedAt }) => ({
      from: createAskedAt,
      to: Math.min(latestEnd, expireAckedAt ?? Infinity),
    }))
    .toSorted((a, b) => a.from - b.from);
}

function spansBetween(whole: Span, holes: readonly Span[]): readonly Span[] {
  const spans: Span[] = [];
  let { from } = whole;
  for (const hole of holes) {
    if (hole.from > from) spans.push({ from, to: Math.min(hole.from, whole.to) });
    from = Math.max(from, hole.to);
  }
  return from < whole.to ? [...spans, { from, to: whole.to }] : spans;
}

const isWhole = (life: Life): life is Life & { readonly listeningAt: number } =>
  life.listeningAt !== null && life.killedAt - life.listeningAt >= SHORT_LIFE_MS;

const tellings = ({ alerts }: Arrival): readonly { readonly alert: ToldAlert }[] => alerts.map((alert) => ({ alert }));

const sayingOf = ({ status, labels }: ToldAlert): string => `${labels['id']} ${status}`;

function toldOf(history: History): ReadonlyMap<string, ReadonlySet<string>> {
  const told = new Map<string, Set<string>>();
  for (const { status, labels } of accepted(history).flatMap(({ alerts }) => alerts)) {
    const id = labels['id'] ?? '';
    const statuses = told.get(id) ?? new Set();
    told.set(id, statuses.add(status));
  }
  return told;
}

const describe = ({ group, firingAckedAt, resolveAskedAt }: AlertStory): string =>
  `of ${group}, firing since ${firingAckedAt}, resolved ${resolveAskedAt}`;
