// A name as a number of 64 bits in decimal text, as vmalert's clients and series expect of groups and rules.
import { hash } from 'node:crypto';

export const decimalId = (name: string): string => BigInt(`0x${hash('sha256', name, 'hex').slice(0, 16)}`).toString();
