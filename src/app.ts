// THE composition root: everything that touches the world, built in order and torn down in reverse. Nothing else
// makes an adapter; tests replace parts through `overrides`.
import { renderingDeadline, systemClock } from './adapters/clock.ts';
import { readSecret } from './adapters/http-auth.ts';
import { readTlsOptions } from './adapters/tls.ts';
import { makeDirectory } from './adapters/directories.ts';
import { createEventStream } from './adapters/event-stream/create.ts';
import { systemEntropy } from './adapters/entropy.ts';
import { systemFiles } from './adapters/files.ts';
import { createWatch } from './adapters/watch.ts';
import { createHttpClient } from './adapters/http-client.ts';
import { createLogger } from './adapters/log.ts';
import { Metrics } from './adapters/metrics.ts';
import { createRecorder } from './adapters/recorder.ts';
import { RuleMetrics } from './adapters/rule-metrics.ts';
import { createRuleCompiler } from './adapters/rule-compiler/rule-compiler.ts';
import { createRuleOutside } from './adapters/rule-outside.ts';
import { createRuleRecorder } from './adapters/rule-recorder.ts';
import { createSendingRecorder } from './adapters/sending-recorder.ts';
import { StoreNotOpened } from './adapters/sqlite/database.ts';
import { openWorkerStore } from './adapters/sqlite/worker-store.ts';
import { traceHttp } from './adapters/tracing/traced-http.ts';
import { createTracing } from './adapters/tracing/tracing.ts';
import { createTracingRecorder } from './adapters/tracing-recorder.ts';
import { systemVariable } from './adapters/variables.ts';
import { CannotStart, type ServeOptions } from './app-options.ts';
import { ConfigRefused, startEngine, type EngineParts } from './engine/engine.ts';
import { defaultLimits } from './http/limits.ts';
import { SocketNotUsable, takePort, type ListenAddress, type ListenOn } from './http/listen.ts';
import { startServer } from './http/server.ts';
import { WebConfigRefused } from './http/web-config-source.ts';
import { createCourier } from './integrations/courier.ts';
import { createMailSender } from './integrations/email/send.ts';
import { createFileSender } from './integrations/file/send.ts';
import { createHttpSender } from './integrations/http/send.ts';
import { createSlackSender } from './integrations/slack/send.ts';
import { compileInSteps } from './rules/compile.ts';

export interface App {
  readonly addresses: readonly ListenAddress[];
  reload(): Promise<string | null>;
  /** Takes nothing more, lets messages underway finish, makes everything durable, lets go. */
  stop(): Promise<void>;
}

export type Overrides = Partial<Pick<EngineParts, 'clock' | 'entropy' | 'files' | 'courier'>>;

/** Messages underway get so long to finish; then everything is made durable, whatever the other side does. */
const DRAIN_MS = 10_000;
/** A collector gets so long for the spans of the end. */
const LAST_SPANS_MS = 5000;
/** The one process that uses an SQLite store: claims of its former lives are its own. */
const ONLY_OWNER = 'belfry';

export async function createApp(options: ServeOptions, overrides: Overrides = {}): Promise<App> {
  const clock = overrides.clock ?? systemClock;
  const entropy = overrides.entropy ?? systemEntropy;
  const files = overrides.files ?? systemFiles;
  const peerName = options.cluster?.name === '' ? entropy.uuid() : options.cluster?.name;
  const cluster = options.cluster === null ? null : { ...options.cluster, name: peerName ?? '' };

  const logger = createLogger(options.log);
  const metrics = new Metrics({
    version: options.version,
    perAlertnameLimit: options.perAlertnameLimit,
    receiverNames: options.receiverNameInMetrics,
    peer: cluster?.name ?? null,
    logLinesDropped: () => logger.dropped(),
  });
  const record = createRecorder({ log: logger.log, metrics, clock, tellSilences: options.log.silences });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => logger.close(AbortSignal.timeout(1000)));
  record.started(options.version, options.configFile);
  if (options.isExampleConfig) {
    logger.log('info', 'No --config.file given: serving the example that comes with Belfry', {
      file: options.configFile,
    });
  }
  for (const { level, message, fields } of options.notices) logger.log(level, message, fields);

  const listen: ListenOn[] = [];
  for (const on of options.listen) {
    if (!('port' in on) || on.port !== 0) {
      listen.push(on);
      continue;
    }
    const taken = await takePort(on);
    stack.defer(() => void taken.holder.close());
    listen.push(taken);
  }
  const externalURL = options.externalURL ?? urlOf(options.hostname, listen);

  const { store, quarantined } = await orCannotStart(openWorkerStore(options.storagePath));
  stack.defer(() => store.close());
  if (quarantined !== null) record.quarantined(quarantined.path, quarantined.reason);

  const client = createHttpClient({ files, env: process.env, clock });
  stack.use(client);
  const tracing = createTracing({
    ...{ http: client, files, clock, entropy, version: options.version },
    elapsed: () => performance.now(),
    record: createTracingRecorder({ log: logger.log, registry: metrics.registry, clock }),
  });
  // The last spans are of what ends before this.
  stack.defer(() => tracing.close(AbortSignal.timeout(LAST_SPANS_MS)));
  const http = traceHttp(client, tracing);
  const mail = createMailSender({
    secret: (source, what) => readSecret(files, source, what),
    tls: (config) => readTlsOptions(files, config),
  });
  stack.use(mail);
  const userAgent = `Belfry/${options.version}`;
  const deadline = renderingDeadline;
  const post = createHttpSender({ http, files, clock, variable: systemVariable, userAgent });
  const courier =
    overrides.courier ??
    createCourier(
      {
        file: createFileSender({ makeDirectory }),
        http: post,
        mail,
        slack: createSlackSender({ http, files, clock, userAgent, post }),
      },
      deadline,
    );
  const ruleMetrics = new RuleMetrics(metrics.registry, clock);
  const sending = createSendingRecorder({ log: logger.log, metrics: ruleMetrics, clock });
  const outside = createRuleOutside({ http, clock, entropy, userAgent, metrics: sending });
  const ruleRecord = createRuleRecorder({ log: logger.log, metrics: ruleMetrics, clock });
  const world = { store, clock, deadline, entropy, files, courier, outside, watch: createWatch({ files }) };
  const compiler = createRuleCompiler({ inSteps: compileInSteps });
  const { registry } = metrics;
  const { log } = logger;
  const stream = options.eventRecorder
    ? createEventStream({ http, clock, entropy, userAgent, registry, log, instance: options.hostname })
    : null;
  stack.defer(() => stream?.close(AbortSignal.timeout(DRAIN_MS)));
  const parts = { ...world, compiler, tracing, record, ruleRecord, stream, owner: ONLY_OWNER };
  const engine = await orCannotStart(
    startEngine(parts, { ...options, file: options.configFile, cluster, externalURL }),
  );
  stack.defer(() => engine.stop(AbortSignal.timeout(DRAIN_MS)));
  metrics.watch(engine.gauges);
  ruleMetrics.watch({
    groups: () => engine.rules.groups(),
    problems: () => engine.rules.problems(),
    outside: () => outside.watched(),
  });

  const { matcherMode, routePrefix, webConfig, getConcurrency, timeout, rules } = options;
  const { allowedOrigins } = options;
  const serving = startServer({
    ...{ engine, listen, routePrefix, externalURL, webConfig, getConcurrency, timeout, rules, matcherMode },
    ...{ files, clock, metrics, tracer: tracing, allowedOrigins },
    limits: defaultLimits,
    log: logger.log,
  });
  const server = await orCannotStart(serving);
  stack.defer(() => server.close());
  for (const { host, port } of server.addresses) {
    const name = host.includes(':') ? `[${host}]` : host;
    logger.log('info', 'Listening on', { address: port === 0 ? host : `${name}:${port}` });
  }

  const running = stack.move();
  return {
    addresses: server.addresses,
    reload: () => engine.reload.reload(),
    async stop() {
      record.stopping();
      await running.disposeAsync();
    },
  };
}

function urlOf(hostname: string, listen: readonly ListenOn[]): string {
  const [first] = listen;
  return `http://${hostname}:${first !== undefined && 'port' in first ? first.port : 0}`;
}

/** What the user can change is told in the user's words; the rest is a defect and keeps its stack. */
async function orCannotStart<T>(starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (error) {
    const isOfTheStart = error instanceof StoreNotOpened || error instanceof SocketNotUsable;
    const isTheirs = isOfTheStart || error instanceof ConfigRefused || error instanceof WebConfigRefused;
    throw isTheirs ? new CannotStart(error.message, { cause: error }) : error;
  }
}
