// The rules that are evaluated twice: by Belfry and by what it is held against. A group a lane.
import type { Lane } from './equality-lane.ts';

export interface LaneGroup {
  readonly lane: Lane;
  /** Rules of the group, as YAML, indented as a group's are. */
  readonly rules: string;
}

/** Recordings, and what reads them in the same evaluation. */
export const chains = (lane: Lane): LaneGroup => ({
  lane,
  rules: `
  - {record: 'a:beat', expr: 'time()'}
  - {record: 'a:up:sum', expr: 'sum by (lane) (demo_up{lane="a"})'}
  - {record: 'a:up:share', expr: 'a:up:sum / count by (lane) (demo_up{lane="a"})'}
  - {record: 'a:up:share_before', expr: 'a:up:share offset 2s'}
  - {record: 'a:up:change', expr: 'a:up:share - a:up:share_before'}
  - {record: 'a:team:up', expr: 'sum by (team) (demo_up{lane="a"} * on (host) group_left (team) demo_info{lane="a"})', labels: {kind: team}}
  - {record: 'a:requests:rate', expr: 'sum by (code) (rate(demo_requests_total{lane="a"}[10s]))'}
  - {record: 'a:errors:share', expr: 'a:requests:rate{code="500"} / ignoring (code) sum without (code) (a:requests:rate)'}
  - {record: 'a:latency:p90', expr: 'histogram_quantile(0.9, sum by (le) (rate(demo_seconds_bucket{lane="a"}[8s])))'}
  - {record: 'a:item', expr: 'demo_item{lane="a"}', labels: {item_kind: "with, comma = and {brace}", job: ""}}
  - {record: 'a:queue', expr: 'demo_queue{lane="a"}', labels: {host: written over}}
  - {record: 'a:odd', expr: 'label_replace(demo_queue{lane="a",queue="mail"} / (demo_queue{lane="a",queue="mail"} > 100 or demo_queue{lane="a",queue="mail"} * 0), "text", "$1!", "queue", "(.*)")'}
  - alert: ShareLow
    expr: a:up:share < 0.6
    for: 4s
    labels: {severity: '{{ if lt $value 0.5 }}page{{ else }}ticket{{ end }}'}
    annotations: {summary: 'only {{ $value | humanizePercentage }} of {{ $labels.lane }} is up'}
  - {record: 'a:alerts:firing', expr: 'count by (alertname) (ALERTS{alertname="ShareLow",alertstate="firing"})'}
  - {record: 'a:alerts:since', expr: 'max(time() - ALERTS_FOR_STATE{alertname="ShareLow"})'}
  - alert: ShareLowIsFiring
    expr: a:alerts:firing > 0
    annotations: {since: '{{ range query "a:alerts:since" }}{{ .Value | humanizeDuration }}{{ end }}'}
`,
});

/** Every way for an alert to begin, wait, go on and end. */
export const alerts = (lane: Lane): LaneGroup => ({
  lane,
  rules: `
  - {record: 'b:beat', expr: 'time()'}
  - {alert: DownAtOnce, expr: 'demo_up{lane="b"} == 0'}
  - {alert: DownForOne, expr: 'demo_up{lane="b"} == 0', for: 2s}
  - {alert: DownForThree, expr: 'demo_up{lane="b"} == 0', for: 6s, labels: {severity: page, job: ''}}
  - {alert: DownForOdd, expr: 'demo_up{lane="b"} == 0', for: 5s, labels: {severity: page}}
  - {alert: DownForLong, expr: 'demo_up{lane="b"} == 0', for: 10m}
  - {alert: DownKept, expr: 'demo_up{lane="b"} == 0', keep_firing_for: 4s}
  - {alert: DownKeptAndWaiting, expr: 'demo_up{lane="b"} == 0', for: 2s, keep_firing_for: 6s}
  - {alert: Overridden, expr: 'demo_up{lane="b"} == 0', labels: {host: '{{ $labels.host }}-renamed', alertname: lost, lane: '{{ "" }}'}}
  - {alert: HalfDown, expr: 'count by (lane) (demo_up{lane="b"} == 0) >= 2', for: 2s, labels: {how_many: '{{ $value }}'}}
  - {alert: ItemGone, expr: 'absent(demo_item{lane="b",item="comes and goes"}) and on () demo_running{lane="b"}', for: 2s}
  - {alert: ItemThere, expr: 'demo_item{lane="b",item!="always"}', labels: {item: '{{ $labels.item }}, again = {{ $labels.item }}'}}
  - {alert: DownWhilePaged, expr: 'count by (host) (ALERTS{alertname="DownForThree",alertstate="firing"}) > 0', for: 2s}
  - {alert: Everything, expr: '{__name__="demo_running",lane="b"}', annotations: {all: '{{ $labels }}'}}
`,
});

/** Templates, strange values, the node exporter. */
export const templates = (lane: Lane): LaneGroup => ({
  lane,
  rules: `
  - {record: 'c:beat', expr: 'time()'}
  - alert: QueueText
    expr: demo_queue{lane="c"} > 1 or demo_queue{lane="c"} < 0
    for: 3s
    labels: {size: '{{ if gt $value 100.0 }}big{{ else }}small{{ end }}', text: '{{ $labels.queue | toUpper | reReplaceAll "[^A-Z]" "_" }}'}
    annotations:
      plain: '{{ $value }}'
      human: '{{ humanize $value }} {{ humanize1024 $value }} {{ humanizeDuration $value }} {{ humanizePercentage $value }}'
      printed: '{{ printf "%.2f %e %8.3g|%v" $value $value $value $value }}'
      labels: '{{ $labels }} {{ .Labels.queue }} {{ $labels.nothing }}'
      outside: '{{ $externalLabels.region }} {{ externalURL }} {{ $externalURL }} {{ pathPrefix }}'
      empty: ''
  - alert: Asks
    expr: demo_up{lane="c",host="h1"} == 0 and on () demo_running{lane="c"}
    annotations:
      others: '{{ range query "sort_desc(demo_up{lane=\\"c\\"} * 2) > 0" | sortByLabel "host" }}{{ .Labels.host }}={{ .Value }};{{ end }}'
      first: '{{ query "count(demo_up{lane=\\"c\\"})" | first | value }}'
      teams: '{{ range query "demo_info{lane=\\"c\\"}" | sortByLabel "host" }}{{ label "team" . }} {{ end }}'
      now: '{{ query "time()" | first | value | humanizeTimestamp }}'
  - {alert: Broken, expr: 'demo_up{lane="c",host="h2"} == 0', labels: {bad: '{{ first (query "nothing_at_all") }}'}, annotations: {worse: '{{ $labels.host | humanize }}'}}
  - {alert: Twice, expr: 'demo_up{lane="c",host=~"h1|h4"} == 0', labels: {host: same}}
  - {record: 'c:twice', expr: 'demo_up{lane="c",host=~"h1|h4"} == 0', labels: {host: same}}
  - {record: 'c:odd', expr: 'demo_info{lane="c"}'}
  - {alert: OddLabels, expr: 'c:odd * on (host) group_left demo_up{lane="c"} == 0', for: 3s, annotations: {odd: '{{ $labels.odd | urlquery }}'}}
  - {record: 'c:node:cpus', expr: 'count by (job) (count by (job, cpu) (node_cpu_seconds_total))'}
  - {record: 'c:node:memory', expr: 'node_memory_MemTotal_bytes'}
  - {alert: NodeUp, expr: '(up{job="node"} == 1) * on () group_left () demo_running{lane="c"}', for: 6s, labels: {cpus: '{{ query "c:node:cpus" | first | value }}'}}
  - {alert: NodeBooted, expr: 'node_boot_time_seconds > 0 and on () demo_running{lane="c"}', annotations: {release: '{{ with query "node_uname_info" }}{{ (. | first).Labels.release }}{{ end }}'}}
`,
});

/** As a rule file. `extra` are more keys of each group. */
export const ruleFile = (groups: readonly LaneGroup[], extra: (lane: Lane) => string = () => ''): string =>
  `groups:\n${groups
    .map(({ lane, rules }) => `- name: ${lane.name}\n  interval: ${lane.interval}ms\n${extra(lane)}  rules:${rules}`)
    .join('')}`;

/** `alert NAME` and `record NAME`, in their order. */
export const namesOf = (groups: readonly LaneGroup[]): readonly string[] =>
  groups.flatMap(({ rules }) =>
    [...rules.matchAll(/^ {2}- \{?(alert|record): '?([\w:]+)/gm)].map(([, kind, name]) => `${kind} ${name}`),
  );
