// The templates of an alert's labels and annotations: they are read, not carried out, for what a template finds is
// known only then.
import type { Complaint } from '../input/node.ts';
import { goQuote } from '../model/go-quote.ts';
import type { Position } from '../model/problem.ts';
import { RULE_VARIABLES } from '../template/rule-data.ts';
import { TemplateSet } from '../template/template-set.ts';
import type { Entry } from './read.ts';

type Texts = readonly (readonly [what: 'label' | 'annotation', entries: readonly Entry[]])[];

export function checkTemplates(alert: string, texts: Texts): void {
  for (const [what, entries] of texts) {
    for (const { name, value, node } of entries) {
      if (!value.includes('{{') || GOOD.has(value)) continue;
      const compiled = templates.compile(value, 'text', { name: `__alert_${alert}`, variables: RULE_VARIABLES });
      if (compiled.ok) remember(value);
      for (const problem of compiled.ok ? [] : compiled.problems) {
        const complaint: Complaint = {
          severity: 'error',
          code: 'rules/bad-template',
          message: `${what} ${goQuote(name)}: ${problem.message}`,
          within: within(value, problem.at),
        };
        node.complain(node.path, 'value', complaint);
      }
    }
  }
}

/** Rules that are generated share their texts, and reading texts is a fifth of the time that loading takes. */
const GOOD = new Set<string>();
const MOST_REMEMBERED = 1000;

/** Whether a text may define a template depends on the alert when it gives it the alert's own name. */
function remember(text: string): void {
  if (text.includes('__alert_')) return;
  if (GOOD.size >= MOST_REMEMBERED) GOOD.clear();
  GOOD.add(text);
}

/** A place in the template as one in its text. */
function within(text: string, at: Position | null): { readonly offset: number; readonly length: number } {
  if (at === null) return { offset: 0, length: text.length };
  const before = text.split('\n').slice(0, at.line - 1);
  return { offset: before.join('\n').length + (at.line > 1 ? 1 : 0) + at.column - 1, length: at.length };
}

const templates = emptySet();

function emptySet(): TemplateSet {
  const parsed = TemplateSet.parse([], 'prometheus');
  if (!parsed.ok) throw new Error('no templates at all do not parse');
  return parsed.value;
}
