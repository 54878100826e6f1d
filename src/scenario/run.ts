// Plays a story on the real engine in virtual time and says what was not as expected.
import { startEngine, type RunningEngine } from '../engine/engine.ts';
import { compileHere } from '../engine/rules/compile-here.ts';
import { Pairs } from '../model/pairs.ts';
import type { Problem } from '../model/problem.ts';
import { stampOf } from '../model/rfc3339.ts';
import type { DurationMs, Instant } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { RuleRecorder } from '../ports/rule-recorder.ts';
import type { Recorder } from '../ports/recorder.ts';
import type { RuleOutside } from '../ports/rule-outside.ts';
import type { Store } from '../ports/store.ts';
import type { Tracing } from '../ports/tracer.ts';
import { compareMessages, type SeenMessage } from './compare.ts';
import { Life } from './life.ts';
import { ScriptedReceivers } from './receivers.ts';
import type { Action, Story, StoryAlert } from './story.ts';
import { VirtualClock } from './virtual-clock.ts';

const CONFIG_FILE = 'story/belfry.yml';

/** What a story borrows from outside: an empty store, and somebody who listens to what the engine says of itself. */
export interface Stage {
  readonly store: Store;
  readonly record: Recorder;
  readonly ruleRecord: RuleRecorder;
  /** Nobody traces unless it is given. */
  readonly tracing?: (clock: Clock) => Tracing;
}

export interface Played {
  readonly seen: readonly SeenMessage[];
  readonly problems: readonly Problem[];
}

export async function play(story: Story, stage: Stage): Promise<Played> {
  const player = new Player(story, stage);
  await player.play();
  return { seen: player.receivers.seen, problems: compareMessages(story, player.receivers.seen) };
}

/** Stories have no data source yet: alerts come in by hand. */
const NOWHERE: RuleOutside = {
  source: (name) => {
    throw new Error(`a story has no data source ${name ?? ''}`);
  },
  reconfigure: () => {},
  writer: { hasTargets: false, write: () => Promise.resolve({ rejected: 0, isTaken: true, messages: [] }) },
  sink: { send: () => {}, targets: () => [] },
  close: () => Promise.resolve(),
};

const UNTRACED: Tracing = { start: () => null, reconfigure: () => {} };

class Player {
  readonly receivers: ScriptedReceivers;
  readonly #story: Story;
  readonly #stage: Stage;
  readonly #clock: VirtualClock;
  readonly #silences = new Map<string, string>();
  #config: string;
  #life = new Life();
  #engine: RunningEngine | null = null;
  #random = 1;

  constructor(story: Story, stage: Stage) {
    this.#story = story;
    this.#stage = stage;
    this.#config = story.config;
    this.#clock = new VirtualClock(story.start);
    this.receivers = new ScriptedReceivers(this.#clock, story.start);
  }

  async play(): Promise<void> {
    const { start, steps, end } = this.#story;
    await this.#begin();
    for (const step of steps) {
      await this.#clock.advanceTo(start + step.at);
      for (const action of step.actions) await this.#act(action);
    }
    await this.#clock.advanceTo(start + end);
    this.#life.kill();
  }

  async #begin(): Promise<void> {
    const { flags } = this.#story;
    this.#life = new Life();
    const clock = this.#life.clock(this.#clock);
    this.#engine = await startEngine(
      {
        clock,
        // In virtual time work takes none; what it may cost is bounded by its steps.
        deadline: () => () => false,
        store: this.#life.store(this.#stage.store),
        courier: this.#life.courier(this.receivers),
        record: this.#stage.record,
        ruleRecord: this.#stage.ruleRecord,
        outside: NOWHERE,
        compiler: compileHere,
        tracing: this.#stage.tracing?.(this.#clock) ?? UNTRACED,
        watch: null,
        owner: 'story',
        stream: null,
        entropy: { uuid: () => this.#uuid(), fraction: () => this.#fraction() },
        files: {
          read: (path) =>
            Promise.resolve(
              path === CONFIG_FILE
                ? { ok: true, value: this.#config }
                : {
                    ok: false,
                    problem: {
                      severity: 'error',
                      code: 'story/no-file',
                      message: `a story has no file ${path}`,
                      at: null,
                    },
                  },
            ),
          glob: () => Promise.resolve([]),
        },
      },
      {
        file: CONFIG_FILE,
        matcherMode: 'fallback',
        shippedTemplates: [],
        eventRecorder: false,
        retention: flags.retention,
        version: 'story',
        externalURL: 'http://belfry.example',
        startDelay: flags.startDelay,
        alertsGcInterval: 30 * 60_000,
        maintenanceInterval: 15 * 60_000,
        perAlertnameLimit: 0,
        silenceLimits: { maxSilences: 0, maxSilenceSizeBytes: 0 },
        cluster: null,
        rules: {
          ...{ allOrNothing: false, allowEmpty: false },
          ...{ resendDelay: 60_000, forOutageTolerance: 3_600_000, forGracePeriod: 600_000 },
        },
      },
    );
  }

  async #act(action: Action): Promise<void> {
    const engine = this.#engine!;
    switch (action.kind) {
      case 'alerts': {
        const now = this.#clock.now();
        await engine.ingest.post(action.alerts.map((alert) => posted(alert, now)));
        return;
      }
      case 'silence': {
        await this.#silence(engine, action);
        return;
      }
      case 'expire': {
        const id = this.#silences.get(action.as);
        if (id === undefined || (await engine.commands.expireSilence(id)) === 'unknown') {
          throw new Error(`the story names no silence ${action.as}`);
        }
        return;
      }
      case 'reload': {
        this.#config = action.config;
        await engine.reload.reload();
        return;
      }
      case 'restart': {
        if (action.how === 'stop') await engine.stop(AbortSignal.abort());
        this.#life.kill();
        await this.#clock.advanceTo(this.#clock.now() + action.down);
        await this.#begin();
        return;
      }
      case 'answers':
        this.receivers.script(action.receiver, action.answers);
    }
  }

  /** A name used before edits that silence. */
  async #silence(engine: RunningEngine, action: Action & { kind: 'silence' }): Promise<void> {
    const startsAt = this.#clock.now() + (action.starts ?? 0);
    const known = engine.views.silence(this.#silences.get(action.as) ?? '');
    const set = await engine.commands.setSilence({
      id: known?.silence.id ?? '',
      matchers: action.matchers,
      startsAt: known !== null && action.starts === null ? known.silence.startsAt : startsAt,
      endsAt: startsAt + action.lasts,
      createdBy: 'story',
      comment: '',
      annotations: known?.silence.annotations ?? Pairs.none,
    });
    if (set.kind !== 'set')
      throw new Error(`the silence ${action.as} was refused: ${set.kind === 'refused' ? set.message : set.kind}`);
    if (action.as !== '') this.#silences.set(action.as, set.id);
  }

  /** The same for every play of a story. */
  #fraction(): number {
    this.#random = (Math.imul(this.#random, 48_271) >>> 0) % 2_147_483_647;
    return this.#random / 2_147_483_647;
  }

  #uuid(): string {
    return `00000000-0000-4000-8000-${Math.floor(this.#fraction() * 1e12)
      .toString(16)
      .padStart(12, '0')}`;
  }
}

function posted(alert: StoryAlert, now: Instant): Parameters<RunningEngine['ingest']['post']>[0][number] {
  const stamp = (offset: DurationMs | null): ReturnType<typeof stampOf> | null =>
    offset === null ? null : stampOf(now + offset);
  const { labels, annotations, starts, ends } = alert;
  return {
    labels,
    annotations,
    startsAt: stamp(starts ?? (ends === null ? null : Math.min(0, ends))),
    endsAt: stamp(ends),
    generatorURL: '',
    notify: null,
    reading: null,
  };
}
