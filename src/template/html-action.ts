// Which escapers an action needs where it stands.
import { attrState, failed, isComment, type Context } from './html-context.ts';
import { nodeText, type ActionNode } from './node.ts';

export interface EscapedAction {
  readonly context: Context;
  readonly escapers: readonly string[];
}

/** The context an inserted value begins in: `<a href={{.}}` is at the start of an unquoted value. */
export function nudge(c: Context): Context {
  switch (c.state) {
    case 'stateTag':
      return { ...c, state: 'stateAttrName' };
    case 'stateBeforeValue':
      return { ...c, state: attrState(c.attr), delim: 'delimSpaceOrTagEnd', attr: 'attrNone' };
    case 'stateAfterName':
      return { ...c, state: 'stateAttrName', attr: 'attrNone' };
    default:
      return c;
  }
}

export function actionEscapers(start: Context, node: ActionNode): EscapedAction {
  if (node.pipe.declared.length > 0) return { context: start, escapers: [] };
  const c = nudge(start);
  const refused = predefinedEscaper(c, node);
  if (refused !== null) return { context: refused, escapers: [] };
  if (c.state === 'stateError') return { context: c, escapers: [] };
  if (c.urlPart === 'urlPartUnknown' && isUrlLike(c)) {
    const message = `${nodeText(node)} appears in an ambiguous context within a URL`;
    return { context: failed(message, node), escapers: [] };
  }
  const escapers = [...stateEscapers(c)];
  if (c.delim === 'delimSpaceOrTagEnd') escapers.push('_html_template_nospaceescaper');
  else if (c.delim !== 'delimNone') escapers.push('_html_template_attrescaper');
  return { context: after(c), escapers };
}

/** `html` and `urlquery` may only come last, and `html` not in an unquoted value. */
function predefinedEscaper(c: Context, node: ActionNode): Context | null {
  const { commands } = node.pipe;
  for (const [at, command] of commands.entries()) {
    const first = command.args[0];
    if (first?.kind !== 'identifier' || (first.name !== 'html' && first.name !== 'urlquery')) continue;
    const unquoted = c.state === 'stateAttr' && c.delim === 'delimSpaceOrTagEnd' && first.name === 'html';
    if (at < commands.length - 1 || unquoted) {
      return failed(`predefined escaper "${first.name}" disallowed in template`, node);
    }
  }
  return null;
}

function isUrlLike(c: Context): boolean {
  switch (c.state) {
    case 'stateURL':
    case 'stateCSSDqStr':
    case 'stateCSSSqStr':
    case 'stateCSSDqURL':
    case 'stateCSSSqURL':
    case 'stateCSSURL':
      return true;
    default:
      return false;
  }
}

function urlEscapers(c: Context): readonly string[] {
  if (c.urlPart === 'urlPartQueryOrFrag') return ['_html_template_urlescaper'];
  const isString = c.state === 'stateCSSDqStr' || c.state === 'stateCSSSqStr';
  const encode = isString ? '_html_template_cssescaper' : '_html_template_urlnormalizer';
  return c.urlPart === 'urlPartNone' ? ['_html_template_urlfilter', encode] : [encode];
}

function stateEscapers(c: Context): readonly string[] {
  if (isUrlLike(c)) return urlEscapers(c);
  if (isComment(c.state)) return ['_html_template_commentescaper'];
  switch (c.state) {
    case 'stateMetaContentURL':
      return ['_html_template_urlfilter'];
    case 'stateJS':
      return ['_html_template_jsvalescaper'];
    case 'stateJSDqStr':
    case 'stateJSSqStr':
      return ['_html_template_jsstrescaper'];
    case 'stateJSTmplLit':
      return ['_html_template_jstmpllitescaper'];
    case 'stateJSRegexp':
      return ['_html_template_jsregexpescaper'];
    case 'stateCSS':
      return ['_html_template_cssvaluefilter'];
    case 'stateText':
      return ['_html_template_htmlescaper'];
    case 'stateRCDATA':
      return ['_html_template_rcdataescaper'];
    case 'stateAttrName':
      return ['_html_template_htmlnamefilter'];
    case 'stateSrcset':
      return ['_html_template_srcsetescaper'];
    default:
      return [];
  }
}

/** A slash behind a value divides. */
const after = (c: Context): Context => (c.state === 'stateJS' ? { ...c, jsCtx: 'jsCtxDivOp' } : c);
