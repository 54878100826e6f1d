// Nobody may take a test for a page, whatever the templates of the receiver make of it.
import type { Mode } from '../template/template-set.ts';
import type { Message } from './message.ts';

export const TEST_MARK = '[TEST]';
/** As far as everybody reads, and nothing is cut off. */
const START = 200;

export const isTest = ({ reason }: Pick<Message, 'reason'>): boolean => reason === 'test';

export function withTestMark(text: string, mode: Mode = 'text'): string {
  if ((mode === 'html' ? text : text.slice(0, START)).includes(TEST_MARK)) return text;
  if (text.trim() === '') return TEST_MARK;
  const start = mode === 'html' ? /<body[^>]*>/i.exec(text) : null;
  const at = start === null ? 0 : start.index + start[0].length;
  return `${text.slice(0, at)}${TEST_MARK} ${text.slice(at)}`;
}
