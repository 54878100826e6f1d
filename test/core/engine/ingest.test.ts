import { expect, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import { compileConfig } from '../../../src/config/compile.ts';
import { newGeneration } from '../../../src/engine/generation.ts';
import { AlertIngest } from '../../../src/engine/ingest.ts';
import { Journal } from '../../../src/engine/journal.ts';
import { KnownAlerts } from '../../../src/engine/known-alerts.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import { stampOf } from '../../../src/model/rfc3339.ts';
import type { Recorder } from '../../../src/ports/recorder.ts';
import { VirtualClock } from '../../../src/scenario/virtual-clock.ts';
import { TemplateSet } from '../../../src/template/template-set.ts';
import { labels, ms, t } from '../../support/builders.ts';
import { noTracer } from '../../support/no-tracer.ts';
import { silentRecorder } from '../../support/silent-recorder.ts';

const CONFIG = 'route: {receiver: team}\nreceivers: [{name: team}]\n';

class Scene {
  readonly clock = new VirtualClock(t('0s'));
  readonly store = new SqliteStore();
  readonly alerts: KnownAlerts;
  limited = 0;
  readonly #ingest: AlertIngest;

  constructor(perAlertnameLimit: number) {
    const config = compileConfig({ file: 'c.yml', text: CONFIG }, { matcherMode: 'fallback', retention: ms('5d') });
    const templates = TemplateSet.parse([], 'alertmanager');
    if (!config.ok || !templates.ok) throw new Error('the scene has a bad config');
    const generation = newGeneration({ config: config.value, templates: templates.value }, 0);
    const record: Recorder = {
      ...silentRecorder([]),
      alertsReceived: ({ limited }) => void (this.limited += limited),
    };
    let id = 0;
    this.alerts = new KnownAlerts(perAlertnameLimit);
    this.#ingest = new AlertIngest({
      ...{ alerts: this.alerts, clock: this.clock, record, generation: () => generation, tracer: noTracer },
      journal: new Journal(this.store, this.clock, record),
      ids: { next: () => ++id },
      wake: () => {},
      stream: null,
    });
  }

  async post(name: string, instance: string, endsIn: string): Promise<void> {
    const now = this.clock.now();
    const endsAt = stampOf(now + ms(endsIn));
    const startsAt = stampOf(Math.min(now, endsAt.at));
    const plain = { annotations: Pairs.none, generatorURL: '', notify: null, reading: null };
    await this.#ingest.post([{ ...plain, labels: labels({ alertname: name, instance }), startsAt, endsAt }]);
  }

  instances(): string[] {
    return Array.from(this.alerts.values(), (known) => known.labels.get('instance'));
  }
}

test('post() refuses, and counts, what is beyond the limit of its alertname; other names have their own', async () => {
  const scene = new Scene(2);
  for (const instance of ['a', 'b', 'c']) await scene.post('Storm', instance, '1h');
  await scene.post('Other', 'd', '1h');
  await scene.post('Storm', 'a', '2h');
  expect(scene.instances()).toEqual(['a', 'b', 'd']);
  expect(scene.limited).toBe(1);
});

test('post() gives the place of an alert that has ended to a new one; the old one is still known and stored until it is told', async () => {
  const scene = new Scene(1);
  await scene.post('Storm', 'a', '1m');
  await scene.clock.advanceTo(t('2m'));
  await scene.post('Storm', 'b', '1h');
  expect(scene.instances()).toEqual(['a', 'b']);
  expect((await scene.store.load()).alerts).toHaveLength(2);
  expect(scene.limited).toBe(0);
});

test('post() takes an alert that gave up its place again only where there is room', async () => {
  const scene = new Scene(1);
  await scene.post('Storm', 'a', '1m');
  await scene.clock.advanceTo(t('2m'));
  await scene.post('Storm', 'b', '2m');
  await scene.post('Storm', 'a', '1h');
  expect(scene.limited).toBe(1);

  await scene.clock.advanceTo(t('5m'));
  await scene.post('Storm', 'a', '1h');
  expect(scene.limited).toBe(1);
  await scene.post('Storm', 'b', '1h');
  expect(scene.limited).toBe(2);
});
