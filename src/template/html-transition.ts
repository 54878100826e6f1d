// How HTML text moves the context on: tags, attributes, comments. Scripts and style sheets have files of their own.
// Each step reads some text and says how much. Mirrors html/template/transition.go.
import { attributeKind } from './html-attributes.ts';
import {
  attrState,
  failed,
  inState,
  isComment,
  isInScriptLiteral,
  START,
  type Attr,
  type Context,
  type Element,
  type State,
} from './html-context.ts';
import { stay, urlContext, type Step } from './html-step.ts';
import { jsDelimited, jsStep, jsTemplateLiteral } from './html-transition-script.ts';
import { cssStep, cssString } from './html-transition-style.ts';
import { quote } from './quote.ts';

export function transition(c: Context, text: string, state: State = c.state): Step {
  switch (state) {
    case 'stateText':
      return textStep(c, text);
    case 'stateTag':
      return tagStep(c, text);
    case 'stateAttrName':
      return attrNameStep(c, text);
    case 'stateAfterName':
      return afterNameStep(c, text);
    case 'stateBeforeValue':
      return beforeValueStep(c, text);
    case 'stateHTMLCmt': {
      const end = text.indexOf('-->');
      return end < 0 ? stay(c, text) : { context: START, read: end + 3 };
    }
    case 'stateRCDATA':
      return specialTagEnd(c, text);
    case 'stateURL':
    case 'stateSrcset':
      return stay(urlContext(c, text), text);
    case 'stateMetaContent':
      return metaContentStep(c, text);
    case 'stateMetaContentURL': {
      const end = text.indexOf(';');
      return end < 0 ? stay(c, text) : { context: { ...c, state: 'stateMetaContent' }, read: end + 1 };
    }
    case 'stateJS':
      return jsStep(c, text);
    case 'stateJSDqStr':
    case 'stateJSSqStr':
    case 'stateJSRegexp':
      return jsDelimited(c, text);
    case 'stateJSTmplLit':
      return jsTemplateLiteral(c, text);
    case 'stateCSS':
      return cssStep(c, text);
    case 'stateCSSDqStr':
    case 'stateCSSSqStr':
    case 'stateCSSDqURL':
    case 'stateCSSSqURL':
    case 'stateCSSURL':
      return cssString(c, text);
    case 'stateJSBlockCmt':
    case 'stateCSSBlockCmt': {
      const end = text.indexOf('*/');
      const after = state === 'stateJSBlockCmt' ? 'stateJS' : 'stateCSS';
      return end < 0 ? stay(c, text) : { context: { ...c, state: after }, read: end + 2 };
    }
    case 'stateJSLineCmt':
    case 'stateJSHTMLOpenCmt':
    case 'stateJSHTMLCloseCmt':
      return lineComment(c, text, /[\n\r\u2028\u2029]/, 'stateJS');
    case 'stateCSSLineCmt':
      return lineComment(c, text, /[\n\f\r]/, 'stateCSS');
    case 'stateAttr':
    case 'stateError':
    case 'stateDead':
      return stay(c, text);
  }
}

/** The end of a line comment is not part of it. */
function lineComment(c: Context, text: string, end: RegExp, after: State): Step {
  const at = text.search(end);
  return at < 0 ? stay(c, text) : { context: { ...c, state: after }, read: at };
}

function textStep(c: Context, text: string): Step {
  for (let from = 0; ;) {
    const open = text.indexOf('<', from);
    if (open < 0 || open + 1 === text.length) return stay(c, text);
    if (text.startsWith('<!--', open)) return { context: inState('stateHTMLCmt'), read: open + 4 };
    const isEnd = text[open + 1] === '/';
    if (isEnd && open + 2 === text.length) return stay(c, text);
    const start = open + (isEnd ? 2 : 1);
    const name = /^[A-Za-z](?:[A-Za-z0-9]|[:-][A-Za-z0-9])*/.exec(text.slice(start));
    if (name !== null) {
      const element = isEnd ? 'elementNone' : (ELEMENTS.get(name[0].toLowerCase()) ?? 'elementNone');
      return { context: inState('stateTag', element), read: start + name[0].length };
    }
    from = start;
  }
}

const ELEMENTS: ReadonlyMap<string, Element> = new Map([
  ['script', 'elementScript'],
  ['style', 'elementStyle'],
  ['textarea', 'elementTextarea'],
  ['title', 'elementTitle'],
  ['meta', 'elementMeta'],
]);

const CONTENT_STATES: Readonly<Record<Element, State>> = {
  elementNone: 'stateText',
  elementScript: 'stateJS',
  elementStyle: 'stateCSS',
  elementTextarea: 'stateRCDATA',
  elementTitle: 'stateRCDATA',
  elementMeta: 'stateText',
};

const skipSpace = (text: string, from: number): number => from + /^[ \t\n\f\r]*/.exec(text.slice(from))![0].length;

function tagStep(c: Context, text: string): Step {
  const at = skipSpace(text, 0);
  if (at === text.length) return stay(c, text);
  if (text[at] === '>') {
    const element = c.element === 'elementMeta' ? 'elementNone' : c.element;
    return { context: inState(CONTENT_STATES[element], element), read: at + 1 };
  }
  const end = attrNameEnd(text, at);
  if (typeof end !== 'number') return stay(end, text);
  if (end === at) {
    return stay(failed(`expected space, attr name, or end of tag, but got ${quote(text.slice(at))}`), text);
  }
  const attr = attrOf(c.element, text.slice(at, end).toLowerCase());
  const state = end === text.length ? 'stateAttrName' : 'stateAfterName';
  return { context: { ...inState(state, c.element), attr }, read: end };
}

function attrOf(element: Element, name: string): Attr {
  if (element === 'elementScript' && name === 'type') return 'attrScriptType';
  if (element === 'elementMeta' && name === 'content') return 'attrMetaContent';
  switch (attributeKind(name)) {
    case 'url':
      return 'attrURL';
    case 'css':
      return 'attrStyle';
    case 'js':
      return 'attrScript';
    case 'srcset':
      return 'attrSrcset';
    default:
      return 'attrNone';
  }
}

/** Where the name ends, or the error context when a quote or `<` is in it. */
function attrNameEnd(text: string, from: number): number | Context {
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (' \t\n\f\r=>'.includes(char)) return at;
    if (`'"<`.includes(char)) return failed(`${quote(char)} in attribute name: ${quote(firstRunes(text, 32))}`);
  }
  return text.length;
}

const firstRunes = (text: string, count: number): string => [...text].slice(0, count).join('');

function attrNameStep(c: Context, text: string): Step {
  const end = attrNameEnd(text, 0);
  if (typeof end !== 'number') return stay(end, text);
  return { context: end === text.length ? c : { ...c, state: 'stateAfterName' }, read: end };
}

function afterNameStep(c: Context, text: string): Step {
  const at = skipSpace(text, 0);
  if (at === text.length) return stay(c, text);
  if (text[at] !== '=') return { context: { ...c, state: 'stateTag' }, read: at };
  return { context: { ...c, state: 'stateBeforeValue' }, read: at + 1 };
}

function beforeValueStep(c: Context, text: string): Step {
  const at = skipSpace(text, 0);
  if (at === text.length) return stay(c, text);
  const state = attrState(c.attr);
  if (text[at] === "'") return { context: { ...c, state, delim: 'delimSingleQuote' }, read: at + 1 };
  if (text[at] === '"') return { context: { ...c, state, delim: 'delimDoubleQuote' }, read: at + 1 };
  return { context: { ...c, state, delim: 'delimSpaceOrTagEnd' }, read: at };
}

const END_MARKERS: Readonly<Record<Exclude<Element, 'elementNone'>, RegExp>> = {
  elementScript: /<\/script[> \t\n\f/]/i,
  elementStyle: /<\/style[> \t\n\f/]/i,
  elementTextarea: /<\/textarea[> \t\n\f/]/i,
  elementTitle: /<\/title[> \t\n\f/]/i,
  elementMeta: /<\/[> \t\n\f/]/i,
};

/** Not inside the strings and comments of a script: they are read to their own end. */
export const hasSpecialEnd = (c: Context): boolean =>
  c.element !== 'elementNone' && !(c.element === 'elementScript' && (isInScriptLiteral(c.state) || isComment(c.state)));

/** The end tag of a script, style, title or text area; read 0 when it stands right here. */
export function specialTagEnd(c: Context, text: string): Step {
  if (c.element === 'elementNone' || !hasSpecialEnd(c)) return stay(c, text);
  const end = text.search(END_MARKERS[c.element]);
  return end < 0 ? stay(c, text) : { context: START, read: end };
}

/** `content="5; url=…"` */
function metaContentStep(c: Context, text: string): Step {
  const url = /url[ \t\n\f\r]*=/i.exec(text);
  if (url === null) return stay(c, text);
  return { context: { ...c, state: 'stateMetaContentURL' }, read: url.index + url[0].length };
}
