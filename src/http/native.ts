// Our own API, /api/belfry/v1: what Alertmanager's cannot say. Lists in pages, the history of notifications and
// events, rules with their last evaluations, what a silence would mute before it is made, and messages to try. Errors are {error: {code, message}}.
import { labelNames, silencesFor, type ApiOptions } from './alertmanager-v2.ts';
import { badRequest, failed, json, type Answer } from './answer.ts';
import { alertFilter, matchersOf } from './filters.ts';
import { nativeHistory } from './native-history.ts';
import { nativeMessages } from './native-messages.ts';
import { nativeRules } from './native-rules.ts';
import { openapiNative, parametersOf } from './openapi-native.ts';
import { askedPage, pageAnswer, pageOf, type SortKey } from './page.ts';
import { parseMatcherList } from './parse-silence.ts';
import { alertPrinter } from './print-alert.ts';
import { printSilence, type SilenceView } from './print-silence.ts';
import { flagOf, type Query } from './query.ts';
import type { Asked, Route } from './route.ts';
import { isMapping } from '../input/tree.ts';
import type { Alert } from '../model/alert.ts';
import { goQuote } from '../model/go-quote.ts';

const NATIVE_BASE = '/api/belfry/v1';

export function nativeApi(options: ApiOptions): readonly Route[] {
  return routesOf(options).map(withKnownParameters);
}

/** A misspelt filter that is passed over would answer with everything. */
function withKnownParameters(route: Route): Route {
  const known = parametersOf(route.method, route.path.slice(NATIVE_BASE.length));
  const handle: Route['handle'] = (asked) => {
    const unknown = asked.query.keys().find((name) => !known.includes(name));
    if (unknown === undefined) return route.handle(asked);
    const those = known.length === 0 ? 'none is taken' : `there are ${known.join(', ')}`;
    return badRequest(`there is no parameter ${goQuote(unknown.slice(0, LONGEST_NAME))}: ${those}`);
  };
  return { ...route, handle };
}

const LONGEST_NAME = 100;

function routesOf(options: ApiOptions): readonly Route[] {
  return [
    { method: 'GET', path: `${NATIVE_BASE}/alerts`, load: 'read', handle: ({ query }) => getAlerts(options, query) },
    {
      method: 'GET',
      path: `${NATIVE_BASE}/silences`,
      load: 'always',
      handle: ({ query }) => getSilences(options, query),
    },
    {
      method: 'POST',
      path: `${NATIVE_BASE}/silences/preview`,
      load: 'always',
      handle: (asked) => preview(options, asked),
    },
    ...nativeMessages(options, NATIVE_BASE),
    ...nativeRules(options.engine.rules, NATIVE_BASE, options.matcherMode),
    ...nativeHistory(options.engine.views, NATIVE_BASE),
    {
      method: 'GET',
      path: `${NATIVE_BASE}/openapi.json`,
      load: 'read',
      handle: () => json(200, JSON.stringify(openapiNative)),
    },
  ];
}

const ALERT_KEYS: ReadonlyMap<string, (alert: Alert) => SortKey> = new Map([
  ['fingerprint', ({ labels }: Alert): SortKey => labels.fingerprint],
  ['alertname', ({ labels }: Alert): SortKey => labels.get('alertname')],
  ['startsAt', ({ startsAt }: Alert): SortKey => startsAt.at],
  ['updatedAt', ({ updatedAt }: Alert): SortKey => updatedAt],
]);

const SILENCE_KEYS: ReadonlyMap<string, (view: SilenceView) => SortKey> = new Map([
  ['updatedAt', ({ silence }: SilenceView): SortKey => silence.updatedAt],
  ['startsAt', ({ silence }: SilenceView): SortKey => silence.startsAt],
  ['endsAt', ({ silence }: SilenceView): SortKey => silence.endsAt],
]);

function getAlerts({ engine, matcherMode }: ApiOptions, query: Query): Answer {
  const filter = alertFilter(query, matcherMode);
  if (!filter.ok) return badRequest(filter.message);
  const asked = askedPage(query, ALERT_KEYS, 'fingerprint');
  if (!asked.ok) return badRequest(asked.message);
  const all = engine.views.listAlerts(filter.value);
  const page = pageOf(all, asked.value, ({ labels }) => labels.fingerprint);
  const print = alertPrinter();
  const items = page.items.map((alert) => print(engine.views.view(alert)));
  return pageAnswer(items, totalOf(query, all.length), page.cursor);
}

function getSilences({ engine, matcherMode }: ApiOptions, query: Query): Answer {
  const filter = matchersOf(query, 'filter', matcherMode);
  if (!filter.ok) return badRequest(filter.message);
  const asked = askedPage(query, SILENCE_KEYS, '-updatedAt');
  if (!asked.ok) return badRequest(asked.message);
  const all = silencesFor(engine.views.silences(), query, filter.value);
  const page = pageOf(all, asked.value, ({ silence }) => silence.id);
  return pageAnswer(page.items.map(printSilence), totalOf(query, all.length), page.cursor);
}

async function preview({ engine, matcherMode }: ApiOptions, asked: Asked): Promise<Answer> {
  const body = await asked.readBody();
  if (body.kind === 'refused') return failed(body.status, 'bad_body', body.message);
  if (body.kind === 'none') return badRequest('a body is required');
  if (body.kind === 'broken') return badRequest(`the body cannot be read: ${body.because}`);
  if (!isMapping(body.value)) return badRequest('the body is not an object');
  const matchers = parseMatcherList(body.value['matchers'] ?? null, labelNames(matcherMode));
  if (!matchers.ok) return badRequest(matchers.fault.message);
  const muted = engine.views.silencePreview(matchers.value);
  return pageAnswer(muted.map(alertPrinter()), muted.length, null);
}

/** `count=false` spares the counting where it is not free, and the reader the number. */
const totalOf = (query: Query, total: number): number | null => (flagOf(query, 'count') ? total : null);
