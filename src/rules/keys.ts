// The keys of groups and rules: the union of what Prometheus, vmalert, Mimir and Thanos read, and ours. Which of
// them the Prometheus server knows is said here and nowhere else.

export type Origin = 'prometheus' | 'vmalert' | 'mimir' | 'thanos' | 'belfry';

export type Keys = ReadonlyMap<string, Origin>;

const keys = (lists: Readonly<Partial<Record<Origin, readonly string[]>>>): Keys =>
  new Map(ORIGINS.flatMap((origin) => (lists[origin] ?? []).map((key): readonly [string, Origin] => [key, origin])));

const ORIGINS: readonly Origin[] = ['prometheus', 'vmalert', 'mimir', 'thanos', 'belfry'];

export const FILE_KEYS = keys({ prometheus: ['groups'], mimir: ['namespace'] });

/** In the `spec` of a Kubernetes object. */
export const SPEC_KEYS = keys({ prometheus: ['groups'] });

export const GROUP_KEYS = keys({
  prometheus: ['name', 'interval', 'query_offset', 'limit', 'labels', 'rules'],
  vmalert: [
    'type',
    'concurrency',
    'eval_offset',
    'eval_delay',
    'eval_alignment',
    'params',
    'headers',
    'notifier_headers',
    'debug',
    'tenant',
  ],
  mimir: ['source_tenants', 'align_evaluation_time_on_interval', 'evaluation_delay', 'remote_write'],
  thanos: ['partial_response_strategy'],
  belfry: ['datasource', 'notify'],
});

export const RULE_KEYS = keys({
  prometheus: ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'],
  vmalert: ['debug', 'update_entries_limit'],
  belfry: ['notify'],
});

/** What people write into a rule itself, by the mapping it belongs in. */
export const MISPLACED: readonly (readonly [names: ReadonlySet<string>, home: string])[] = [
  [new Set(['severity', 'team', 'service', 'priority', 'env', 'environment']), 'labels'],
  [new Set(['summary', 'description', 'message', 'runbook', 'runbook_url', 'dashboard_url']), 'annotations'],
];

export const ORIGIN_NAMES: Readonly<Record<Origin, string>> = {
  prometheus: 'Prometheus',
  vmalert: 'vmalert',
  mimir: 'Mimir',
  thanos: 'Thanos',
  belfry: 'Belfry',
};
