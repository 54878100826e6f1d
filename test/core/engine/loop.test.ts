import { expect, test } from 'vitest';
import { Groups, openGroup } from '../../../src/engine/groups.ts';
import { Loop, type Task } from '../../../src/engine/loop.ts';
import { compileConfig } from '../../../src/config/compile.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { VirtualClock } from '../../../src/scenario/virtual-clock.ts';
import { labels, ms, t } from '../../support/builders.ts';
import { silentRecorder } from '../../support/silent-recorder.ts';

const CONFIG = 'route: {receiver: team, group_wait: 30s, group_interval: 5m}\nreceivers: [{name: team}]\n';

/** Time passes as it does, but what the wall clock says of it can be set. */
class SettableClock implements Clock {
  readonly #inner = new VirtualClock(t('2h'));
  #ahead = 0;

  now = (): number => this.#inner.now() + this.#ahead;
  sleepUntil: Clock['sleepUntil'] = (at, signal) => this.#inner.sleepUntil(at - this.#ahead, signal);

  setBack(time: string): void {
    this.#ahead -= ms(time);
  }

  setForward(time: string): void {
    this.#ahead += ms(time);
  }

  pass(time: string): Promise<void> {
    return this.#inner.advanceTo(this.#inner.now() + ms(time));
  }
}

test('a wall clock that is set back an hour keeps no group waiting for that hour', async () => {
  const clock = new SettableClock();
  const config = compileConfig({ file: 'c.yml', text: CONFIG }, { matcherMode: 'fallback', retention: ms('5d') });
  if (!config.ok) throw new Error('the test has a bad config');
  const groups = new Groups();
  groups.add(openGroup(config.value.route, labels({}), clock.now(), clock.now(), 0));
  let flushes = 0;
  const task: Task = {
    name: 'groups',
    nextAt: () => groups.nextAt,
    tick: (now) => {
      for (const group of groups.popDue(now)) flushes += group.alive ? 1 : 0;
    },
    setBack: (by) => groups.setBack(by),
  };
  const stop = new AbortController();
  const running = new Loop(clock, silentRecorder([]), [task]).run(stop.signal);
  await clock.pass('40s');
  expect(flushes).toBe(1);

  clock.setBack('1h');
  await clock.pass('6m');
  expect(flushes).toBe(2);
  await clock.pass('5m');
  expect(flushes).toBe(3);
  stop.abort();
  await running;
});

test('a process that stood still is told since when, before anything else is done', async () => {
  const clock = new SettableClock();
  const seen: string[] = [];
  const task: Task = {
    name: 'watched',
    nextAt: () => null,
    tick: (now) => void seen.push(`tick ${(now - t('2h')) / 1000}`),
    overslept: (from, now) => void seen.push(`from ${(from - t('2h')) / 1000} to ${(now - t('2h')) / 1000}`),
  };
  const stop = new AbortController();
  const running = new Loop(clock, silentRecorder([]), [task]).run(stop.signal);
  await clock.pass('10s');
  clock.setForward('10m');
  await clock.pass('20s');
  expect(seen).toEqual(['tick 0', 'from 30 to 630', 'tick 630']);
  stop.abort();
  await running;
});
