// The machine's clock.
import type { Instant } from '../model/time.ts';
import type { Clock, Deadline } from '../ports/clock.ts';

/** A timer of 2^31 ms or more fires at once; and a wall clock that was set forward is noticed after one slice. */
const LONGEST_SLICE_MS = 3_600_000;

export const systemClock: Clock = clockBy(() => Date.now());

/** @param wall may be set forward or back at any time */
export function clockBy(wall: () => Instant): Clock {
  const sleepUntil: Clock['sleepUntil'] = async (at, signal) => {
    const end = performance.now() + at - wall();
    // Set forward, the wall clock says sooner that it is time; set back, the other one does.
    const left = (): number => Math.min(at - wall(), end - performance.now());
    for (let ms = left(); ms > 0; ms = left()) {
      if (signal?.aborted === true) return;
      await sleep(Math.min(Math.ceil(ms), LONGEST_SLICE_MS), signal);
    }
  };
  return { now: wall, sleepUntil };
}

/** One message's templates may take so much of this thread, for everything else waits meanwhile; each alert adds some. */
const LONGEST_RENDERING_MS = 250;
const EACH_ALERT_MS = 0.1;

/** Work, not time: who shares the processor with us is no reason to cut a message short. */
export const renderingDeadline: Deadline = (alerts) => {
  const spent = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  const end = spent() + LONGEST_RENDERING_MS + alerts * EACH_ALERT_MS;
  return () => spent() > end;
};

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
