import { describe, expect, it } from 'vitest';
import type { ServeOptions } from '../../src/app-options.ts';
import { allFlags } from '../../src/cli/flags.ts';
import { parseServeOptions, type ParsedOptions } from '../../src/cli/serve-options.ts';
import { socketsPassed } from '../../src/cli/systemd.ts';

interface Given {
  readonly flags?: Readonly<Record<string, string | readonly string[]>>;
  readonly exists?: (path: string) => boolean;
  readonly socketsPassed?: number;
}

function parse({ flags = {}, exists = () => true, socketsPassed = 0 }: Given = {}): ParsedOptions {
  const given = new Map(Object.entries(flags).map(([name, text]) => [name, typeof text === 'string' ? [text] : text]));
  return parseServeOptions(given, {
    version: '1.2.3',
    hostname: 'box',
    exampleConfig: 'example.yml',
    socketsPassed,
    shippedTemplates: ['a.tmpl'],
    exists,
  });
}

function options(flags: Given['flags'] = {}): ServeOptions {
  const parsed = parse({ flags });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.options;
}

const DAY = 86_400_000;

describe('`parseServeOptions()` without flags', () => {
  it('has the defaults of Alertmanager, on loopback', () => {
    expect(options()).toEqual({
      version: '1.2.3',
      configFile: 'alertmanager.yml',
      isExampleConfig: false,
      shippedTemplates: ['a.tmpl'],
      storagePath: 'data/',
      retention: 5 * DAY,
      maintenanceInterval: 900_000,
      alertsGcInterval: 1_800_000,
      perAlertnameLimit: 0,
      startDelay: 0,
      rules: {
        ...{ allOrNothing: false, allowEmpty: false },
        ...{ resendDelay: 60_000, forOutageTolerance: 3_600_000, forGracePeriod: 600_000 },
      },
      silenceLimits: { maxSilences: 0, maxSilenceSizeBytes: 0 },
      listen: [{ host: '127.0.0.1', port: 9093 }],
      webConfig: null,
      externalURL: 'http://box:9093',
      allowedOrigins: [],
      routePrefix: '',
      getConcurrency: 0,
      timeout: 0,
      cluster: { name: '', address: '0.0.0.0:9094' },
      matcherMode: 'fallback',
      receiverNameInMetrics: false,
      eventRecorder: false,
      hostname: 'box',
      log: { level: 'info', format: 'logfmt', silences: false },
      notices: [],
    });
  });

  it('serves the example where no alertmanager.yml lies', () => {
    const asked: string[] = [];
    const exists = (path: string): boolean => asked.push(path) === 0;
    const parsed = parse({ exists });
    expect(parsed).toMatchObject({ ok: true, options: { configFile: 'example.yml', isExampleConfig: true } });
    expect(asked).toEqual(['alertmanager.yml']);
  });

  it('does not look for a file that was named', () => {
    const parsed = parse({ flags: { 'config.file': 'mine.yml' }, exists: () => false });
    expect(parsed).toMatchObject({ ok: true, options: { configFile: 'mine.yml', isExampleConfig: false } });
  });
});

describe('--web.systemd-socket', () => {
  it('takes the sockets that were passed, instead of addresses', () => {
    const flags = { 'web.systemd-socket': 'true', 'web.listen-address': ['127.0.0.1:1', '127.0.0.1:2'] };
    expect(parse({ flags, socketsPassed: 2 })).toMatchObject({
      ok: true,
      options: { listen: [{ fd: 3 }, { fd: 4 }], externalURL: 'http://box:1' },
    });
    expect(parse({ socketsPassed: 2 })).toMatchObject({ options: { listen: [{ host: '127.0.0.1', port: 9093 }] } });
  });

  it.each([
    [{ LISTEN_FDS: '2', LISTEN_PID: '7' }, 2],
    [{ LISTEN_FDS: '2', LISTEN_PID: '8' }, 0],
    [{ LISTEN_FDS: '2' }, 0],
    [{ LISTEN_FDS: '-1', LISTEN_PID: '7' }, 0],
    [{ LISTEN_PID: '7' }, 0],
    [{}, 0],
  ])('process 7 is told %j: these are %i', (env, count) => expect(socketsPassed(env, 7)).toBe(count));
});

describe('`parseServeOptions()` takes', () => {
  it.each<[title: string, flags: Given['flags'], options: object]>([
    ['days', { 'data.retention': '1d' }, { retention: DAY }],
    ['weeks and fractions', { 'data.retention': '1.5w2d' }, { retention: 12.5 * DAY }],
    ['years', { 'data.retention': '1y' }, { retention: 365 * DAY }],
    ["Go's notation", { 'alerts.gc-interval': '1h0.5m' }, { alertsGcInterval: 3_630_000 }],
    ['less than a millisecond as one', { 'data.maintenance-interval': '1ns' }, { maintenanceInterval: 1 }],
    ['no delay', { 'dispatch.start-delay': '0' }, { startDelay: 0 }],
    ['a delay below zero as none', { 'dispatch.start-delay': '-5m' }, { startDelay: 0 }],
    ['a timeout', { 'web.timeout': '30s' }, { timeout: 30_000 }],
    [
      'limits',
      { 'silences.max-silences': '10', 'silences.max-silence-size-bytes': '2048' },
      { silenceLimits: { maxSilences: 10, maxSilenceSizeBytes: 2048 } },
    ],
    ['a limit below zero as none', { 'alerts.per-alertname-limit': '-1' }, { perAlertnameLimit: 0 }],
    [
      'sites, as a browser spells them',
      { 'web.allowed-origin': ['HTTP://Karma.example:80/', 'https://a:8443', 'http://[::1]:1'] },
      { allowedOrigins: ['http://karma.example', 'https://a:8443', 'http://[::1]:1'], notices: [] },
    ],
    [
      'every site, with a warning',
      { 'web.allowed-origin': '*' },
      { allowedOrigins: ['*'], notices: [expect.objectContaining({ level: 'warn' })] },
    ],
    ['every interface', { 'web.listen-address': ':9093' }, { listen: [{ host: '', port: 9093 }] }],
    [
      'several addresses',
      { 'web.listen-address': ['[::1]:9093', 'localhost:0'] },
      {
        listen: [
          { host: '::1', port: 9093 },
          { host: 'localhost', port: 0 },
        ],
      },
    ],
    [
      'a port that is yet to be found, which the links will have',
      { 'web.listen-address': ':0' },
      { listen: [{ host: '', port: 0 }], externalURL: null },
    ],
    ['the port for the links', { 'web.listen-address': ':8080' }, { externalURL: 'http://box:8080' }],
    [
      'a URL without path',
      { 'web.external-url': 'HTTPS://a.example/' },
      { externalURL: 'https://a.example', routePrefix: '' },
    ],
    [
      'a URL with a path as prefix',
      { 'web.external-url': 'http://a.example:80/am//' },
      { externalURL: 'http://a.example:80/am', routePrefix: '/am' },
    ],
    [
      'a prefix of its own',
      { 'web.external-url': 'http://a/am', 'web.route-prefix': 'x/y/' },
      { externalURL: 'http://a/am', routePrefix: '/x/y' },
    ],
    [
      'no prefix under a URL with one',
      { 'web.external-url': 'http://a/am', 'web.route-prefix': '/' },
      { routePrefix: '' },
    ],
    ['no cluster', { 'cluster.listen-address': '' }, { cluster: null }],
    [
      'a name and an address of the cluster',
      { 'cluster.peer-name': 'a', 'cluster.advertise-address': '10.0.0.1:9094' },
      { cluster: { name: 'a', address: '10.0.0.1:9094' } },
    ],
    [
      'no wait for a cluster to settle',
      { 'cluster.settle-timeout': '0s' },
      { cluster: { name: '', address: '0.0.0.0:9094' } },
    ],
    ['a level in capitals', { 'log.level': 'WARN' }, { log: { level: 'warn', format: 'logfmt', silences: false } }],
    [
      'switches',
      { 'log.silences': 'true', 'log.format': 'json' },
      { log: { level: 'info', format: 'json', silences: true } },
    ],
    [
      'the last of a switch',
      { 'log.silences': ['true', 'false'] },
      { log: { level: 'info', format: 'logfmt', silences: false } },
    ],
    ['classic matchers', { 'enable-feature': 'classic-mode' }, { matcherMode: 'classic' }],
    [
      'strict matchers and receiver names',
      { 'enable-feature': 'utf8-strict-mode,receiver-name-in-metrics' },
      { matcherMode: 'utf8', receiverNameInMetrics: true },
    ],
    ['events written out', { 'enable-feature': 'event-recorder' }, { eventRecorder: true }],
  ])('%s', (_title, flags, expected) => {
    expect(options(flags)).toMatchObject(expected);
  });

  it('features without effect, and says that they have none', () => {
    const { notices } = options({ 'enable-feature': 'auto-gomemlimit,group-key-in-metrics' });
    expect(notices.map(({ level, fields }) => [level, fields['feature']])).toEqual([
      ['warn', 'auto-gomemlimit'],
      ['warn', 'group-key-in-metrics'],
    ]);
    expect(notices.every(({ message }) => message.includes('does nothing'))).toBe(true);
  });

  it('peers, and says that they are not contacted', () => {
    const { notices } = options({ 'cluster.peer': ['a:9094', 'b:9094'] });
    expect(notices).toMatchObject([{ level: 'warn', fields: { peers: 'a:9094,b:9094' } }]);
  });
});

describe('`parseServeOptions()` refuses', () => {
  it.each<[name: string, value: string | readonly string[], says: string]>([
    ['data.retention', 'soon', 'is "soon": it must be a duration'],
    ['data.retention', '', 'is "": it must be a duration'],
    ['data.retention', '0', 'is "0": it must be longer than 0'],
    ['data.retention', '-1h', 'it must be longer than 0'],
    ['data.retention', ['1h', '2h'], 'cannot be repeated'],
    ['data.maintenance-interval', '15', 'it must be a duration'],
    ['dispatch.maintenance-interval', '0s', 'it must be longer than 0'],
    ['dispatch.start-delay', 'x', 'it must be a duration'],
    ['silences.max-silences', '1.5', 'it must be a whole number'],
    ['silences.max-silences', '99999999999999999999', 'it must be a whole number'],
    ['config.file', '', 'must not be empty'],
    ['storage.path', '', 'must not be empty'],
    ['storage.path', '--config.file=x', 'needs a value, and --config.file=x looks like the next flag'],
    ['web.allowed-origin', 'karma:8080', 'it must be a scheme, a host and a port, as http://karma:8080, or *'],
    ['web.allowed-origin', 'http://karma:8080/ui', 'it must be a scheme'],
    ['web.allowed-origin', 'http://me@karma', 'it must be a scheme'],
    ['web.allowed-origin', 'null', 'it must be a scheme'],
    ['web.listen-address', 'localhost', 'it must be host:port, as 127.0.0.1:9093'],
    ['web.listen-address', '::1', 'an IPv6 address with a port is written [::1]:9093'],
    ['web.listen-address', '[localhost]:1', 'in brackets there must be an IPv6 address'],
    ['web.listen-address', ':http', 'the port must be a number'],
    ['web.listen-address', ':65536', 'the port must be a number'],
    ['web.listen-address', 'http://a:1', 'not a URL'],
    ['web.listen-address', 'vsock://:9093', 'vsock is not supported'],
    ['web.systemd-socket', 'true', 'finds no socket: systemd passes them to the process that it starts itself'],
    ['web.external-url', 'a.example:9093', 'it must begin with http:// or https:// and a host'],
    ['web.external-url', 'http://', 'it must begin with http:// or https:// and a host'],
    ['web.external-url', 'http://a:port/', 'this is not a URL'],
    ['web.route-prefix', '/:x', 'it must be a path'],
    ['web.external-url', 'http://a/b*', 'it must be a path'],
    ['cluster.peer-timeout', '0s', 'it must be longer than 0'],
    ['cluster.peer', 'a', 'it must be host:port'],
    ['cluster.listen-address', 'x', 'it must be host:port'],
    ['auto-gomemlimit.ratio', '0', 'greater than 0 and at most 1'],
    ['auto-gomemlimit.ratio', '1.1', 'greater than 0 and at most 1'],
    ['log.level', 'loud', 'it must be debug, info, warn or error'],
    ['log.format', 'xml', 'it must be logfmt or json'],
    ['enable-feature', 'classic-modes', 'does not know "classic-modes"; did you mean "classic-mode"?'],
    ['enable-feature', 'x,', 'does not know "x"'],
    ['enable-feature', 'classic-mode,utf8-strict-mode', 'cannot turn on both'],
  ])('--%s=%s', (name, value, says) => {
    const parsed = parse({ flags: { [name]: value } });
    const problems = parsed.ok ? [] : parsed.problems;
    expect(problems.join('\n')).toContain(says);
  });

  it('all that is wrong at once', () => {
    const parsed = parse({ flags: { 'log.level': 'x', 'data.retention': 'x', 'web.timeout': 'x' } });
    expect(parsed).toMatchObject({ ok: false, problems: { length: 3 } });
  });
});

describe('`allFlags`', () => {
  it('names each flag once', () => {
    const names = allFlags.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(38);
  });
});
