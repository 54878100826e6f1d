// Label values and constant series that are known beforehand. A counter that appears only with its first failure
// hides that failure from rate(): so everything that can be counted is there from the start, at 0.
import type { FailureReason } from '../notify/outcome.ts';
import type { MuteReason } from '../ports/recorder.ts';

/** Seconds. */
export const DURATIONS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Upstream's eighteen, and ours that need no network; the others come with the configuration that has them. */
export const INTEGRATIONS: readonly string[] = [
  ...[
    'discord',
    'email',
    'incidentio',
    'jira',
    'mattermost',
    'msteams',
    'msteamsv2',
    'opsgenie',
    'pagerduty',
    'pushover',
  ],
  ...['rocketchat', 'slack', 'sns', 'telegram', 'victorops', 'webex', 'webhook', 'wechat'],
  'file',
];

export const FAILURE_REASONS: readonly FailureReason[] = [
  'authError',
  'clientError',
  'contextCanceled',
  'contextDeadlineExceeded',
  'other',
  'rateLimited',
  'serverError',
];

export const MUTE_REASONS: readonly MuteReason[] = [
  'silence',
  'inhibition',
  'mute_time_interval',
  'active_time_interval',
];

/** What a cluster of one says, for dashboards that look there. */
export const clusterOfOne = {
  gauges: [
    ['alertmanager_cluster_members', 1],
    ['alertmanager_cluster_failed_peers', 0],
    ['alertmanager_cluster_health_score', 0],
    ['alertmanager_cluster_messages_queued', 0],
    ['alertmanager_peer_position', 0],
  ],
  counters: [
    ['alertmanager_cluster_peers_joined_total', 1],
    ['alertmanager_cluster_peers_left_total', 0],
    ['alertmanager_cluster_peers_update_total', 0],
    ['alertmanager_cluster_reconnections_total', 0],
    ['alertmanager_cluster_reconnections_failed_total', 0],
    ['alertmanager_cluster_refresh_join_total', 0],
    ['alertmanager_cluster_refresh_join_failed_total', 0],
    ['alertmanager_cluster_peer_name_conflicts_total', 0],
    ['alertmanager_cluster_messages_pruned_total', 0],
  ],
  /** At 0 for each value of their label. */
  labelled: [
    ['alertmanager_cluster_messages_received_total', 'msg_type'],
    ['alertmanager_cluster_messages_received_size_total', 'msg_type'],
    ['alertmanager_cluster_messages_sent_total', 'msg_type'],
    ['alertmanager_cluster_messages_sent_size_total', 'msg_type'],
    ['alertmanager_oversized_gossip_message_sent_total', 'key'],
    ['alertmanager_oversized_gossip_message_failure_total', 'key'],
    ['alertmanager_oversized_gossip_message_dropped_total', 'key'],
  ],
  values: { msg_type: ['full_state', 'update'], key: ['nfl', 'sil'] },
} as const;
