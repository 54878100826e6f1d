// A template rendered for a reader, with the template files that are shipped.
import type { Message } from '../../src/notify/message.ts';
import { messageData } from '../../src/template/data.ts';
import type { Mode } from '../../src/template/template-set.ts';
import { templateSet } from './integration-scene.ts';

export interface Reader {
  readonly lang: 'en' | 'zh';
  readonly timezone: string;
  readonly mode?: Mode;
}

const SHIPPED_ONLY = templateSet();

/** @param own template files of the user */
export function rendered(text: string, message: Message, reader: Reader, ...own: readonly string[]): string {
  const set = own.length === 0 ? SHIPPED_ONLY : templateSet(...own);
  const compiled = set.compile(text, reader.mode ?? 'text');
  if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
  const functions = { lang: () => reader.lang, timezone: () => reader.timezone };
  const result = compiled.value.render(messageData(message), { now: message.at, functions });
  if (!result.ok) throw new Error(result.message);
  return result.text;
}
