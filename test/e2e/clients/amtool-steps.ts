// What a person types into amtool, in order, over one growing state. `{{name}}` is an id an earlier step printed,
// `{{folder}}` a folder of the side the step is for.

export interface AmtoolStep {
  readonly args: readonly string[];
  /** The ids on stdout are kept under this name: the first as `name`, the others as `name2`, `name3`. */
  readonly keep?: string;
  /** A file of that name in the folder gets what it prints. */
  readonly save?: string;
  /** What it reads on stdin: a file of the folder. */
  readonly stdin?: string;
  /** An amtool cannot read the configuration of an Alertmanager that is newer than itself. Ours it can. */
  readonly readsConfig?: true;
  /** Silences with the same end are listed in no order. */
  readonly anyOrder?: true;
  /** The oldest minor version of amtool that knows these flags. */
  readonly needs?: number;
  /** Where Alertmanager's answer is another one, and why. */
  readonly differs?: {
    /** Releases from this one on answer as we do. */
    readonly before: number;
    readonly why: string;
  };
}

/** Nothing is ever sent: groups wait an hour. */
export const config = `
global: {resolve_timeout: 1h}
route:
  receiver: default
  group_by: [alertname]
  group_wait: 1h
  routes:
  - receiver: web
    matchers: [team="web"]
    continue: true
  - receiver: night
    matchers: [severity=~"info|debug"]
    mute_time_intervals: [always]
receivers:
- name: default
- name: web
  webhook_configs: [{url: 'http://hooks.example/x'}]
- name: night
inhibit_rules:
- source_matchers: [severity="critical"]
  target_matchers: [severity="warning"]
  equal: [cluster]
time_intervals:
- name: always
  time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}]}]
`;

const LONG = ['--start=2020-01-01T00:00:00Z', '--end=2099-01-01T00:00:00Z'];
const UNKNOWN = '11111111-2222-3333-4444-555555555555';

const silenceTextChanged = { before: 32, why: 'the text of a refused silence changed with matcher sets' };

export const steps: readonly AmtoolStep[] = [
  { args: ['alert', 'query'] },
  { args: ['silence', 'query'] },

  {
    args: [
      ...['alert', 'add', 'Down', 'instance=a', 'severity=critical', 'cluster=x', ...LONG],
      ...[
        '--annotation=summary="it is down"',
        '--annotation=runbook=none',
        '--generator-url=http://p.example/graph?x=1',
      ],
    ],
  },
  { args: ['alert', 'add', 'alertname=Slow', 'severity=warning', 'cluster=x', 'team=web', ...LONG] },
  { args: ['alert', 'add', 'alertname="Two words"', 'path="C:\\\\x"', 'severity=info', ...LONG] },
  { args: ['alert', 'add', 'Quiet', 'team=web', 'instance=q', ...LONG] },
  { args: ['alert', 'add', 'Now', 'instance=n'] },
  { args: ['alert', 'add', 'Ended', '--start=2020-01-01T00:00:00Z', '--end=2020-01-02T00:00:00Z'] },
  { args: ['alert', 'add', 'Backwards', '--start=2020-01-02T00:00:00Z', '--end=2020-01-01T00:00:00Z'] },
  { args: ['alert', 'add', 'Bad', 'severity=~x'] },
  { args: ['alert', 'add'] },

  { args: ['alert'] },
  { args: ['alert', 'query', '--active'] },
  { args: ['alert', 'query', '--silenced'] },
  { args: ['alert', 'query', '--inhibited'] },
  { args: ['alert', 'query', '--unprocessed'] },
  { args: ['alert', 'query', '-a', '-s', '-i', '-u'] },
  { args: ['alert', 'query', '-a', '-i', '-r', 'web'] },
  { args: ['alert', 'query', '-a', '-i', '-r', 'w.*|night'] },
  { args: ['alert', 'query', '-r', 'nobody'] },
  { args: ['alert', 'query', '-r', '('] },
  { args: ['alert', 'query', 'Down'] },
  { args: ['alert', 'query', 'Two words'] },
  { args: ['alert', 'query', 'Down', 'severity=critical'] },
  { args: ['alert', 'query', 'Down', 'severity=warning'] },
  { args: ['alert', 'query', '-a', '-i', 'severity=~"crit.*|warn.*"'] },
  { args: ['alert', 'query', 'severity!=critical'] },
  { args: ['alert', 'query', 'severity!~"crit.*"'] },
  { args: ['alert', 'query', 'severity=""'] },
  { args: ['alert', 'query', 'severity!=""'] },
  { args: ['alert', 'query', 'path="C:\\\\x"'] },
  { args: ['-o', 'extended', 'alert', 'query', '-a', '-i'] },
  { args: ['-o', 'json', 'alert', 'query', 'instance=a'] },
  { args: ['-o', 'json', 'alert', 'query', 'alertname=Slow', '-i'] },
  { args: ['-o', 'simple', '--date.format=2006', 'alert', 'query'] },
  { args: ['-o', 'nonsense', 'alert', 'query'] },

  { args: ['silence', 'add', 'Quiet', 'team=web', '-c', 'known', '-a', 'ada', '-d', '2h'], keep: 'quiet' },
  {
    args: ['silence', 'add', 'severity=~"info|none"', '--comment=night', '--author=bob', '--duration=90m'],
    keep: 'regex',
  },
  {
    args: ['silence', 'add', 'instance!=a', 'cluster!~"y|z"', 'x=y', '-c', 'c', '-a', 'ada', '-d', '3h'],
    keep: 'several',
  },
  {
    args: [
      'silence',
      'add',
      'later=yes',
      '-c',
      'c',
      '-a',
      'eve',
      '--start=2098-01-01T00:00:00Z',
      '--end=2099-01-01T00:00:00Z',
    ],
    keep: 'later',
  },
  {
    args: [
      'silence',
      'add',
      'a=b',
      '-c',
      'c',
      '-a',
      'eve',
      '--start=2020-01-01T00:00:00+01:00',
      '--end=2097-01-01T00:00:00Z',
    ],
    keep: 'past',
  },
  {
    args: ['silence', 'add', 'ticket=1', '-c', 'c', '-a', 'eve', '-d', '1d', '--annotation=ticket=OPS-1'],
    keep: 'noted',
    needs: 32,
  },
  { args: ['silence', 'add', 'no=comment', '-a', 'ada'] },
  { args: ['silence', 'add', 'no=comment', '-a', 'ada', '--no-require-comment', '-d', '4h'], keep: 'uncommented' },
  { args: ['silence', 'add', '-c', 'no matchers'] },
  { args: ['silence', 'add', 'a=b', '-c', 'c', '-d', '0s'] },
  { args: ['silence', 'add', 'a=b', '-c', 'c', '-d', 'soon'] },
  { args: ['silence', 'add', 'a=b', '-c', 'c', '--start=2030-01-02T00:00:00Z', '--end=2030-01-01T00:00:00Z'] },
  { args: ['silence', 'add', 'a=b', '-c', 'c', '--start=2020-01-01T00:00:00Z', '--end=2020-01-02T00:00:00Z'] },
  { args: ['silence', 'add', 'a=~".*"', '-c', 'too broad'], differs: silenceTextChanged },

  { args: ['alert', 'query'] },
  { args: ['alert', 'query', '--silenced'] },
  { args: ['-o', 'json', 'alert', 'query', '-s', 'Quiet'] },
  { args: ['-o', 'extended', 'alert', 'query', '-s'] },

  { args: ['silence'] },
  { args: ['silence', 'query'], save: 'silences.txt' },
  { args: ['silence', 'query', '--quiet'] },
  { args: ['-o', 'extended', 'silence', 'query'] },
  { args: ['-o', 'json', 'silence', 'query'], save: 'silences.json' },
  { args: ['silence', 'query', 'Quiet'] },
  { args: ['silence', 'query', 'alertname=Quiet', 'team=web'] },
  { args: ['silence', 'query', 'team=web'] },
  { args: ['silence', 'query', 'team!=web'] },
  { args: ['silence', 'query', 'severity=~"info|none"'] },
  { args: ['silence', 'query', '--created-by=ada'] },
  { args: ['silence', 'query', '--created-by=nobody'] },
  { args: ['silence', 'query', '--id={{regex}}'] },
  { args: ['silence', 'query', '--within=100m'] },
  { args: ['silence', 'query', '--expired'] },
  { args: ['silence', 'query', '{{quiet}}'] },

  { args: ['silence', 'update', '{{quiet}}', '-d', '5h', '-c', 'longer'] },
  { args: ['silence', 'update', '{{regex}}', '--end=2096-01-01T00:00:00Z'] },
  { args: ['silence', 'update', '{{later}}', '--start=2098-02-01T00:00:00Z'] },
  { args: ['silence', 'update', '{{past}}', '{{uncommented}}', '-c', 'both'] },
  { args: ['-o', 'json', 'silence', 'update', '{{several}}', '-d', '6h'] },
  { args: ['silence', 'update', '{{several}}', '-d', '0s'] },
  { args: ['silence', 'update', '{{several}}', '-d', '7h', '--quiet'] },
  { args: ['silence', 'update', '{{several}}', '--end=2020-01-01T00:00:00Z'] },
  { args: ['silence', 'update', UNKNOWN, '-d', '1h'] },
  { args: ['silence', 'update', 'nonsense', '-d', '1h'] },
  { args: ['silence', 'update'] },
  { args: ['-o', 'extended', 'silence', 'query'] },

  { args: ['silence', 'expire', '{{quiet}}'] },
  { args: ['silence', 'expire', '{{later}}', '{{regex}}'] },
  { args: ['silence', 'expire', '{{quiet}}'] },
  {
    args: ['silence', 'expire', UNKNOWN],
    differs: { before: 27, why: 'an unknown silence was 500 where it is 404 now' },
  },
  { args: ['silence', 'expire', 'nonsense'] },
  { args: ['silence', 'expire'] },
  { args: ['silence', 'query', '--quiet'] },
  { args: ['silence', 'query', '--expired'], anyOrder: true },
  { args: ['silence', 'query', '--expired', '--within=1h'], anyOrder: true },
  { args: ['-o', 'json', 'silence', 'query', '--expired', '--created-by=ada'] },
  { args: ['alert', 'query', '--silenced'] },

  { args: ['silence', 'import', '-w', '1', '{{folder}}/silences.json'], keep: 'imported' },
  { args: ['silence', 'query'] },
  { args: ['silence', 'import', '-w', '1', '--force'], stdin: 'silences.json', keep: 'forced' },
  { args: ['-o', 'extended', 'silence', 'query'], anyOrder: true },
  { args: ['silence', 'import', '-w', '1', '{{folder}}/foreign.json'], keep: 'foreign' },
  { args: ['silence', 'import', '-w', '1', '{{folder}}/refused.json'], differs: silenceTextChanged },
  { args: ['silence', 'import'], stdin: 'nothing.json' },
  { args: ['silence', 'import'], stdin: 'silences.txt' },
  { args: ['silence', 'query', '--created-by=elsewhere'] },

  { args: ['config', 'routes'], readsConfig: true },
  { args: ['config', 'routes', 'show'], readsConfig: true },
  { args: ['config', 'routes', 'test'], readsConfig: true },
  { args: ['config', 'routes', 'test', 'team=web'], readsConfig: true },
  { args: ['config', 'routes', 'test', 'team=web', 'severity=info', '--tree'], readsConfig: true },
  {
    args: ['config', 'routes', 'test', 'team=web', 'severity=info', '--verify.receivers=web,night'],
    readsConfig: true,
  },
  { args: ['config', 'routes', 'test', 'team=web', '--verify.receivers=night'], readsConfig: true },
  { args: ['config', 'routes', 'test', 'severity=other', '--verify.receivers=default'], readsConfig: true },
  { args: ['check-config', '{{folder}}/original.yml'], readsConfig: true },
  { args: ['cluster', 'show'] },
  { args: ['-o', 'extended', 'cluster', 'show'] },
  { args: ['-o', 'json', 'cluster', 'show'] },
  { args: ['--no-version-check', '--timeout=5s', 'alert', 'query', 'Down'] },
];

/** What the imports read besides what the queries printed. */
export const files: Readonly<Record<string, string>> = {
  'nothing.json': '[]',
  'foreign.json': JSON.stringify([
    {
      id: UNKNOWN,
      matchers: [{ name: 'from', value: 'elsewhere', isRegex: false, isEqual: true }],
      startsAt: '2020-01-01T00:00:00.000Z',
      endsAt: '2099-01-01T00:00:00.000Z',
      createdBy: 'elsewhere',
      comment: 'known there',
      status: { state: 'active' },
      updatedAt: '2020-01-01T00:00:00.000Z',
    },
  ]),
  'refused.json': JSON.stringify([
    {
      matchers: [{ name: 'a', value: '', isRegex: false, isEqual: true }],
      startsAt: '2020-01-01T00:00:00.000Z',
      endsAt: '2099-01-01T00:00:00.000Z',
      createdBy: 'elsewhere',
      comment: 'matches everything',
    },
  ]),
};
