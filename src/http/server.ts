// The port we listen on, and the only place that knows the HTTP library: sockets and their limits, who may come
// in, which handler answers, how an answer leaves. What the answers are is in the route files.
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { availableParallelism } from 'node:os';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Engine } from '../engine/contract.ts';
import { printDuration, printGoDuration } from '../model/duration.ts';
import type { MatcherMode } from '../model/matcher-parse.ts';
import type { DurationMs } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { HttpMetrics } from '../ports/metrics.ts';
import type { Tracer } from '../ports/tracer.ts';
import { alertmanagerV2 } from './alertmanager-v2.ts';
import { empty, refused, type Answer } from './answer.ts';
import { Connections } from './connections.ts';
import { exchange, type ExchangeOptions } from './exchange.ts';
import { InFlight } from './in-flight.ts';
import { listen, type ListenAddress, type ListenOn } from './listen.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import { nativeApi } from './native.ts';
import { operations } from './operations.ts';
import { prometheusV1 } from './prometheus-v1.ts';
import { notMediaType } from './read-body.ts';
import type { Route } from './route.ts';
import { WebConfigSource } from './web-config-source.ts';
import { writeAnswer } from './write-answer.ts';

export interface ServerOptions {
  readonly engine: Engine;
  readonly listen: readonly ListenOn[];
  /** '' or `/prefix`. */
  readonly routePrefix: string;
  readonly externalURL: string;
  /** --web.allowed-origin, each; `*` is every one. */
  readonly allowedOrigins: readonly string[];
  /** --web.config.file */
  readonly webConfig: string | null;
  readonly limits: Limits;
  /** --web.get-concurrency; 0 is one per core, at least eight. */
  readonly getConcurrency: number;
  /** --web.timeout; 0 is none. */
  readonly timeout: DurationMs;
  /** --rules.… */
  readonly rules: {
    readonly resendDelay: DurationMs;
    readonly forOutageTolerance: DurationMs;
    readonly forGracePeriod: DurationMs;
    readonly allOrNothing: boolean;
    readonly allowEmpty: boolean;
  };
  readonly matcherMode: MatcherMode;
  readonly files: Pick<Files, 'read'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: HttpMetrics;
  readonly tracer: Tracer;
}

export interface RunningServer {
  readonly addresses: readonly ListenAddress[];
  close(): Promise<void>;
}

/** Rejects when an address cannot be had or the web config is wrong. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { limits, clock } = options;
  const webConfig = await WebConfigSource.open(options.webConfig, options);
  const routePrefix = options.routePrefix === '/' ? '' : options.routePrefix;
  const routes: readonly Route[] = [
    ...alertmanagerV2(options),
    ...prometheusV1({ ...options, flags: flagsOf(options) }),
    ...nativeApi(options),
    ...operations({ ...options, routePrefix }),
  ];
  const draining = new AbortController();
  const inFlight = new InFlight();
  const app = await buildApp({
    ...options,
    routePrefix,
    routes,
    webConfig,
    draining: draining.signal,
    getConcurrency: options.getConcurrency > 0 ? options.getConcurrency : Math.max(availableParallelism(), 8),
    inFlight,
  });
  const connections = new Connections(limits);
  const servers: Server[] = [];
  const addresses: ListenAddress[] = [];
  try {
    for (const on of options.listen) {
      const server = createServer(app, webConfig, limits);
      server.on('connection', connections.admit);
      servers.push(server);
      addresses.push(await listen(server, on));
    }
  } catch (error) {
    for (const server of servers) server.close();
    await app.close();
    throw error;
  }
  const close = async (): Promise<void> => {
    draining.abort();
    const closed = servers.map(closeServer);
    const bound = new AbortController();
    await Promise.race([inFlight.none(), clock.sleepUntil(clock.now() + limits.drainMs, bound.signal)]);
    bound.abort();
    for (const server of servers) server.closeAllConnections();
    await Promise.all(closed);
    await app.close();
    await webConfig.close();
  };
  return { addresses, close };
}

/** As their flags spell them. */
function flagsOf(options: ServerOptions): ReadonlyMap<string, string> {
  const { rules } = options;
  return new Map([
    ['rules.alert.for-grace-period', printDuration(rules.forGracePeriod)],
    ['rules.alert.for-outage-tolerance', printDuration(rules.forOutageTolerance)],
    ['rules.alert.resend-delay', printDuration(rules.resendDelay)],
    ['rules.all-or-nothing', String(rules.allOrNothing)],
    ['rules.allow-empty', String(rules.allowEmpty)],
    ['web.allowed-origin', options.allowedOrigins.join(',')],
    ['web.config.file', options.webConfig ?? ''],
    ['web.external-url', options.externalURL],
    ['web.get-concurrency', String(options.getConcurrency)],
    ['web.listen-address', options.listen.flatMap((on) => ('fd' in on ? [] : `${on.host}:${on.port}`)).join(',')],
    ['web.route-prefix', options.routePrefix === '' ? '/' : options.routePrefix],
    ['web.systemd-socket', String(options.listen.some((on) => 'fd' in on))],
    ['web.timeout', printGoDuration(options.timeout)],
  ]);
}

interface AppOptions extends ExchangeOptions {
  readonly inFlight: InFlight;
}

async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
    frameworkErrors: (error, request, reply) => void send(reply, empty(400)),
  });
  app.removeAllContentTypeParsers();
  // Handlers read the body themselves, when it is known that it will be wanted.
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  const answer = exchange(options);
  const send = async (reply: FastifyReply, made: Answer): Promise<void> => {
    await writeAnswer(reply.raw, made, null);
  };
  const handler = (route: Route | null) => (request: FastifyRequest, reply: FastifyReply) =>
    handle(request, reply, route);
  const handle = async (request: FastifyRequest, reply: FastifyReply, route: Route | null): Promise<void> => {
    reply.hijack();
    options.inFlight.enter();
    try {
      await answer(request.raw, reply.raw, {
        route,
        id: parameterOf(request, 'id'),
        innerId: parameterOf(request, 'innerId'),
      });
    } finally {
      options.inFlight.leave();
    }
  };
  for (const route of options.routes) {
    app.route({
      method: route.method,
      url: (options.routePrefix + route.path).replace(/(.)\/$/, '$1'),
      handler: handler(route),
    });
  }
  app.setNotFoundHandler(handler(null));
  app.setErrorHandler((error, request, reply) => {
    reply.hijack();
    const isMediaType = error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE';
    return send(reply, isMediaType ? refused(400, notMediaType(request.headers['content-type'] ?? '')) : empty(400));
  });
  await app.ready();
  return app;
}

/** '' when the path has no such part. */
function parameterOf({ params }: FastifyRequest, name: string): string {
  const value: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, name) : '';
  return typeof value === 'string' ? value : '';
}

function createServer(app: FastifyInstance, webConfig: WebConfigSource, limits: Limits): Server {
  const bounds = {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    handshakeTimeout: limits.headersMs,
    connectionsCheckingInterval: Math.min(1000, limits.headersMs),
    maxHeaderSize: 16 * 1024,
  };
  const onRequest = (request: IncomingMessage, response: Parameters<typeof app.routing>[1]): void =>
    app.routing(request, response);
  const tls = webConfig.tls();
  if (tls === null) return withIdleBound(createHttpServer(bounds, onRequest), limits);
  const server = withIdleBound(createHttpsServer({ ...bounds, ...tls }, onRequest), limits);
  webConfig.onTlsChange((changed) => server.setSecureContext(changed));
  server.on('secureConnection', (socket) => {
    if (!webConfig.admits(socket)) socket.destroy();
  });
  server.on('connection', () => void webConfig.refresh());
  return server;
}

/** Neither side says anything: the connection ends, whatever it was waiting for. */
function withIdleBound<T extends Server>(server: T, limits: Limits): T {
  server.timeout = limits.idleMs;
  return server;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
