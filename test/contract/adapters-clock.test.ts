import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { clockBy, renderingDeadline, systemClock } from '../../src/adapters/clock.ts';
import { systemEntropy } from '../../src/adapters/entropy.ts';

const DECADE = 10 * 365 * 86_400_000;

describe('`systemClock`', () => {
  it('returns at once when the instant has passed', async () => {
    await systemClock.sleepUntil(systemClock.now() - 1);
    await systemClock.sleepUntil(systemClock.now());
    expect(systemClock.now()).toBeGreaterThan(1.7e12);
  });

  it('does not return before the instant', async () => {
    const at = systemClock.now() + 15;
    await systemClock.sleepUntil(at);
    expect(systemClock.now()).toBeGreaterThanOrEqual(at);
  });

  it('sleeps further than a timer can, until it is aborted', async () => {
    const abort = new AbortController();
    let woke = false;
    const sleeping = systemClock.sleepUntil(systemClock.now() + DECADE, abort.signal).then(() => (woke = true));
    await systemClock.sleepUntil(systemClock.now() + 15);
    expect(woke).toBe(false);
    abort.abort();
    expect(await sleeping).toBe(true);
  });

  it('sleeps no longer because the wall clock was set back meanwhile', async () => {
    let ahead = 0;
    const clock = clockBy(() => Date.now() + ahead);
    const at = clock.now() + 30;
    const sleeping = clock.sleepUntil(at);
    ahead = -3_600_000;
    await sleeping;
    expect(clock.now()).toBeLessThan(at);
  });

  it('sleeps without end', async () => {
    const abort = new AbortController();
    const sleeping = systemClock.sleepUntil(Infinity, abort.signal);
    abort.abort();
    expect(await sleeping).toBeUndefined();
  });

  it('returns at once when aborted before', async () => {
    expect(await systemClock.sleepUntil(systemClock.now() + DECADE, AbortSignal.abort())).toBeUndefined();
  });

  it('leaves no listener on a signal that lives on', async () => {
    const { signal } = new AbortController();
    for (let i = 0; i < 5; i++) await systemClock.sleepUntil(systemClock.now() + 1, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('`systemEntropy`', () => {
  it('gives UUIDs and fractions', () => {
    expect(systemEntropy.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const fraction = systemEntropy.fraction();
    expect(fraction >= 0 && fraction < 1).toBe(true);
  });
});

describe('renderingDeadline()', () => {
  const work = (ms: number): void => {
    const spent = process.threadCpuUsage();
    for (;;) {
      const { user, system } = process.threadCpuUsage(spent);
      if (user + system > ms * 1000) return;
    }
  };

  it('gives each message a quarter of a second of work, and more for many alerts', () => {
    const few = renderingDeadline(1);
    const many = renderingDeadline(5000);
    expect([few(), many()]).toEqual([false, false]);
    work(300);
    expect([few(), many()]).toEqual([true, false]);
    work(500);
    expect([many(), renderingDeadline(1)()]).toEqual([true, false]);
  });

  it('does not count what others do meanwhile', async () => {
    const deadline = renderingDeadline(1);
    await systemClock.sleepUntil(systemClock.now() + 300);
    expect(deadline()).toBe(false);
  });
});
