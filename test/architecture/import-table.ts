// Who may import whom under src, and which file may import which package. What is not listed is forbidden,
// value and type imports alike. The first zone that matches a file is the file's zone; files of one zone may
// import each other. A path that ends in "/" is everything below it; `*` stands for one name, and in an
// integration for any integration's folder; `OWN` is the importing file's own folder.

export interface Zone {
  readonly name: string;
  readonly files: readonly string[];
  /** Values and types. */
  readonly may: readonly string[];
  /** With `import type` only. */
  readonly mayTypes?: readonly string[];
  /** `import type` is all this zone may use, its own files included. */
  readonly typesOnly?: true;
}

export const OWN = '<own>/';

/** What every kind is made of. */
const shapeOfIntegrations = [
  'integrations/integration.ts',
  'integrations/default-texts.ts',
  'integrations/draft.ts',
  'integrations/scene.ts',
  'integrations/preview.ts',
  'integrations/robot-words.ts',
  'integrations/form/',
  'integrations/http/judge.ts',
  'integrations/http/json-webhook.ts',
  'integrations/http/judge-code.ts',
  'integrations/http/judge-json.ts',
  'integrations/http/percent.ts',
  'integrations/http/rendered-secret.ts',
  'integrations/http/request.ts',
  'integrations/http/teams-post.ts',
  'integrations/http/url-under.ts',
];

const pureIntegrations = [
  ...shapeOfIntegrations,
  'integrations/registry.ts',
  'integrations/*/config.ts',
  'integrations/*/render.ts',
  'integrations/*/request.ts',
];

const core = [
  'model/',
  'template/',
  'input/',
  'config/',
  'outbound/',
  'route/',
  'mute/',
  'notify/',
  'history/',
  'promql/',
  'rules/',
  'evaluate/',
  ...pureIntegrations,
];

const belowTheApp = [...core, 'integrations/', 'ports/', 'engine/', 'adapters/', 'http/'];

export const zones: readonly Zone[] = [
  { name: 'main', files: ['main.ts'], may: [...belowTheApp, 'app.ts', 'app-options.ts', 'scenario/', 'cli/'] },
  { name: 'app', files: ['app.ts'], may: [...belowTheApp, 'app-options.ts'] },
  { name: 'app options', files: ['app-options.ts'], may: ['model/'] },

  { name: 'model', files: ['model/'], may: [] },
  { name: 'input', files: ['input/'], may: ['model/'] },
  { name: 'outbound', files: ['outbound/'], may: ['model/', 'input/'], mayTypes: ['config/config.ts'] },
  { name: 'template', files: ['template/'], may: ['model/'], mayTypes: ['notify/message.ts'] },
  {
    name: 'config',
    files: ['config/'],
    may: [
      'model/',
      'input/',
      'outbound/',
      'integrations/registry.ts',
      'integrations/integration.ts',
      'template/template-set.ts',
      'template/functions-time.ts',
      'notify/locale.ts',
      'mute/interval.ts',
    ],
  },
  { name: 'route', files: ['route/'], may: ['model/', 'config/config.ts'] },
  { name: 'mute', files: ['mute/'], may: ['model/', 'config/config.ts'] },
  {
    name: 'notify',
    files: ['notify/'],
    may: ['model/', 'template/'],
    mayTypes: ['config/config.ts', 'route/', 'mute/'],
  },
  { name: 'promql', files: ['promql/'], may: ['model/'] },
  { name: 'rules', files: ['rules/'], may: ['model/', 'input/', 'template/', 'promql/'] },
  { name: 'evaluate', files: ['evaluate/'], may: ['model/'], mayTypes: ['rules/', 'ports/series-writer.ts'] },
  { name: 'history', files: ['history/'], may: ['model/'], mayTypes: ['route/', 'mute/', 'notify/'] },

  {
    name: 'integrations registry',
    files: ['integrations/registry.ts'],
    may: ['integrations/integration.ts', 'integrations/*/config.ts'],
  },
  {
    name: 'integrations shape',
    files: shapeOfIntegrations,
    may: ['model/', 'input/', 'outbound/', 'notify/', 'template/'],
    mayTypes: ['integrations/*/request.ts'],
  },
  {
    name: 'integrations send',
    files: ['integrations/*/send*.ts'],
    may: [
      OWN,
      'ports/',
      'notify/outcome.ts',
      'outbound/',
      'model/',
      'integrations/http/judge.ts',
      'integrations/http/judge-json.ts',
      'integrations/http/request.ts',
      'integrations/http/send.ts',
    ],
    mayTypes: ['input/secret.ts'],
  },
  {
    name: 'integrations pure',
    files: ['integrations/*/'],
    may: ['model/', 'input/', 'outbound/', 'notify/', 'template/', ...shapeOfIntegrations],
  },
  {
    name: 'integrations courier',
    files: ['integrations/courier.ts'],
    may: ['model/', 'ports/', ...shapeOfIntegrations],
    mayTypes: ['notify/outcome.ts', 'integrations/*/request.ts'],
  },

  { name: 'ports', files: ['ports/'], may: [], mayTypes: core, typesOnly: true },
  { name: 'engine', files: ['engine/'], may: [...core, 'ports/'] },
  {
    name: 'rule compiling worker',
    files: ['adapters/rule-compiler/worker.ts'],
    may: ['rules/compile.ts'],
    mayTypes: ['adapters/rule-compiler/'],
  },
  {
    name: 'event stream',
    files: ['adapters/event-stream/'],
    may: ['model/', 'ports/', 'outbound/', 'adapters/', 'history/'],
    mayTypes: core,
  },
  { name: 'adapters', files: ['adapters/'], may: ['model/', 'ports/', 'outbound/', 'input/secret.ts'], mayTypes: core },
  {
    name: 'http',
    files: ['http/'],
    may: [
      'engine/contract.ts',
      'model/',
      'ports/',
      'input/',
      'outbound/',
      'promql/',
      'notify/message-json.ts',
      'notify/standard-body.ts',
      'template/float-text.ts',
    ],
    mayTypes: ['mute/silence.ts', 'history/', 'evaluate/instance.ts', 'rules/rule.ts'],
  },
  {
    name: 'scenario',
    files: ['scenario/'],
    may: ['ports/', 'model/', 'input/', 'engine/'],
    mayTypes: ['config/', 'notify/', 'template/'],
  },
  {
    name: 'cli',
    files: ['cli/'],
    may: ['app-options.ts', 'config/', 'input/', 'model/', 'rules/'],
    mayTypes: ['ports/'],
  },
];

export interface Vendor {
  readonly package: string;
  readonly files: readonly string[];
  /** With `import type` only. */
  readonly types?: readonly string[];
}

export const vendors: readonly Vendor[] = [
  { package: 'yaml', files: ['input/yaml.ts', 'input/print-yaml.ts'] },
  { package: 'ajv', files: ['input/schema.ts'] },
  { package: 're2js', files: ['model/matcher.ts', 'model/regex.ts'] },
  { package: 'luxon', files: ['mute/interval.ts', 'template/functions-time.ts'] },
  { package: 'fastify', files: ['http/server.ts'], types: ['http/'] },
  { package: 'bcryptjs', files: ['http/auth-worker.ts'] },
  { package: 'nodemailer', files: ['integrations/email/send*.ts'] },
  { package: 'undici', files: ['adapters/http-*.ts'] },
  { package: '@prometheus-io/lezer-promql', files: ['promql/parse.ts'] },
  { package: '@lezer/highlight', files: [] },
  { package: '@lezer/lr', files: [] },
  { package: 'pbf', files: ['adapters/remote-write/protobuf.ts', 'adapters/tracing/otlp.ts'] },
  { package: 'snappyjs', files: ['adapters/remote-write/snappy.ts'] },
  { package: 'pino', files: ['adapters/log.ts'] },
  { package: 'prom-client', files: ['adapters/metrics-registry.ts'] },
  { package: 'commander', files: ['cli/'] },
  { package: '@slack/web-api', files: ['integrations/slack/send-api.ts'] },
  { package: 'node:sqlite', files: ['adapters/sqlite/'] },
];

export interface Builtin {
  readonly module: string;
  /** The names that are pure functions. */
  readonly names: readonly string[];
  readonly files: readonly string[];
}

/** What the pure folders may take from Node: functions of their arguments, file by file. */
export const pureBuiltins: readonly Builtin[] = [
  {
    module: 'node:crypto',
    names: ['hash'],
    files: [
      'model/',
      'outbound/relabel.ts',
      'config/',
      'notify/',
      'rules/',
      'engine/',
      'history/',
      'integrations/email/',
    ],
  },
  { module: 'node:crypto', names: ['createHmac', 'hash'], files: ['integrations/'] },
  { module: 'node:crypto', names: ['createPrivateKey', 'X509Certificate'], files: ['engine/check-tls.ts'] },
  // Not `resolve` and `relative`: they read the working directory.
  {
    module: 'node:path',
    names: ['basename', 'dirname', 'isAbsolute', 'join'],
    files: ['input/', 'outbound/', 'config/'],
  },
  { module: 'node:buffer', names: ['Buffer'], files: ['model/', 'input/', 'template/', 'notify/', 'integrations/'] },
  { module: 'node:url', names: ['domainToASCII'], files: ['integrations/email/'] },
  { module: 'node:net', names: ['isIP'], files: ['template/', 'outbound/'] },
  { module: 'node:util', names: ['inspect'], files: ['input/secret.ts'] },
];

/** The folders that ask for nothing ambient: no clock, chance, environment, timer, file or network. */
export const pureZones: readonly string[] = [
  'model',
  'input',
  'outbound',
  'template',
  'config',
  'route',
  'mute',
  'notify',
  'history',
  'promql',
  'rules',
  'evaluate',
  'integrations registry',
  'integrations shape',
  'integrations pure',
  'ports',
  'engine',
];
