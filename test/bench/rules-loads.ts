// The rule loads of the comparison. The numbers P20 to P25 are those of the table in the README beside it.

export interface RuleLoad {
  /** The items it gives figures for. */
  readonly items: readonly string[];
  readonly kind: 'recording' | 'alerting';
  readonly rules: number;
  /** Of every answer. */
  readonly series: number;
  /** Seconds. */
  readonly interval: number;
  /** Answers are empty at first; measured is how soon what fires is heard of. */
  readonly isAboutDelay?: boolean;
  /** Of the ratio of CPU per evaluation. */
  readonly target?: string;
}

export const loads: readonly RuleLoad[] = [
  { items: ['P20'], kind: 'recording', rules: 1000, series: 1, interval: 5, target: '<= 0.5' },
  { items: ['P20'], kind: 'recording', rules: 1000, series: 10, interval: 5, target: '<= 0.3' },
  { items: ['P20'], kind: 'recording', rules: 1000, series: 100, interval: 5, target: '<= 0.25' },
  { items: ['P21'], kind: 'alerting', rules: 1000, series: 1, interval: 5, target: '<= 0.3' },
  { items: ['P21'], kind: 'alerting', rules: 1000, series: 10, interval: 5, target: '<= 0.1' },
  { items: ['P21', 'P22'], kind: 'alerting', rules: 1000, series: 100, interval: 5, target: '<= 0.05' },
  { items: ['P22'], kind: 'alerting', rules: 5000, series: 10, interval: 5 },
  { items: ['P23'], kind: 'alerting', rules: 10_000, series: 1, interval: 1 },
  { items: ['P24'], kind: 'alerting', rules: 1000, series: 1, interval: 5, isAboutDelay: true },
  { items: ['P25'], kind: 'recording', rules: 5000, series: 10, interval: 5 },
];

export const nameOf = ({ kind, rules, series, interval, isAboutDelay }: RuleLoad): string =>
  `${kind} ${rules} x ${series} at ${interval} s${isAboutDelay === true ? ', as they begin to fire' : ''}`;

const RULES_PER_GROUP = 20;
/** What fires does so from the third evaluation on at 5 s. */
const FOR_SECONDS = 10;

/** Until everything fires and has been compiled, one resend included at most. */
export const WARM_UP_SECONDS = 18;

/** As one file. JSON is YAML. */
export const rulesText = (load: RuleLoad): string => JSON.stringify({ groups: groupsOf(load) }, null, 1);

const GROUPS_PER_FILE = 100;

/** As several, by name: Belfry reads no file that is larger than 4 MiB. */
export function rulesFiles(load: RuleLoad): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  const groups = groupsOf(load);
  for (let from = 0; from < groups.length; from += GROUPS_PER_FILE) {
    files[`rules-${from}.yml`] = JSON.stringify({ groups: groups.slice(from, from + GROUPS_PER_FILE) }, null, 1);
  }
  return files;
}

function groupsOf(load: RuleLoad): readonly object[] {
  const rules = Array.from({ length: load.rules }, (_, i) =>
    load.kind === 'recording' ? recordingRule(i) : alertingRule(i, load.isAboutDelay === true ? 0 : FOR_SECONDS),
  );
  const groups = [];
  for (let from = 0; from < rules.length; from += RULES_PER_GROUP) {
    groups.push({
      name: `group ${from / RULES_PER_GROUP}`,
      interval: `${load.interval}s`,
      rules: rules.slice(from, from + RULES_PER_GROUP),
    });
  }
  return groups;
}

const expression = (i: number): string => `sum by (pod, cluster) (rate(rule_${i}{env="production",code=~"5.."}[5m]))`;

const recordingRule = (i: number): object => ({
  record: `bench:rule${i}:rate5m`,
  expr: expression(i),
  labels: { team: 'platform', source: 'bench' },
});

const alertingRule = (i: number, seconds: number): object => ({
  alert: `Bench${i}`,
  expr: `${expression(i)} > 0.5`,
  for: `${seconds}s`,
  labels: { severity: 'critical', team: '{{ $labels.namespace }}' },
  annotations: {
    summary: 'High error rate on {{ $labels.instance }}',
    description: '{{ $labels.pod }} of {{ $labels.cluster }} fails {{ $value | humanize }} times per second',
    runbook_url: 'https://runbooks.example.com/alerts/high-error-rate',
  },
});
