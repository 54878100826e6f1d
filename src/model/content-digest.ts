// Whether a file reads as it did before: who loads files and who watches them must mean the same by that.
import { hash } from 'node:crypto';
import type { Problem } from './problem.ts';

type Read = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly problem: Problem };

export const contentDigest = (read: Read): string =>
  read.ok ? hash('sha256', read.value, 'hex') : read.problem.message;
