// Which thread a mail belongs to. Mail programs put together what carries the same References and, some of them, the
// same subject but for a word in front. A thread is an episode: from the first mail that something fires to the one
// that says all is resolved; the next firing is a new one. With `threading` the thread is upstream's instead: one a
// group, or one a group and day, under a mail that never was.
import { hash } from 'node:crypto';
import type { Message } from '../../notify/message.ts';
import type { Thread } from './memory.ts';

export function episodeOf(before: Thread | null, message: Message, own: { id: string; stem: string }): Thread {
  const { id, stem } = before === null || isOver(before, message) ? own : before;
  return { id, stem, state: message.status === 'resolved' ? 'over' : 'open' };
}

/** Where resolved messages are not sent nobody is told of an end: the next first notification is what shows it. */
const isOver = ({ state }: Thread, { reason }: Message): boolean =>
  state === 'over' || (state === 'open' && reason === 'first notification');

/** `[FIRING:2] HighLoad (db)` in its two parts; the first is the state. */
export function splitSubject(subject: string): { readonly state: string; readonly stem: string } {
  const [, state = '', stem = subject] = /^(\[[^\]]*\] *)(.*)$/su.exec(subject) ?? [];
  return { state, stem };
}

/** @param day where the receiver is: `2026-11-20` */
export function upstreamThread(groupKey: string, by: 'daily' | 'none', day: string): string {
  return `<alert-${hash('sha256', groupKey, 'hex').slice(0, 16)}-${by === 'daily' ? day : ''}@alertmanager>`;
}
