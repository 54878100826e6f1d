// How script text moves the context on: strings, template literals, comments, and whether a slash divides.
import { failed, type Context, type JsCtx, type State } from './html-context.ts';
import { stay, type Step } from './html-step.ts';
import { quote } from './quote.ts';

export function jsStep(c: Context, text: string): Step {
  const at = text.search(/["`'/{}<\-#]/);
  if (at < 0) return stay({ ...c, jsCtx: nextJsCtx(text, c.jsCtx) }, text);
  const before = { ...c, jsCtx: nextJsCtx(text.slice(0, at), c.jsCtx) };
  const to = (state: State, length: number): Step => ({ context: { ...before, state }, read: at + length });
  const string = (state: State): Step => ({ context: { ...before, state, jsCtx: 'jsCtxRegexp' }, read: at + 1 });
  const next = { context: before, read: at + 1 };
  switch (text[at]) {
    case '"':
      return string('stateJSDqStr');
    case "'":
      return string('stateJSSqStr');
    case '`':
      return string('stateJSTmplLit');
    case '/':
      if (text[at + 1] === '/') return to('stateJSLineCmt', 2);
      if (text[at + 1] === '*') return to('stateJSBlockCmt', 2);
      if (before.jsCtx === 'jsCtxRegexp') return to('stateJSRegexp', 1);
      if (before.jsCtx === 'jsCtxDivOp') return { context: { ...before, jsCtx: 'jsCtxRegexp' }, read: at + 1 };
      return stay(
        failed(`'/' could start a division or regexp: ${quote([...text.slice(at)].slice(0, 32).join(''))}`),
        text,
      );
    // Scripts take HTML's comment marks, and #!, as comments to the end of the line.
    case '<':
      return text.startsWith('<!--', at) ? to('stateJSHTMLOpenCmt', 4) : next;
    case '-':
      return text.startsWith('-->', at) ? to('stateJSHTMLCloseCmt', 3) : next;
    case '#':
      return text[at + 1] === '!' ? to('stateJSLineCmt', 2) : next;
    default:
      return brace(before, text[at]!, at + 1);
  }
}

/** Braces count inside `${…}`: the one that closes it leads back into the template literal. */
function brace(c: Context, char: string, read: number): Step {
  const jsCtx = nextJsCtx(char, c.jsCtx);
  const outer = c.jsBraceDepth.slice(0, -1);
  const depth = c.jsBraceDepth.at(-1);
  if (depth === undefined) return { context: { ...c, jsCtx }, read };
  if (char === '{') return { context: { ...c, jsCtx, jsBraceDepth: [...outer, depth + 1] }, read };
  if (depth > 0) return { context: { ...c, jsCtx, jsBraceDepth: [...outer, depth - 1] }, read };
  return { context: { ...c, state: 'stateJSTmplLit', jsBraceDepth: outer }, read };
}

export function jsTemplateLiteral(c: Context, text: string): Step {
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') {
      if (++at === text.length) return unfinishedEscape(text);
    } else if (char === '$' && text[at + 1] === '{') {
      return { context: { ...c, state: 'stateJS', jsBraceDepth: [...c.jsBraceDepth, 0] }, read: at + 2 };
    } else if (char === '`') return { context: { ...c, state: 'stateJS' }, read: at + 1 };
  }
  return stay(c, text);
}

const unfinishedEscape = (text: string): Step =>
  stay(failed(`unfinished escape sequence in JS string: ${quote(text)}`), text);

/** Strings and regular expressions. */
export function jsDelimited(c: Context, text: string): Step {
  const isRegexp = c.state === 'stateJSRegexp';
  const end = isRegexp ? '/' : c.state === 'stateJSSqStr' ? "'" : '"';
  let inCharset = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') {
      if (++at === text.length) return unfinishedEscape(text);
    } else if (isRegexp && char === '[') inCharset = true;
    else if (isRegexp && char === ']') inCharset = false;
    else if (char === end && !inCharset) {
      // "</script" in a regular expression does not end it: it is escaped later.
      if (!(isRegexp && at > 0 && text.slice(at - 1, at + 7).toLowerCase() === '</script')) {
        return { context: { ...c, state: 'stateJS', jsCtx: 'jsCtxDivOp' }, read: at + 1 };
      }
      at++;
    }
  }
  if (inCharset) return stay(failed(`unfinished JS regexp charset: ${quote(text)}`), text);
  return stay(c, text);
}

const JS_SPACE_END = /[\f\n\r\t\v \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+$/;

const REGEXP_PRECEDERS: ReadonlySet<string> = new Set([
  'break',
  'case',
  'continue',
  'delete',
  'do',
  'else',
  'finally',
  'in',
  'instanceof',
  'return',
  'throw',
  'try',
  'typeof',
  'void',
]);

/** Does a slash behind these tokens divide or begin a regular expression? */
function nextJsCtx(tokens: string, preceding: JsCtx): JsCtx {
  const text = tokens.replace(JS_SPACE_END, '');
  if (text === '') return preceding;
  const last = text.at(-1)!;
  if (last === '+' || last === '-') {
    // ++ and -- end an operand; a single sign waits for one.
    const run = /(?:\++|-+)$/.exec(text)![0].length;
    return run % 2 === 1 ? 'jsCtxRegexp' : 'jsCtxDivOp';
  }
  if (last === '.') return /[0-9]/.test(text.at(-2) ?? '') ? 'jsCtxDivOp' : 'jsCtxRegexp';
  if (',<>=*%&|^?!~([:;{}'.includes(last)) return 'jsCtxRegexp';
  const word = /[$0-9A-Za-z_]*$/.exec(text)![0];
  return REGEXP_PRECEDERS.has(word) ? 'jsCtxRegexp' : 'jsCtxDivOp';
}
