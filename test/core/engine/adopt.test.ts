import { expect, test } from 'vitest';
import { compileConfig } from '../../../src/config/compile.ts';
import { adopt, type PriorGroup } from '../../../src/engine/adopt.ts';
import type { Group } from '../../../src/engine/groups.ts';
import { Known, KnownAlerts } from '../../../src/engine/known-alerts.ts';
import { NotificationLog } from '../../../src/engine/notification-log.ts';
import { TemplateSet } from '../../../src/template/template-set.ts';
import { alert, ms, t } from '../../support/builders.ts';

const CONFIG = `
route: {receiver: team, routes: [{receiver: team, mute_time_intervals: [always]}]}
receivers: [{name: team}]
time_intervals: [{name: always, time_intervals: [{}]}]
`;

function groups(prior: readonly PriorGroup[]): readonly Group[] {
  const config = compileConfig({ file: 'c.yml', text: CONFIG }, { matcherMode: 'fallback', retention: ms('5d') });
  const templates = TemplateSet.parse([], 'alertmanager');
  if (!config.ok || !templates.ok) throw new Error('the scene has a bad config');
  const alerts = new KnownAlerts(0);
  alerts.add(new Known(1, alert({ alertname: 'A' }, '0s', '1h')));
  const compiled = { config: config.value, templates: templates.value };
  const adopted = adopt({ alerts, prior, log: new NotificationLog(), compiled, notBefore: 0 }, t('1m'));
  return [...adopted.generation.groups.values()];
}

test.each([
  ['has spoken shows at once that it is muted', 1, ['always']],
  ['has never spoken shows nothing before it does', 0, []],
] as const)('a group that %s', (_what, flushes, expected) => {
  const [before] = groups([]);
  const prior = { stored: { ...before!.stored(), flushes }, holds: () => true };
  expect(groups([prior]).map(({ mutedBy }) => mutedBy)).toEqual([expected]);
});
