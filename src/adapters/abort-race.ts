// Work that does not hear a signal, waited for only as long as the signal is quiet.

/** Rejects with the signal's reason when that comes first; what becomes of the work is then nobody's business. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => {});
  const { promise: aborted, resolve: abort } = Promise.withResolvers<typeof ABORTED>();
  const give = (): void => abort(ABORTED);
  signal.addEventListener('abort', give);
  if (signal.aborted) give();
  try {
    const first = await Promise.race([work, aborted]);
    if (first === ABORTED) signal.throwIfAborted();
    return await work;
  } finally {
    signal.removeEventListener('abort', give);
  }
}

const ABORTED = Symbol('aborted');
