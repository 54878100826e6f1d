// dedup_key, alias, entity_id: what a group is called where messages about it have to find each other. It is the same
// from its first message to its last, and across restarts.
import { hash } from 'node:crypto';
import type { Message } from './message.ts';

export const groupHash = ({ groupKey }: Message): string => hash('sha256', groupKey, 'hex');
