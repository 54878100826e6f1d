// Where in an HTML document a template stands: in text, in a tag, inside an attribute, a script, a style sheet …
// The names are Go's (html/template/context.go), because its messages print them.
import type { Node } from './node.ts';

export type State =
  | 'stateText'
  | 'stateTag'
  | 'stateAttrName'
  | 'stateAfterName'
  | 'stateBeforeValue'
  | 'stateHTMLCmt'
  | 'stateRCDATA'
  | 'stateAttr'
  | 'stateURL'
  | 'stateSrcset'
  | 'stateJS'
  | 'stateJSDqStr'
  | 'stateJSSqStr'
  | 'stateJSTmplLit'
  | 'stateJSRegexp'
  | 'stateJSBlockCmt'
  | 'stateJSLineCmt'
  | 'stateJSHTMLOpenCmt'
  | 'stateJSHTMLCloseCmt'
  | 'stateCSS'
  | 'stateCSSDqStr'
  | 'stateCSSSqStr'
  | 'stateCSSDqURL'
  | 'stateCSSSqURL'
  | 'stateCSSURL'
  | 'stateCSSBlockCmt'
  | 'stateCSSLineCmt'
  | 'stateError'
  | 'stateMetaContent'
  | 'stateMetaContentURL'
  // Behind a {{break}} or {{continue}}: never reached.
  | 'stateDead';

export type Delim = 'delimNone' | 'delimDoubleQuote' | 'delimSingleQuote' | 'delimSpaceOrTagEnd';
export type UrlPart = 'urlPartNone' | 'urlPartPreQuery' | 'urlPartQueryOrFrag' | 'urlPartUnknown';
/** Would a slash here begin a regular expression, or divide? */
export type JsCtx = 'jsCtxRegexp' | 'jsCtxDivOp' | 'jsCtxUnknown';
export type Element =
  | 'elementNone'
  | 'elementScript'
  | 'elementStyle'
  | 'elementTextarea'
  | 'elementTitle'
  | 'elementMeta';
export type Attr =
  | 'attrNone'
  | 'attrScript'
  | 'attrScriptType'
  | 'attrStyle'
  | 'attrURL'
  | 'attrSrcset'
  | 'attrMetaContent';

/** Why a template cannot be escaped. `node` or `line` tell where, as far as that is known. */
export interface EscapeError {
  readonly node: Node | null;
  readonly line: number;
  readonly message: string;
}

export interface Context {
  readonly state: State;
  readonly delim: Delim;
  readonly urlPart: UrlPart;
  readonly jsCtx: JsCtx;
  /** Open braces of each `${` in template literals. */
  readonly jsBraceDepth: readonly number[];
  readonly attr: Attr;
  readonly element: Element;
  readonly error: EscapeError | null;
}

export const START: Context = {
  state: 'stateText',
  delim: 'delimNone',
  urlPart: 'urlPartNone',
  jsCtx: 'jsCtxRegexp',
  jsBraceDepth: [],
  attr: 'attrNone',
  element: 'elementNone',
  error: null,
};

export const inState = (state: State, element: Element = 'elementNone'): Context => ({ ...START, state, element });

export function failed(message: string, node: Node | null = null, line = 0): Context {
  return { ...START, state: 'stateError', error: { node, line, message } };
}

export function sameContext(a: Context, b: Context): boolean {
  return (
    a.state === b.state &&
    a.delim === b.delim &&
    a.urlPart === b.urlPart &&
    a.jsCtx === b.jsCtx &&
    a.jsBraceDepth.join() === b.jsBraceDepth.join() &&
    a.attr === b.attr &&
    a.element === b.element &&
    a.error === b.error
  );
}

export function contextText(c: Context): string {
  const depth = `[${c.jsBraceDepth.join(' ')}]`;
  const error = c.error === null ? '<nil>' : c.error.message;
  return `{${[c.state, c.delim, c.urlPart, c.jsCtx, depth, c.attr, c.element, error].join(' ')}}`;
}

/** The name of a template as it is when called in this context; in plain text it keeps its own. */
export function mangled(name: string, c: Context): string {
  if (c.state === 'stateText') return name;
  let out = `${name}$htmltemplate_${c.state}`;
  if (c.delim !== 'delimNone') out += `_${c.delim}`;
  if (c.urlPart !== 'urlPartNone') out += `_${c.urlPart}`;
  if (c.jsCtx !== 'jsCtxRegexp') out += `_${c.jsCtx}`;
  if (c.jsBraceDepth.length > 0) out += `_jsBraceDepth([${c.jsBraceDepth.join(' ')}])`;
  if (c.attr !== 'attrNone') out += `_${c.attr}`;
  if (c.element !== 'elementNone') out += `_${c.element}`;
  return out;
}

export function isComment(state: State): boolean {
  switch (state) {
    case 'stateHTMLCmt':
    case 'stateJSBlockCmt':
    case 'stateJSLineCmt':
    case 'stateJSHTMLOpenCmt':
    case 'stateJSHTMLCloseCmt':
    case 'stateCSSBlockCmt':
    case 'stateCSSLineCmt':
      return true;
    default:
      return false;
  }
}

export const isInTag = (state: State): boolean =>
  state === 'stateTag' ||
  state === 'stateAttrName' ||
  state === 'stateAfterName' ||
  state === 'stateBeforeValue' ||
  state === 'stateAttr';

/** Strings, template literals and regular expressions of a script: an end tag inside them is no end tag. */
export const isInScriptLiteral = (state: State): boolean =>
  state === 'stateJSDqStr' || state === 'stateJSSqStr' || state === 'stateJSTmplLit' || state === 'stateJSRegexp';

const ATTR_STATES: Readonly<Record<Attr, State>> = {
  attrNone: 'stateAttr',
  attrScript: 'stateJS',
  attrScriptType: 'stateAttr',
  attrStyle: 'stateCSS',
  attrURL: 'stateURL',
  attrSrcset: 'stateSrcset',
  attrMetaContent: 'stateMetaContent',
};

/** What the value of such an attribute is. */
export const attrState = (attr: Attr): State => ATTR_STATES[attr];
