// Two branches come together: their contexts must agree, or differ only where later text can still tell.
import { contextText, failed, sameContext, type Context } from './html-context.ts';
import { nudge } from './html-action.ts';
import type { Node } from './node.ts';

export function joinContexts(a: Context, b: Context, node: Node, word: string): Context {
  if (a.state === 'stateError') return a;
  if (b.state === 'stateError') return b;
  if (a.state === 'stateDead') return b;
  if (b.state === 'stateDead') return a;
  if (sameContext(a, b)) return a;
  if (sameContext({ ...a, urlPart: b.urlPart }, b)) return { ...a, urlPart: 'urlPartUnknown' };
  if (sameContext({ ...a, jsCtx: b.jsCtx }, b)) return { ...a, jsCtx: 'jsCtxUnknown' };
  // `<p title={{if .C}}{{.}}{{end}}`: one branch has begun the value, the other is about to.
  const nudgedA = nudge(a);
  const nudgedB = nudge(b);
  if (!sameContext(nudgedA, a) || !sameContext(nudgedB, b)) {
    const joined = joinContexts(nudgedA, nudgedB, node, word);
    if (joined.state !== 'stateError') return joined;
  }
  return failed(`{{${word}}} branches end in different contexts: ${contextText(a)}, ${contextText(b)}`, node);
}
