// The machine's clock.
import type { Clock, Deadline } from '../ports/clock.ts';

/** A timer of 2^31 ms or more fires at once; and a wall clock that was set forward is noticed after one slice. */
const LONGEST_SLICE_MS = 3_600_000;

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleepUntil(at, signal) {
    for (let left = at - Date.now(); left > 0; left = at - Date.now()) {
      if (signal?.aborted === true) return;
      await sleep(Math.min(Math.ceil(left), LONGEST_SLICE_MS), signal);
    }
  },
};

/** One message's templates may take so long; everything else waits meanwhile. */
const LONGEST_RENDERING_MS = 250;

export const renderingDeadline: Deadline = () => {
  const end = performance.now() + LONGEST_RENDERING_MS;
  return () => performance.now() > end;
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
