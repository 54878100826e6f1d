import { expect, test } from 'vitest';
import { compileConfig } from '../../../src/config/compile.ts';
import type { AlertFilter } from '../../../src/engine/contract.ts';
import { newGeneration } from '../../../src/engine/generation.ts';
import { Known, KnownAlerts } from '../../../src/engine/known-alerts.ts';
import { Muters } from '../../../src/engine/muters.ts';
import { EngineViews } from '../../../src/engine/views.ts';
import { SilenceIndex } from '../../../src/mute/silence-index.ts';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import { TemplateSet } from '../../../src/template/template-set.ts';
import { alert, labels, matchers, ms, t } from '../../support/builders.ts';
import { Pairs } from '../../../src/model/pairs.ts';

const CONFIG = `
route: {receiver: team, routes: [{receiver: web, matchers: [job=web]}]}
receivers: [{name: team}, {name: web}]
inhibit_rules: [{source_matchers: [name=Source], target_matchers: [name=Inhibited]}]
`;

function views(): EngineViews {
  const config = compileConfig({ file: 'c.yml', text: CONFIG }, { matcherMode: 'fallback', retention: ms('5d') });
  const templates = TemplateSet.parse([], 'alertmanager');
  if (!config.ok || !templates.ok) throw new Error('the scene has a bad config');
  const generation = newGeneration({ config: config.value, templates: templates.value }, 0);
  const alerts = new KnownAlerts(0);
  const names = ['Source', 'Inhibited', 'Silenced', 'Web', 'Over'];
  for (const [i, name] of names.entries()) {
    const job = name === 'Web' ? 'web' : 'db';
    const known = new Known(i, alert({ name, job }, '0s', name === 'Over' ? '1m' : '1h'));
    alerts.add(known);
    generation.membership.watch(known, t('0s'));
    generation.membership.join(known, t('0s'));
  }
  const silences = new SilenceIndex();
  const span = { startsAt: t('0s'), endsAt: t('1h'), updatedAt: t('0s') };
  const words = { createdBy: 'me', comment: 'quiet', annotations: Pairs.none };
  silences.set({ id: 'silence', matchers: matchers('name=Silenced'), ...span, ...words });
  return new EngineViews({
    ...{ alerts, silences, muters: new Muters(alerts, silences), store: new SqliteStore(), startedAt: 0 },
    ...{
      clock: { now: () => t('5m'), sleepUntil: () => Promise.resolve() },
      deadline: () => () => false,
    },
    ...{ generation: () => generation, externalURL: '', cluster: null },
  });
}

const all: AlertFilter = {
  ...{ matchers: [], active: true, silenced: true, inhibited: true, unprocessed: true },
  ...{ receiver: null, receiverMatchers: [] },
};

test.each<[string, Partial<AlertFilter>, readonly string[]]>([
  ['nothing', {}, ['Inhibited', 'Silenced', 'Source', 'Web']],
  ['active', { active: false }, ['Inhibited', 'Silenced']],
  ['silenced', { silenced: false }, ['Inhibited', 'Source', 'Web']],
  ['inhibited', { inhibited: false }, ['Silenced', 'Source', 'Web']],
  ['a receiver', { receiver: (name) => name !== 'web' }, ['Inhibited', 'Silenced', 'Source']],
  ['all jobs but one', { matchers: matchers('job!=db') }, ['Web']],
])('left out: %s; the list in no order has what the ordered one has, seen the same', (_what, filter, expected) => {
  const scene = views();
  const ordered = scene.alerts({ ...all, ...filter });
  expect(ordered.map(({ alert: { labels: of } }) => of.get('name')).toSorted()).toEqual(expected);
  expect(ordered.map(({ alert: { labels: of } }) => of.fingerprint)).toEqual(
    ordered.map(({ alert: { labels: of } }) => of.fingerprint).toSorted(),
  );
  const listed = scene.listAlerts({ ...all, ...filter }).map((one) => scene.view(one));
  expect(new Set(listed)).toEqual(new Set(ordered));
});

test('of each it is said what keeps it quiet', () => {
  const scene = views();
  const quiet = scene.alerts({ ...all, active: false });
  expect(quiet.map(({ silencedBy, inhibitedBy }) => ({ silencedBy, inhibitedBy }))).toEqual(
    expect.arrayContaining([
      { silencedBy: ['silence'], inhibitedBy: [] },
      { silencedBy: [], inhibitedBy: [labels({ name: 'Source', job: 'db' }).fingerprint] },
    ]),
  );
});
