// Alertmanager's API v2: paths, parameters, answers and error texts as upstream 0.34 gives them, so that amtool,
// Grafana, Karma and Prometheus need not know. What they mean is the engine's.
import type { Engine } from '../engine/contract.ts';
import { goQuote } from '../model/go-quote.ts';
import type { LabelNameMode } from '../model/label-name.ts';
import type { Matcher } from '../model/matcher.ts';
import type { MatcherMode } from '../model/matcher-parse.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpMetrics } from '../ports/metrics.ts';
import { StoreUnavailable } from '../ports/store.ts';
import { empty, faultAnswer, json, jsonArray, refused, told, withHeaders, type Answer } from './answer.ts';
import { alertFilter, groupFilter, matchersOf, receiverFilter } from './filters.ts';
import type { Limits } from './limits.ts';
import { openapiV2 } from './openapi-v2.ts';
import { cannotParse, parseAlerts, rejectedPlaces, rejectedText } from './parse-alerts.ts';
import { parseSilence } from './parse-silence.ts';
import { alertPrinter, printGroup, printReceiver } from './print-alert.ts';
import { printSilence, type SilenceView } from './print-silence.ts';
import { flagOf, type Query } from './query.ts';
import type { Asked, Route } from './route.ts';
import { printStatus } from './print-status.ts';

export interface ApiOptions {
  readonly engine: Engine;
  readonly matcherMode: MatcherMode;
  readonly limits: Limits;
  readonly metrics: HttpMetrics;
  readonly clock: Clock;
}

const BASE = '/api/v2';

export function alertmanagerV2(options: ApiOptions): readonly Route[] {
  const { views } = options.engine;
  const get = (path: string, [load, span]: readonly [Route['load'], string], answer: Route['handle']): Route => ({
    method: 'GET',
    path: BASE + path,
    ...{ load, span },
    handle: (asked) => (acceptsJson(asked.headers.accept) ? answer(asked) : notAcceptable()),
  });
  return [
    get('/status', ['read', 'api.getStatusHandler'], () => json(200, printStatus(views.status()))),
    get('/receivers', ['read', 'api.getReceiversHandler'], ({ query }) => getReceivers(options, query)),
    get('/alerts', ['read', 'api.getAlertsHandler'], ({ query }) => getAlerts(options, query)),
    get('/alerts/groups', ['read', 'api.getAlertGroupsHandler'], ({ query }) => getGroups(options, query)),
    get('/silences', ['always', 'api.getSilencesHandler'], ({ query }) => getSilences(options, query)),
    get('/silence/:id', ['always', 'api.getSilenceHandler'], ({ id }) => getSilence(options, id)),
    get('/openapi.json', ['read', 'api.getDescriptionHandler'], () => json(200, JSON.stringify(openapiV2))),
    {
      ...{ method: 'POST', path: `${BASE}/alerts`, load: 'ingest', span: 'api.postAlertsHandler' },
      handle: (asked) => postAlerts(options, asked),
    },
    {
      ...{ method: 'POST', path: `${BASE}/silences`, load: 'always', span: 'api.postSilencesHandler' },
      handle: (asked) => postSilence(options, asked),
    },
    {
      ...{ method: 'DELETE', path: `${BASE}/silence/:id`, load: 'always', span: 'api.deleteSilenceHandler' },
      handle: (asked) => deleteSilence(options, asked),
    },
  ];
}

function getReceivers({ engine, matcherMode }: ApiOptions, query: Query): Answer {
  const matchers = receiverFilter(query, matcherMode);
  if (!matchers.ok) return told(400, matchers.message);
  const receivers = engine.views.receivers().filter(({ labels }) => matchers.value.every((m) => m.matches(labels)));
  return json(200, jsonArray(receivers.map(printReceiver)));
}

function getAlerts({ engine, matcherMode }: ApiOptions, query: Query): Answer {
  const filter = alertFilter(query, matcherMode);
  if (!filter.ok) return told(400, filter.message);
  return json(200, jsonArray(printed(engine.views.alerts(filter.value), alertPrinter())));
}

function getGroups({ engine, matcherMode }: ApiOptions, query: Query): Answer {
  const filter = groupFilter(query, matcherMode);
  if (!filter.ok) return told(400, filter.message);
  const printAlert = alertPrinter();
  return json(200, jsonArray(printed(engine.views.groups(filter.value), (group) => printGroup(group, printAlert))));
}

function getSilences({ engine, matcherMode }: ApiOptions, query: Query): Answer {
  const filter = matchersOf(query, 'filter', matcherMode);
  if (!filter.ok) return told(400, filter.message);
  return json(200, jsonArray(printed(silencesFor(engine.views.silences(), query, filter.value), printSilence)));
}

/** A filter matcher asks for silences that contain the very same matcher; it is not evaluated. */
export function silencesFor(all: readonly SilenceView[], query: Query, filter: readonly Matcher[]): SilenceView[] {
  const wanted = {
    active: flagOf(query, 'active'),
    pending: flagOf(query, 'pending'),
    expired: flagOf(query, 'expired'),
  };
  return all.filter(
    ({ silence, state }) =>
      wanted[state] && filter.every((wantedMatcher) => silence.matchers.some((own) => isSame(own, wantedMatcher))),
  );
}

const isSame = (a: Matcher, b: Matcher): boolean => a.name === b.name && a.op === b.op && a.value === b.value;

function getSilence({ engine }: ApiOptions, id: string): Answer {
  if (!UUID.test(id)) return notUuid(id);
  const found = engine.views.silence(id);
  return found === null ? empty(404) : json(200, `${printSilence(found)}\n`);
}

async function deleteSilence({ engine }: ApiOptions, { id, trace }: Asked): Promise<Answer> {
  if (!UUID.test(id)) return notUuid(id);
  return durable(async () =>
    (await engine.commands.expireSilence(id, trace)) === 'unknown' ? empty(404) : empty(200),
  );
}

async function postAlerts({ engine, matcherMode, limits, metrics, clock }: ApiOptions, asked: Asked): Promise<Answer> {
  const body = await asked.readBody();
  if (body.kind === 'refused') return refused(body.status, body.message);
  if (body.kind === 'none') return refused(602, 'alerts in body is required');
  if (body.kind === 'broken') return faultAnswer(cannotParse('alerts', body.because));
  const latestOpenStart = clock.now() + engine.ingest.resolveTimeout;
  const parsed = parseAlerts(body.value, { names: labelNames(matcherMode), limits, latestOpenStart });
  if (parsed.kind === 'refused') return faultAnswer(parsed.fault);
  const { alerts, rejected } = parsed;
  if (rejected.length > 0) metrics.alertsInvalid(rejected.length);
  return durable(async () => {
    if (alerts.length > 0) {
      const taken = await engine.ingest.post(alerts, asked.trace);
      if (taken.kind === 'busy') return comeBack(taken.retryAfterSeconds);
    }
    if (rejected.length === 0) return empty(200);
    const answer = told(400, rejectedText(rejected, alerts.length + rejected.length));
    return withHeaders(answer, { 'belfry-rejected': rejectedPlaces(rejected) });
  });
}

async function postSilence({ engine, matcherMode }: ApiOptions, asked: Asked): Promise<Answer> {
  const body = await asked.readBody();
  if (body.kind === 'refused') return refused(body.status, body.message);
  if (body.kind === 'none') return refused(602, 'silence in body is required');
  if (body.kind === 'broken') return faultAnswer(cannotParse('silence', body.because));
  const parsed = parseSilence(body.value, labelNames(matcherMode));
  if (!parsed.ok) return faultAnswer(parsed.fault);
  return durable(async () => {
    const set = await engine.commands.setSilence(parsed.value, asked.trace);
    switch (set.kind) {
      case 'set':
        return json(200, `${JSON.stringify({ silenceID: set.id })}\n`);
      case 'unknown':
        return told(404, 'silence not found');
      case 'refused':
        return told(400, set.message);
    }
  });
}

export const labelNames = (mode: MatcherMode): LabelNameMode => (mode === 'classic' ? 'legacy' : 'utf8');

export const comeBack = (seconds: number): Answer =>
  withHeaders(told(429, 'too many alerts are waiting, try again later'), { 'retry-after': String(seconds) });

/** 507 says: known, but not safe on disk; send it again. */
async function durable(write: () => Promise<Answer>): Promise<Answer> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof StoreUnavailable) return told(507, error.message);
    throw error;
  }
}

function* printed<T>(items: readonly T[], print: (item: T) => string): Generator<string> {
  for (const item of items) yield print(item);
}

/** Every spelling upstream takes for one. The id is looked up as it was written. */
const UUID = /^(?:urn:uuid:)?\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;

const notUuid = (id: string): Answer => refused(601, `silenceID in path must be of type uuid: ${goQuote(id)}`);

const notAcceptable = (): Answer =>
  refused(406, 'unsupported media type requested, only [application/json] are available');

function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept === '') return true;
  return accept.split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const isNever = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return !isNever && (type === '*/*' || type === 'application/*' || type === 'application/json');
  });
}
