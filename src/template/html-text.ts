// The text between actions: it moves the context on, and loses what could confuse a reader, comments and stray `<`.
import { unescapeEntities } from './html-entities.ts';
import { failed, isComment, isInScriptLiteral, START, type Context, type Element } from './html-context.ts';
import type { Step } from './html-step.ts';
import { delimEnd } from './html-strip.ts';
import { hasSpecialEnd, specialTagEnd, transition } from './html-transition.ts';
import type { TextNode } from './node.ts';
import { quote } from './quote.ts';

export interface EscapedText {
  readonly context: Context;
  /** The new text, null when it stays as it is. */
  readonly text: string | null;
}

export function escapeTextNode(start: Context, node: TextNode): EscapedText {
  const { text } = node;
  const ends = new SpecialEnds(text);
  let c = start;
  let out = '';
  let written = 0;
  let at = 0;
  while (at < text.length) {
    const { context, read } = afterText(c, text.slice(at), ends.read(c, at));
    const end = at + read;
    if (c.state === 'stateText' || c.state === 'stateRCDATA') {
      const to = context.state === c.state ? end : lastOpen(text, at, end);
      for (let i = at; i < to; i++) {
        if (text[i] !== '<' || /^<!DOCTYPE/i.test(text.slice(i, i + 9))) continue;
        out += `${text.slice(written, i)}&lt;`;
        written = i + 1;
      }
    } else if (isComment(c.state) && c.delim === 'delimNone') {
      out += commentStandIn(c, text.slice(written, end));
      written = end;
    }
    if (c.state !== context.state && isComment(context.state) && context.delim === 'delimNone') {
      out += text.slice(written, end - commentMark(context));
      written = end;
    }
    const part = text.slice(at, end);
    if (isInScriptLiteral(c.state) && SCRIPT_TAG.test(part)) {
      out += text.slice(written, at) + part.replace(/<(script|\/script|!--)/gi, '\\x3C$1');
      written = end;
    }
    if (read === 0 && c.state === context.state) {
      return { context: failed(`no way on from ${c.state} at ${quote(text.slice(at, at + 32))}`, node), text: null };
    }
    c = context;
    at = end;
  }
  if (written === 0 || c.state === 'stateError') return { context: c, text: null };
  return { context: c, text: isComment(c.state) && c.delim === 'delimNone' ? out : out + text.slice(written) };
}

const SCRIPT_TAG = /<(?:script|\/script|!--)/i;

function lastOpen(text: string, from: number, to: number): number {
  const open = text.lastIndexOf('<', to - 1);
  return open >= from ? open : to;
}

/** A block comment separates as a space does, or as a line end if it has one. */
function commentStandIn(c: Context, comment: string): string {
  if (c.state === 'stateJSBlockCmt') return /[\n\r\u2028\u2029]/.test(comment) ? '\n' : ' ';
  return c.state === 'stateCSSBlockCmt' ? ' ' : '';
}

/** How long the mark is that opened this comment. */
function commentMark(c: Context): number {
  if (c.state === 'stateHTMLCmt' || c.state === 'stateJSHTMLOpenCmt') return 4;
  return c.state === 'stateJSHTMLCloseCmt' ? 3 : 2;
}

/** Where the current script, style or title ends, looked for once: a script is read in many small steps. */
class SpecialEnds {
  readonly #text: string;
  #element: Element = 'elementNone';
  #from = 0;
  #to = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** How much text from `at` lies before the end tag. */
  read(c: Context, at: number): number {
    if (c.delim !== 'delimNone' || !hasSpecialEnd(c)) return this.#text.length - at;
    if (this.#element !== c.element || at < this.#from || at > this.#to) {
      this.#element = c.element;
      this.#from = at;
      this.#to = at + specialTagEnd(c, this.#text.slice(at)).read;
    }
    return this.#to - at;
  }
}

function afterText(c: Context, text: string, beforeEnd: number): Step {
  if (c.delim === 'delimNone') {
    return beforeEnd === 0 ? { context: START, read: 0 } : transition(c, text.slice(0, beforeEnd));
  }
  const found = delimEnd(c, text);
  const end = found < 0 ? text.length : found;
  if (c.delim === 'delimSpaceOrTagEnd') {
    const bad = /["'<=`]/.exec(text.slice(0, end));
    if (bad !== null) {
      const message = `${quote(bad[0])} in unquoted attr: ${quote(text.slice(0, end))}`;
      return { context: failed(message), read: text.length };
    }
  }
  if (end === text.length) return { context: insideValue(c, text), read: text.length };
  return {
    context: { ...START, state: 'stateTag', element: elementAfter(c, text.slice(0, end)) },
    read: end + (c.delim === 'delimSpaceOrTagEnd' ? 0 : 1),
  };
}

/** The value goes on behind the text; it is read as a browser would, entities undone. */
function insideValue(c: Context, text: string): Context {
  let context = c;
  let rest = unescapeEntities(text);
  while (rest !== '') {
    const step = transition(context, rest);
    if (step.read === 0 && step.context.state === context.state) break;
    context = step.context;
    rest = rest.slice(step.read);
  }
  return context;
}

/** A script whose type is no script language is text. */
function elementAfter(c: Context, value: string): Element {
  const isType = c.state === 'stateAttr' && c.element === 'elementScript' && c.attr === 'attrScriptType';
  return isType && !isScriptType(value) ? 'elementNone' : c.element;
}

const SCRIPT_TYPES =
  /^(?:|application\/(?:ecmascript|javascript|json|ld\+json|x-ecmascript|x-javascript)|module|text\/(?:ecmascript|javascript(?:1\.[0-5])?|jscript|livescript|x-ecmascript|x-javascript))$/;

const isScriptType = (mime: string): boolean => SCRIPT_TYPES.test(mime.split(';')[0]!.toLowerCase().trim());
