// Compares one password with one bcrypt hash at a time, in a thread of its own: a comparison takes 50 ms and more
// of pure computing. The only file that imports `bcryptjs`.
import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

export interface Comparison {
  readonly id: number;
  readonly password: string;
  readonly hash: string;
}

export interface Compared {
  readonly id: number;
  readonly isSame: boolean;
}

parentPort?.on('message', ({ id, password, hash }: Comparison) => {
  const compared: Compared = { id, isSame: compareSync(password, hash) };
  parentPort?.postMessage(compared);
});
