import { expect, test } from 'vitest';
import { compileConfig } from '../../../src/config/compile.ts';
import { integrationName, newGeneration, type Generation } from '../../../src/engine/generation.ts';
import { openGroup } from '../../../src/engine/groups.ts';
import { Journal } from '../../../src/engine/journal.ts';
import { Entry, storedTelling } from '../../../src/engine/notification-log.ts';
import { Outbox, type Parcel } from '../../../src/engine/outbox.ts';
import type { Message } from '../../../src/notify/message.ts';
import type { Outcome } from '../../../src/notify/outcome.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import type { Store, Write } from '../../../src/ports/store.ts';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import { VirtualClock } from '../../../src/scenario/virtual-clock.ts';
import { TemplateSet } from '../../../src/template/template-set.ts';
import { labels, ms, t } from '../../support/builders.ts';
import { silentRecorder } from '../../support/silent-recorder.ts';

// What stories cannot show, for their store answers at once: what happens while it is asked, and when it fails.

const CONFIG = 'route: {receiver: team}\nreceivers: [{name: team, webhook_configs: [{url: http://team.example/}]}]\n';
const WITHOUT_WEBHOOK = 'route: {receiver: team}\nreceivers: [{name: team}]\n';

function generationOf(text: string): Generation {
  const config = compileConfig({ file: 'c.yml', text }, { matcherMode: 'fallback', retention: ms('5d') });
  const templates = TemplateSet.parse([], 'alertmanager');
  if (!config.ok || !templates.ok) throw new Error('the scene has a bad config');
  return newGeneration({ config: config.value, templates: templates.value }, 0);
}

class Scene {
  readonly clock = new VirtualClock(t('0s'));
  readonly defects: unknown[] = [];
  readonly sent: Message[] = [];
  /** Of the next attempts; after them, all is delivered. */
  readonly answers: Outcome[] = [];
  readonly signals: AbortSignal[] = [];
  /** Nobody answers. */
  isSilent = false;
  readonly dropped: Message[] = [];
  readonly entry: Entry;
  generation = generationOf(CONFIG);
  readonly outbox: Outbox;
  /** What becomes of the next commits. */
  before: (writes: readonly Write[]) => Promise<void> = () => Promise.resolve();
  muted = false;
  onDropped: () => void = () => {};
  readonly #parcel: Parcel;

  constructor() {
    const integration = this.generation.config.receivers.get('team')!.integrations[0]!;
    const group = openGroup(this.generation.config.route, labels({}), t('0s'), t('0s'), 0);
    this.entry = new Entry({ groupKey: group.key, receiver: 'team', integration: integrationName(integration) });
    this.#parcel = {
      ...{ group, entry: this.entry, receiver: 'team', integration, alerts: [], trace: null },
      envelope: {
        ...{ receiver: 'team', reason: 'first notification', groupLabels: labels({}), routeLabels: Pairs.none },
        ...{ externalURL: 'http://belfry.example', groupKey: group.outwardKey, at: t('0s') },
      },
      telling: storedTelling({ at: t('0s'), firing: new Set(['a']), resolved: new Set() }, t('1h')),
    };
    const record = silentRecorder(this.defects);
    this.outbox = new Outbox({
      ...{ record, clock: this.clock, owner: 'test', generation: () => this.generation },
      journal: new Journal(this.#store(), this.clock, record),
      entropy: { uuid: () => '', fraction: () => 0.5 },
      isMuted: () => this.muted,
      courier: {
        deliver: (_integration, { message, signal }) => {
          this.sent.push(message);
          this.signals.push(signal);
          if (this.isSilent) return new Promise(() => {});
          const outcome = this.answers.shift() ?? { kind: 'delivered', detail: '' };
          return Promise.resolve({ outcome, templateError: null });
        },
      },
      settled: (job, how) => {
        if (how !== 'dropped') return;
        this.dropped.push(job.message);
        this.onDropped();
      },
    });
  }

  claim(): void {
    this.outbox.claim(this.#parcel);
  }

  async pass(time: string): Promise<void> {
    await this.clock.advanceTo(this.clock.now() + ms(time));
    this.outbox.tick(this.clock.now());
    await this.clock.advanceTo(this.clock.now());
  }

  #store(): Store {
    const store = new SqliteStore();
    const commit: Store['commit'] = async (writes, now) => {
      await this.before(writes);
      return store.commit(writes, now);
    };
    return {
      commit,
      ...{ load: () => store.load(), reserveAlertIds: (count) => store.reserveAlertIds(count) },
      ...{ deliveries: (query) => store.deliveries(query), events: (query) => store.events(query) },
      ...{ prune: (at) => store.prune(at), close: () => store.close() },
    };
  }
}

test('a claim that ends in a defect leaves the entry free: the next tick claims anew', async () => {
  const scene = new Scene();
  scene.before = () => Promise.reject(new Error('planted'));
  scene.claim();
  await scene.pass('0s');
  expect(scene.entry.busy).toBe(false);
  expect(scene.defects).toHaveLength(1);

  scene.before = () => Promise.resolve();
  scene.claim();
  await scene.pass('0s');
  expect(scene.sent).toHaveLength(1);
});

test('while a group speaks again after a dropped message, its entry is busy until the claim is granted', async () => {
  const scene = new Scene();
  const gate = Promise.withResolvers<void>();
  scene.muted = true;
  scene.onDropped = () => {
    scene.muted = false;
    scene.before = () => gate.promise;
    scene.claim();
  };
  scene.claim();
  await scene.pass('0s');
  expect(scene.dropped).toHaveLength(1);
  expect(scene.entry.busy).toBe(true);

  gate.resolve();
  await scene.pass('0s');
  expect(scene.sent).toHaveLength(1);
  expect(scene.entry.busy).toBe(false);
});

test('a send is cut off when its time is up, as out of time, and at the end of the process, as given up', async () => {
  const reasonAfter = async (cut: (scene: Scene) => Promise<void>): Promise<unknown> => {
    const scene = new Scene();
    scene.isSilent = true;
    scene.claim();
    await scene.pass('0s');
    await cut(scene);
    return scene.signals[0]!.reason;
  };
  expect(await reasonAfter((scene) => scene.pass('1h'))).toMatchObject({ name: 'TimeoutError' });
  const end = async (scene: Scene): Promise<void> => {
    void scene.outbox.close(AbortSignal.abort());
    await scene.pass('0s');
  };
  expect(await reasonAfter(end)).toMatchObject({ name: 'AbortError' });
});

test('an attempt that ends in a defect of ours is made again a minute later', async () => {
  const scene = new Scene();
  scene.answers.push({ kind: 'retry', reason: 'serverError', detail: '', after: null });
  scene.claim();
  await scene.pass('0s');
  scene.before = (writes) =>
    writes.some((write) => write.kind === 'reclaim') ? Promise.reject(new Error('planted')) : Promise.resolve();
  await scene.pass('10s');
  expect(scene.sent).toHaveLength(1);
  expect(scene.defects).toHaveLength(1);

  scene.before = () => Promise.resolve();
  await scene.pass('1m');
  expect(scene.sent).toHaveLength(2);
});

test('what waits for its next attempt is given up once a reload has taken its integration away', async () => {
  const scene = new Scene();
  scene.answers.push({ kind: 'retry', reason: 'serverError', detail: '', after: null });
  scene.claim();
  await scene.pass('0s');
  scene.generation = generationOf(WITHOUT_WEBHOOK);
  await scene.pass('5m');
  expect(scene.sent).toHaveLength(1);
  expect(scene.entry.undelivered).toBe(null);
  expect(scene.outbox.size).toBe(0);
});
