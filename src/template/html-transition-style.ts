// How style sheet text moves the context on: strings, url(…), comments.
import { failed, type Context, type State } from './html-context.ts';
import { urlContext, type Step } from './html-step.ts';
import { decodeCss } from './css-text.ts';
import { quote } from './quote.ts';

export function cssStep(c: Context, text: string): Step {
  const to = (state: State, read: number): Step => ({ context: { ...c, state }, read });
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '(': {
        if (!endsWithUrl(text, at)) break;
        const start = at + 1 + /^[\t\n\f\r ]*/.exec(text.slice(at + 1))![0].length;
        if (text[start] === '"') return to('stateCSSDqURL', start + 1);
        if (text[start] === "'") return to('stateCSSSqURL', start + 1);
        return to('stateCSSURL', start);
      }
      case '/':
        if (text[at + 1] === '/') return to('stateCSSLineCmt', at + 2);
        if (text[at + 1] === '*') return to('stateCSSBlockCmt', at + 2);
        break;
      case '"':
        return to('stateCSSDqStr', at + 1);
      case "'":
        return to('stateCSSSqStr', at + 1);
      default:
        break;
    }
  }
  return { context: c, read: text.length };
}

/** The word `url`, and perhaps space, right before `end`. */
function endsWithUrl(text: string, end: number): boolean {
  let at = end;
  while (at > 0 && '\t\n\f\r '.includes(text[at - 1]!)) at--;
  const before = text[at - 4] ?? '';
  return text.slice(Math.max(0, at - 3), at).toLowerCase() === 'url' && !/[a-z0-9_\u0080-\ufffd-]/i.test(before);
}

const ENDS: Readonly<Partial<Record<State, string>>> = {
  stateCSSDqStr: '"',
  stateCSSDqURL: '"',
  stateCSSSqStr: "'",
  stateCSSSqURL: "'",
  stateCSSURL: '\t\n\f\r )',
};

/** Any string may be a URL, so its parts are followed as one. */
export function cssString(c: Context, text: string): Step {
  const ends = ENDS[c.state] ?? '';
  let current = c;
  let from = 0;
  let lastEscape = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\') {
      if (++at === text.length) {
        const message = `unfinished escape sequence in CSS string: ${quote(text)}`;
        return { context: failed(message), read: text.length };
      }
      // From the escape before on: that one may have been cut in two.
      current = urlContext(current, decodeCss(text.slice(lastEscape, at + 1)));
      lastEscape = at - 1;
      from = at + 1;
    } else if (ends.includes(char)) return { context: { ...current, state: 'stateCSS' }, read: at + 1 };
  }
  return { context: urlContext(current, decodeCss(text.slice(from))), read: text.length };
}
