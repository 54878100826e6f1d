// Chance, from the machine.
import { randomUUID } from 'node:crypto';
import type { Entropy } from '../ports/entropy.ts';

export const systemEntropy: Entropy = {
  uuid: () => randomUUID(),
  fraction: () => Math.random(),
};
