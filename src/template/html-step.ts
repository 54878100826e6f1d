// One move through HTML text: the context reached and how much text that took.
import type { Context } from './html-context.ts';

export interface Step {
  readonly context: Context;
  readonly read: number;
}

export const stay = (context: Context, text: string): Step => ({ context, read: text.length });

/** Before or behind the `?` or `#` of a URL. */
export function urlContext(c: Context, text: string): Context {
  if (/[#?]/.test(text)) return { ...c, urlPart: 'urlPartQueryOrFrag' };
  if (c.urlPart === 'urlPartNone' && /[^ \t\n\f\r]/.test(text)) return { ...c, urlPart: 'urlPartPreQuery' };
  return c;
}
