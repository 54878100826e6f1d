// From flags as they were written to the options of the application: typed, checked, completed as upstream does.
import type { Notice, ServeOptions } from '../app-options.ts';
import { closest } from '../input/suggest.ts';
import { goQuote } from '../model/go-quote.ts';
import { FEATURES } from './flags.ts';
import { FlagValues, type GivenFlags, type HostPort } from './flag-values.ts';

export interface Surroundings {
  readonly version: string;
  readonly hostname: string;
  /** The configuration that is shipped. */
  readonly exampleConfig: string;
  /** The template files that are shipped. */
  readonly shippedTemplates: readonly string[];
  readonly exists: (path: string) => boolean;
  /** By systemd, to this very process. */
  readonly socketsPassed: number;
}

export type ParsedOptions =
  | { readonly ok: true; readonly options: ServeOptions }
  | { readonly ok: false; readonly problems: readonly string[] };

const CONFIG_FILE = 'alertmanager.yml';

export function parseServeOptions(given: GivenFlags, around: Surroundings): ParsedOptions {
  const flags = new FlagValues(given);
  const notices: Notice[] = [];
  const listenTexts = flags.isGiven('web.listen-address')
    ? flags.all('web.listen-address')
    : [flags.text('web.listen-address')];
  const addresses = listenTexts.map((text) => flags.address('web.listen-address', text));
  const externalURL = readExternalURL(flags, addresses[0]!, around.hostname);
  flags.ratio('auto-gomemlimit.ratio');
  flags.duration('dispatch.maintenance-interval', 'positive');
  const options: ServeOptions = {
    version: around.version,
    hostname: around.hostname,
    ...resolveConfigFile(flags, around),
    shippedTemplates: around.shippedTemplates,
    storagePath: required(flags, 'storage.path'),
    retention: flags.duration('data.retention', 'positive'),
    maintenanceInterval: flags.duration('data.maintenance-interval', 'positive'),
    alertsGcInterval: flags.duration('alerts.gc-interval', 'positive'),
    perAlertnameLimit: flags.limit('alerts.per-alertname-limit'),
    startDelay: flags.duration('dispatch.start-delay', 'any'),
    silenceLimits: {
      maxSilences: flags.limit('silences.max-silences'),
      maxSilenceSizeBytes: flags.limit('silences.max-silence-size-bytes'),
    },
    listen: flags.isOn('web.systemd-socket') ? readSockets(flags, around.socketsPassed) : addresses,
    webConfig: flags.textOrNull('web.config.file'),
    externalURL: externalURL.text,
    allowedOrigins: readAllowedOrigins(flags, notices),
    routePrefix: readRoutePrefix(flags, externalURL.path),
    getConcurrency: flags.limit('web.get-concurrency'),
    timeout: flags.duration('web.timeout', 'any'),
    cluster: readCluster(flags, notices),
    ...readFeatures(flags, notices),
    rules: {
      resendDelay: flags.prometheusDuration('rules.alert.resend-delay'),
      forOutageTolerance: flags.prometheusDuration('rules.alert.for-outage-tolerance'),
      forGracePeriod: flags.prometheusDuration('rules.alert.for-grace-period'),
      allOrNothing: flags.isOn('rules.all-or-nothing'),
      allowEmpty: flags.isOn('rules.allow-empty'),
    },
    log: {
      level: flags.choice('log.level', ['debug', 'info', 'warn', 'error']),
      format: flags.choice('log.format', ['logfmt', 'json']),
      silences: flags.isOn('log.silences'),
    },
    notices,
  };
  return flags.problems.length === 0 ? { ok: true, options } : { ok: false, problems: flags.problems };
}

/** As upstream does, these instead of the addresses. The first is file 3. */
function readSockets(flags: FlagValues, passed: number): ServeOptions['listen'] {
  if (passed === 0) {
    const why = 'finds no socket: systemd passes them to the process that it starts itself, so not through npm';
    flags.refuse('web.systemd-socket', why);
  }
  return Array.from({ length: passed }, (_, i) => ({ fd: 3 + i }));
}

function resolveConfigFile(
  flags: FlagValues,
  around: Surroundings,
): Pick<ServeOptions, 'configFile' | 'isExampleConfig'> {
  if (flags.isGiven('config.file')) return { configFile: required(flags, 'config.file'), isExampleConfig: false };
  if (around.exists(CONFIG_FILE)) return { configFile: CONFIG_FILE, isExampleConfig: false };
  return { configFile: around.exampleConfig, isExampleConfig: true };
}

function required(flags: FlagValues, name: string): string {
  const text = flags.text(name);
  if (text === '') flags.refuse(name, 'must not be empty');
  return text;
}

/** Upstream trims the path's slashes at the end and leaves the rest as it is written. */
function readExternalURL(
  flags: FlagValues,
  first: HostPort,
  hostname: string,
): { readonly text: string | null; readonly path: string } {
  const name = 'web.external-url';
  const text = flags.textOrNull(name);
  if (text === null) return { text: first.port === 0 ? null : `http://${hostname}:${first.port}`, path: '' };
  const refuse = (why: string): { text: string; path: string } => {
    flags.refuse(name, `is ${goQuote(text)}: ${why}`);
    return { text: '', path: '' };
  };
  const match = /^(https?):\/\/([^/?#]+)([^?#]*)(\?[^#]*)?(#.*)?$/i.exec(text);
  if (match === null) return refuse('it must begin with http:// or https:// and a host');
  if (!URL.canParse(text)) return refuse('this is not a URL');
  const [, scheme, authority, path, query = '', fragment = ''] = match;
  const trimmed = path!.replace(/\/+$/, '');
  return { text: `${scheme!.toLowerCase()}://${authority}${trimmed}${query}${fragment}`, path: trimmed };
}

function readAllowedOrigins(flags: FlagValues, notices: Notice[]): readonly string[] {
  const name = 'web.allowed-origin';
  const origins = flags.all(name).map((text) => {
    if (text === '*') return text;
    const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null;
    if (url !== null && url.href === `${url.origin}/`) return url.origin;
    flags.refuse(name, `is ${goQuote(text)}: it must be a scheme, a host and a port, as http://karma:8080, or *`);
    return '';
  });
  if (origins.includes('*')) {
    notices.push({
      level: 'warn',
      message: 'Any page that a browser on this network shows may post alerts and silences: --web.allowed-origin=*',
      fields: {},
    });
  }
  return origins;
}

function readRoutePrefix(flags: FlagValues, externalPath: string): string {
  const name = 'web.route-prefix';
  const text = flags.textOrNull(name) ?? externalPath;
  const trimmed = text.replace(/^\/+|\/+$/g, '');
  // Everything else has a meaning of its own in a URL or in a pattern of paths.
  if (/^[\w.~%!$&'()+,;=@/-]*$/.test(trimmed)) return trimmed === '' ? '' : `/${trimmed}`;
  flags.refuse(name, `is ${goQuote(text)}: it must be a path, as /alerts`);
  return '';
}

const CLUSTER_DURATIONS = [
  'peer-timeout',
  'peers-resolve-timeout',
  'gossip-interval',
  'pushpull-interval',
  'tcp-timeout',
  'probe-timeout',
  'probe-interval',
  'reconnect-interval',
  'reconnect-timeout',
];

function readCluster(flags: FlagValues, notices: Notice[]): ServeOptions['cluster'] {
  const listen = flags.text('cluster.listen-address');
  const advertise = flags.text('cluster.advertise-address');
  for (const name of CLUSTER_DURATIONS) flags.duration(`cluster.${name}`, listen === '' ? 'any' : 'positive');
  flags.duration('cluster.settle-timeout', 'any');
  if (listen !== '') flags.address('cluster.listen-address', listen);
  if (advertise !== '') flags.address('cluster.advertise-address', advertise);
  for (const peer of flags.all('cluster.peer')) flags.address('cluster.peer', peer);
  if (listen === '') return null;
  const peers = flags.all('cluster.peer');
  if (peers.length > 0) {
    notices.push({
      level: 'warn',
      message: 'Peers are not contacted: this instance does not gossip, each one notifies for itself',
      fields: { peers: peers.join(',') },
    });
  }
  return { name: flags.text('cluster.peer-name'), address: advertise === '' ? listen : advertise };
}

type Features = Pick<ServeOptions, 'matcherMode' | 'receiverNameInMetrics' | 'eventRecorder'>;

function readFeatures(flags: FlagValues, notices: Notice[]): Features {
  const name = 'enable-feature';
  const text = flags.text(name);
  const on = new Set(text === '' ? [] : text.split(','));
  for (const feature of on) {
    const known = FEATURES.find((candidate) => candidate === feature);
    if (known === undefined)
      flags.refuse(name, `does not know ${goQuote(feature)}${didYouMean(closest(feature, FEATURES))}`);
    else notices.push(noticeOf(known));
  }
  if (on.has('classic-mode') && on.has('utf8-strict-mode')) {
    flags.refuse(name, 'cannot turn on both classic-mode and utf8-strict-mode');
  }
  const matcherMode = on.has('classic-mode') ? 'classic' : on.has('utf8-strict-mode') ? 'utf8' : 'fallback';
  return {
    matcherMode,
    receiverNameInMetrics: on.has('receiver-name-in-metrics'),
    eventRecorder: on.has('event-recorder'),
  };
}

function noticeOf(feature: (typeof FEATURES)[number]): Notice {
  const fields = { feature };
  switch (feature) {
    case 'classic-mode':
      return { level: 'warn', message: 'Matchers are read in classic mode', fields };
    case 'utf8-strict-mode':
      return { level: 'warn', message: 'Matchers are read in UTF-8 strict mode', fields };
    case 'receiver-name-in-metrics':
      return { level: 'warn', message: 'Metrics of notifications carry the name of the receiver', fields };
    case 'event-recorder':
      return { level: 'warn', message: 'Events are written out to where event_recorder says', fields };
    case 'alert-names-in-metrics':
    case 'group-key-in-metrics':
      return { level: 'warn', message: 'This feature is accepted and does nothing: the label is left out', fields };
    case 'auto-gomemlimit':
      return {
        level: 'warn',
        message: 'This feature is accepted and does nothing: this runtime has no such limit',
        fields,
      };
  }
}

export const didYouMean = (word: string | null): string => (word === null ? '' : `; did you mean ${goQuote(word)}?`);
