// The end of a sender with a queue.

/** Waits for what runs; once the signal says that it is enough, what runs is told to stop. */
export async function finish(
  running: Promise<void> | null,
  stopping: AbortController,
  enough: AbortSignal,
): Promise<void> {
  const stop = (): void => stopping.abort();
  enough.addEventListener('abort', stop);
  if (enough.aborted) stop();
  await running;
  enough.removeEventListener('abort', stop);
}
