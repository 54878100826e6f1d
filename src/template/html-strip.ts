// The text of an HTML fragment without its tags and comments: trusted HTML that stands in an attribute.
import { isInTag, START, type Context } from './html-context.ts';
import { transition } from './html-transition.ts';
import type { Run } from './run.ts';

const DELIM_ENDS = { delimDoubleQuote: /"/, delimSingleQuote: /'/, delimSpaceOrTagEnd: /[ \t\n\f\r>]/ } as const;

export const delimEnd = (c: Context, text: string): number =>
  c.delim === 'delimNone' ? -1 : text.search(DELIM_ENDS[c.delim]);

const isText = (c: Context): boolean => c.state === 'stateText' || c.state === 'stateRCDATA';

export function stripTags(html: string, run: Run): string {
  let out = '';
  let c = START;
  let at = 0;
  let allText = true;
  while (at < html.length) {
    run.spend(1);
    const rest = html.slice(at);
    if (c.delim !== 'delimNone') {
      const end = delimEnd(c, rest);
      if (end < 0) break;
      at += end + (c.delim === 'delimSpaceOrTagEnd' ? 0 : 1);
      c = { ...START, state: 'stateTag', element: c.element };
      continue;
    }
    // A script is skipped as if it were text up to its end tag.
    const state = c.element !== 'elementNone' && !isInTag(c.state) ? 'stateRCDATA' : c.state;
    const { context, read } = transition(c, rest, state);
    if (isText(c)) {
      const open = context.state === c.state ? -1 : rest.slice(0, read).lastIndexOf('<');
      out += rest.slice(0, open < 0 ? read : open);
    } else allText = false;
    c = context;
    at += read;
  }
  if (allText) return html;
  return isText(c) ? out + html.slice(at) : out;
}
