import type { EventEmitter } from 'node:events';

/** Resolves at the first of these events, and listens no longer. */
export function firstOf(emitter: EventEmitter, ...names: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const onEvent = (): void => {
      for (const name of names) emitter.off(name, onEvent);
      resolve();
    };
    for (const name of names) emitter.on(name, onEvent);
  });
}
