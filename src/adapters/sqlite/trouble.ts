// What SQLite's and the file system's errors mean to us. Anything not listed here is our own mistake.
import { StoreUnavailable } from '../../ports/store.ts';

type Trouble = 'full' | 'busy' | 'io' | 'corrupt';

const BY_PRIMARY_CODE = new Map<number, Trouble>([
  [3, 'io'], // PERM
  [5, 'busy'], // BUSY
  [6, 'busy'], // LOCKED
  [7, 'io'], // NOMEM
  [8, 'io'], // READONLY: the file system went read-only
  [10, 'io'], // IOERR, with fsync, read, write … in the high bits
  [11, 'corrupt'], // CORRUPT
  [13, 'full'], // FULL: ENOSPC on write, or max_page_count
  [14, 'io'], // CANTOPEN
  [15, 'busy'], // PROTOCOL
  [26, 'corrupt'], // NOTADB
]);

export function troubleOf(error: unknown): Trouble | null {
  if (!(error instanceof Error)) return null;
  if ('errcode' in error && typeof error.errcode === 'number') return BY_PRIMARY_CODE.get(error.errcode & 0xff) ?? null;
  if ('syscall' in error && 'code' in error) return error.code === 'ENOSPC' || error.code === 'EDQUOT' ? 'full' : 'io';
  return null;
}

/** The error to throw at the port: trouble becomes StoreUnavailable, a defect stays what it is. */
export function atPort(error: unknown): unknown {
  const trouble = troubleOf(error);
  return trouble === null ? error : new StoreUnavailable(trouble === 'corrupt' ? 'io' : trouble, { cause: error });
}
