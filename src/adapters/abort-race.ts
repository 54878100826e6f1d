// Work that does not hear a signal, waited for only as long as the signal is quiet.

/** Whether the work was done before the signal came. Rejects where the work does. */
export async function isDoneFirst(work: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  const { promise: aborted, resolve: abort } = Promise.withResolvers<typeof ABORTED>();
  const give = (): void => abort(ABORTED);
  signal.addEventListener('abort', give);
  if (signal.aborted) give();
  try {
    return (await Promise.race([work, aborted])) !== ABORTED;
  } finally {
    signal.removeEventListener('abort', give);
  }
}

/** Rejects with the signal's reason when that comes first; what becomes of the work is then nobody's business. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => {});
  if (!(await isDoneFirst(work, signal))) signal.throwIfAborted();
  return work;
}

const ABORTED = Symbol('aborted');
