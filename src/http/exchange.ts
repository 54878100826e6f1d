// One request and its answer: who may come in, whether there is room, the deadline, and what is counted.
// In this order: drain, preflight, login, cross-site writes, room, handler. Errors nobody foresaw end here as 500.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { printGoDuration } from '../model/duration.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpMetrics } from '../ports/metrics.ts';
import type { Span, Tracer } from '../ports/tracer.ts';
import type { DurationMs } from '../model/time.ts';
import { comeBack } from './alertmanager-v2.ts';
import { empty, text, type Answer } from './answer.ts';
import { firstOf } from './first-of.ts';
import { Gate } from './gate.ts';
import type { Limits } from './limits.ts';
import { inForm, methodsFor, missing } from './missing.ts';
import { corsHeaders, isCrossSiteWrite, preflight, whyRefused, type OriginOptions } from './origin.ts';
import { parseQuery } from './query.ts';
import { hasBody, readJson } from './read-body.ts';
import { beginRequest, endRequest, handled } from './request-span.ts';
import type { Asked, Route } from './route.ts';
import type { Log } from './log.ts';
import type { WebConfigSource } from './web-config-source.ts';
import { writeAnswer } from './write-answer.ts';

export interface ExchangeOptions extends OriginOptions {
  readonly routes: readonly Route[];
  readonly routePrefix: string;
  readonly webConfig: WebConfigSource;
  readonly limits: Limits;
  readonly getConcurrency: number;
  readonly timeout: DurationMs;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: HttpMetrics;
  readonly tracer: Tracer;
  /** Aborted once no further request is wanted on a connection. */
  readonly draining: AbortSignal;
}

export interface Target {
  /** null when no handler is on this path with this method. */
  readonly route: Route | null;
  readonly id: string;
  readonly innerId: string;
}

export function exchange(options: ExchangeOptions) {
  const rooms: Rooms = { gets: new Gate(options.getConcurrency), ingest: new Gate(options.limits.ingestBytes) };
  return async (request: IncomingMessage, response: ServerResponse, target: Target): Promise<void> => {
    const started = performance.now();
    const path = target.route?.path;
    const span = beginRequest(options.tracer, request, path === undefined ? null : options.routePrefix + path);
    const asked = askedOf(options, { request, trace: span }, target);
    const leaving: (() => void)[] = [];
    try {
      const answer = await decide(options, rooms, { request, asked, route: target.route, leaving });
      const isUnread = hasBody(asked.headers) && !request.readableEnded;
      const linger = isUnread ? () => discardRest(request, options.clock) : null;
      const isLast = isUnread || options.draining.aborted;
      const bytes = await written(options, response, () =>
        writeAnswer(response, dressed(options, asked, answer, isLast), linger),
      );
      const seconds = (performance.now() - started) / 1000;
      const handler = target.route?.path ?? 'unknown';
      options.metrics.observeRequest(handler, methodLabel(asked.method), answer.status, seconds, bytes);
      if (span !== null) endRequest(span, answer.status, bytes);
    } finally {
      span?.end();
      for (const leave of leaving) leave();
    }
  };
}

interface Rooms {
  readonly gets: Gate;
  readonly ingest: Gate;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly asked: Asked;
  readonly route: Route | null;
  /** What to give back once the answer is written. */
  readonly leaving: (() => void)[];
}

async function decide(options: ExchangeOptions, rooms: Rooms, current: Exchange): Promise<Answer> {
  const { request, asked, route } = current;
  try {
    const granted =
      route === null ? preflight(asked, methodsFor(routesUnder(options, request), asked.path), options) : null;
    if (granted !== null) return granted;
    const denied = await options.webConfig.deny(asked.headers.authorization);
    if (denied !== null) return denied;
    if (isCrossSiteWrite(asked.method, asked.headers, options)) {
      return inForm(asked.path, 403, 'cross_site', whyRefused(asked.headers));
    }
    if (route === null) return notHere(options, request, asked);
    const full = enterRoom(options, rooms, current, route);
    return full ?? (await withinDeadline(options, () => handled(options.tracer, route, asked)));
  } catch (error) {
    options.log('error', 'a request failed', { path: asked.path, method: asked.method, error });
    return inForm(asked.path, 500, 'internal', 'something is wrong on our side; the log says what');
  }
}

function enterRoom(options: ExchangeOptions, rooms: Rooms, current: Exchange, route: Route): Answer | null {
  const { metrics, limits } = options;
  if (route.load === 'ingest') {
    const leave = rooms.ingest.enter(weightOf(current.asked, limits));
    if (leave === null) return comeBack(1);
    current.leaving.push(leave);
  }
  if (route.load !== 'read') return null;
  const leave = rooms.gets.enter();
  if (leave === null) {
    metrics.getRefused();
    return text(503, `Limit of concurrent GET requests reached (${rooms.gets.limit}), try again later.\n\n`);
  }
  metrics.getsInFlight(1);
  current.leaving.push(leave, () => metrics.getsInFlight(-1));
  return null;
}

/** What a body may come to in memory; half a megabyte at least, so that the number of small ones is bounded too. */
function weightOf({ headers }: Asked, limits: Limits): number {
  const isKnown = headers['content-length'] !== undefined && headers['content-encoding'] === undefined;
  return Math.max(isKnown ? Number(headers['content-length']) : limits.bodyBytes, 512 * 1024);
}

/** Why nobody waits any more. Without a reason abort() makes an error with a stack, for each request. */
const DONE = 'done';

async function withinDeadline({ timeout, clock }: ExchangeOptions, work: () => Promise<Answer>): Promise<Answer> {
  if (timeout <= 0) return work();
  const done = new AbortController();
  const late = clock.sleepUntil(clock.now() + timeout, done.signal);
  try {
    return await Promise.race([
      work(),
      late.then(() => text(503, `Exceeded configured timeout of ${printGoDuration(timeout)}.\n`)),
    ]);
  } finally {
    done.abort(DONE);
  }
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);
const methodLabel = (method: string): string => (METHODS.has(method) ? method : 'other');

function askedOf(
  { routePrefix, limits }: ExchangeOptions,
  { request, trace }: { readonly request: IncomingMessage; readonly trace: Span | null },
  { id, innerId }: Target,
): Asked {
  const [path, search] = splitOnce(request.url ?? '', '?');
  return {
    method: request.method ?? '',
    path: path.startsWith(routePrefix) ? path.slice(routePrefix.length) : path,
    headers: request.headers,
    query: parseQuery(search),
    id,
    innerId,
    trace,
    readBody: () => readJson(request, request.headers, limits),
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const cut = text.indexOf(separator);
  return cut === -1 ? [text, ''] : [text.slice(0, cut), text.slice(cut + 1)];
}

function notHere(options: ExchangeOptions, request: IncomingMessage, asked: Asked): Answer {
  const { routePrefix } = options;
  const [shown] = splitOnce(request.url ?? '', '?');
  if (routePrefix !== '' && shown === '/') return { ...empty(302), headers: { location: `${routePrefix}/` } };
  return missing(routesUnder(options, request), asked.method, asked.path, shown);
}

const routesUnder = ({ routes, routePrefix }: ExchangeOptions, { url }: IncomingMessage): readonly Route[] =>
  url?.startsWith(routePrefix) === true ? routes : [];

/** What every answer carries besides its own headers. */
function dressed(options: ExchangeOptions, { path, headers }: Asked, answer: Answer, isLast: boolean): Answer {
  return {
    ...answer,
    headers: {
      ...(/^(?:\/vmalert)?\/api\//.test(path) ? { 'cache-control': 'no-store' } : {}),
      'x-content-type-options': 'nosniff',
      ...corsHeaders(headers, options),
      ...options.webConfig.headers(),
      ...answer.headers,
      ...(isLast ? { connection: 'close' } : {}),
    },
  };
}

/** Cuts off who reads too slowly. */
async function written(
  { clock, limits }: ExchangeOptions,
  response: ServerResponse,
  write: () => Promise<number>,
): Promise<number> {
  const done = new AbortController();
  const late = clock.sleepUntil(clock.now() + limits.answerMs, done.signal).then(() => {
    if (!done.signal.aborted) response.destroy();
  });
  try {
    return await write();
  } finally {
    done.abort(DONE);
    await late;
  }
}

/** Closing on a client that still sends would lose it the answer: it is read on for a moment, into nothing. */
async function discardRest(request: IncomingMessage, clock: Clock): Promise<void> {
  if (request.destroyed) return;
  const done = new AbortController();
  request.resume();
  await Promise.race([firstOf(request, 'end', 'close'), clock.sleepUntil(clock.now() + 1000, done.signal)]);
  done.abort(DONE);
}
