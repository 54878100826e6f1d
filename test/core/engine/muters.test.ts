import { expect, test } from 'vitest';
import { compileConfig } from '../../../src/config/compile.ts';
import { newGeneration, type Generation } from '../../../src/engine/generation.ts';
import { Known, KnownAlerts } from '../../../src/engine/known-alerts.ts';
import { Muters } from '../../../src/engine/muters.ts';
import { doubt } from '../../../src/engine/restore.ts';
import { SilenceIndex } from '../../../src/mute/silence-index.ts';
import { TemplateSet } from '../../../src/template/template-set.ts';
import { alert, labels, ms, t } from '../../support/builders.ts';

const CONFIG = `
route: {receiver: team}
receivers: [{name: team}]
inhibit_rules: [{source_matchers: [role=source], target_matchers: [role=target]}]
`;

function scene(...ends: readonly string[]): {
  readonly alerts: KnownAlerts;
  readonly sources: readonly Known[];
  readonly generation: Generation;
  readonly inhibitor: (at: string) => string | undefined;
} {
  const config = compileConfig({ file: 'c.yml', text: CONFIG }, { matcherMode: 'fallback', retention: ms('5d') });
  const templates = TemplateSet.parse([], 'alertmanager');
  if (!config.ok || !templates.ok) throw new Error('the scene has a bad config');
  const generation = newGeneration({ config: config.value, templates: templates.value }, 0);
  const alerts = new KnownAlerts(0);
  const sources = ends.map((end, i) => new Known(i, alert({ role: 'source', i: String(i) }, '0s', end)));
  for (const source of sources) {
    alerts.add(source);
    generation.membership.watch(source, t('0s'));
  }
  const muters = new Muters(alerts, new SilenceIndex());
  const target = labels({ role: 'target' });
  const inhibitor = (at: string): string | undefined => muters.inhibitorOf(target, generation, t(at))?.get('i');
  return { alerts, sources, generation, inhibitor };
}

test('sources that have ended are not believed, and are looked at once', () => {
  const { sources, inhibitor } = scene('1m', '1m', '1m', '1h', '1h');
  expect(inhibitor('30s')).toBe('0');
  expect(inhibitor('2m')).toBe('3');
  expect(sources.map(({ indexed }) => indexed)).toEqual([false, false, false, true, true]);
  expect(inhibitor('2h')).toBe(undefined);
  expect(sources.some(({ indexed }) => indexed)).toBe(false);
});

test('a source that fires again is found again', () => {
  const { sources, generation, inhibitor } = scene('1m');
  const [source] = sources;
  expect(inhibitor('2m')).toBe(undefined);
  source!.alert = alert({ role: 'source', i: '0' }, '0s', '1h');
  generation.membership.watch(source!, t('3m'));
  expect(inhibitor('3m')).toBe('0');
});

test('a source that ended while the process stood still is doubted, and found although somebody has looked since', () => {
  const { alerts, generation, inhibitor } = scene('4m');
  expect(inhibitor('10m')).toBe(undefined);
  doubt(alerts, t('1m'), t('10m'));
  generation.membership.watchAll(alerts, t('10m'));
  expect(inhibitor('10m')).toBe('0');
  expect(inhibitor('12m')).toBe(undefined);
});
