// What the load is made of: alerts as a Prometheus sends them (10 labels, 3 annotations, a generatorURL, 0.8 kB)
// and silences. The same number always makes the same label set.

export interface AlertTimes {
  readonly startsAt: string;
  readonly endsAt: string;
}

/** How many values each label takes: 200 alert names in 5 clusters are 200 groups of [alertname, cluster]. */
export const NAMES = 200;
export const CLUSTERS = 5;
export const TEAMS = 1000;

export const alertOf = (i: number, times: AlertTimes): object =>
  alertIn(`HighLatency${i % NAMES}`, i % CLUSTERS, i, times);

/** In a group that no other alert is in: alert `i` of group `group`. */
export const groupedAlertOf = (group: number, i: number, times: AlertTimes): object =>
  alertIn(groupName(group), group % CLUSTERS, group * 100 + i, times);

export const groupName = (group: number): string => `Flush${group}`;

const alertIn = (alertname: string, cluster: number, i: number, times: AlertTimes): object => ({
  labels: {
    alertname,
    cluster: `prod-${cluster}`,
    env: 'production',
    instance: `10.0.${(i >> 8) & 255}.${i & 255}:9100`,
    job: 'node-exporter',
    namespace: `ns-${i % 50}`,
    pod: `api-server-5d4f8b7c9-${i}`,
    region: 'eu-west-1',
    severity: 'warning',
    team: `team${i % TEAMS}`,
  },
  annotations: {
    description: `The 99th percentile latency of instance ${i} has been above the threshold of 500ms for 5 minutes`,
    runbook_url: 'https://runbooks.example.com/alerts/high-latency',
    summary: `High latency on instance ${i}`,
  },
  generatorURL: `http://prometheus.example.com:9090/graph?g0.expr=${'x'.repeat(120)}&g0.tab=1`,
  ...times,
});

/** `named` mutes one pod of one alert name, `pattern` has no equality matcher, `idle` mutes nothing there is. */
export type SilenceKind = 'named' | 'pattern' | 'idle';

export function silenceOf(kind: SilenceKind, i: number, now: number): object {
  return {
    matchers: matchersOf(kind, i).map(([name, value, isRegex]) => ({ name, value, isRegex, isEqual: true })),
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + 3_600_000).toISOString(),
    createdBy: 'bench',
    comment: 'maintenance',
  };
}

function matchersOf(kind: SilenceKind, i: number): readonly (readonly [string, string, boolean])[] {
  switch (kind) {
    case 'named':
      return [
        ['alertname', `HighLatency${i % NAMES}`, false],
        ['pod', `api-server-[0-9a-f]+-${i}`, true],
      ];
    case 'pattern':
      return [['pod', `api-server-[0-9a-f]+-${i}`, true]];
    case 'idle':
      return [
        ['alertname', `NobodyFires${i}`, false],
        ['instance', '10\\.0\\..*', true],
      ];
  }
}
