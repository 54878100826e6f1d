// The labels and annotations of a rule, as templates: compiled once, expanded for each element of an answer. A
// template may ask the data source itself (`query`); then it is expanded again with the answers.
import { expandAll, type Expand, type Expanded, type Expansion, type ExpansionMemory } from '../../evaluate/expand.ts';
import type { Sample } from '../../model/sample.ts';
import type { Instant } from '../../model/time.ts';
import type { Answer } from '../../ports/data-source.ts';
import type { AlertingRule, Rule, RuleGroup } from '../../rules/rule.ts';
import { QueryBook } from '../../template/queries.ts';
import { RULE_VARIABLES, ruleDot, ruleVariables } from '../../template/rule-data.ts';
import type { Template, TemplateSet } from '../../template/template-set.ts';
import type { RuleWorld } from './world.ts';

export interface RuleTexts {
  readonly labels: readonly (readonly [name: string, template: Template])[];
  readonly annotations: readonly (readonly [name: string, template: Template])[];
  /** Some template uses `query`. */
  readonly asks: boolean;
  readonly generatorURL: string;
}

/** Rules were checked when they were loaded: a template that does not compile now is a defect of ours. */
export function compileTexts(rule: AlertingRule, templates: TemplateSet, externalURL: string): RuleTexts {
  const compile = ([name, text]: readonly [string, string]): readonly [string, Template] => {
    const compiled = templates.compile(text, 'text', { name: `__alert_${rule.name}`, variables: RULE_VARIABLES });
    if (!compiled.ok) throw new Error(`a template of rule ${rule.name} was loaded and does not compile`);
    return [name, compiled.value];
  };
  const all = [...rule.labels, ...rule.annotations];
  return {
    labels: rule.labels.map(compile),
    annotations: rule.annotations.map(compile),
    asks: all.some(([, text]) => text.includes('query')),
    generatorURL: generatorURL(rule, externalURL),
  };
}

/** Where the expression can be looked at, as Prometheus links it. */
export const generatorURL = (rule: Pick<Rule, 'query'>, externalURL: string): string =>
  `${externalURL}/graph?g0.expr=${formEscape(rule.query)}&g0.tab=1`;

export interface ExpandContext {
  readonly group: RuleGroup;
  readonly rule: AlertingRule;
  readonly world: RuleWorld;
  readonly memory: ExpansionMemory | null;
  readonly slot: Instant;
  readonly signal: AbortSignal;
}

/** A template whose answers raise new questions is given so many rounds. */
const MOST_ROUNDS = 5;

export async function expandRule(
  texts: RuleTexts,
  context: ExpandContext,
  { vector }: Answer & { kind: 'vector' },
): Promise<Expanded> {
  const book = new QueryBook();
  for (let round = 1; ; round++) {
    const expansion = expansionOf(texts, context, book);
    const expanded = expandAll(context.rule, expansion, vector, context.memory);
    if (book.missing.length === 0) return expanded;
    const isLast = round === MOST_ROUNDS;
    for (const expression of book.missing) {
      book.answer(
        expression,
        isLast ? { ok: false, message: 'queries inside queries go too deep' } : await ask(expression, context),
      );
    }
  }
}

function expansionOf(texts: RuleTexts, { world, slot }: ExpandContext, book: QueryBook): Expansion {
  const env = { now: slot, functions: { query: book.query } };
  const { externalLabels, externalURL } = world;
  const expand = ([name, template]: readonly [string, Template]): readonly [string, Expand] => [
    name,
    ({ labels, value }: Sample) => {
      const data = { labels, value, externalLabels, externalURL };
      return template.render(ruleDot(data), { ...env, variables: ruleVariables(data) });
    },
  ];
  return { labels: texts.labels.map(expand), annotations: texts.annotations.map(expand) };
}

async function ask(query: string, { group, world, slot, signal }: ExpandContext): ReturnType<typeof answerOf> {
  const { source, timeout } = world.source(group.datasource);
  const deadline = Math.min(world.clock.now() + timeout, slot + group.interval);
  return answerOf(
    await source.ask({ query, at: slot, params: group.params, headers: group.headers, deadline, signal }),
  );
}

async function answerOf(answer: Answer): Promise<Parameters<QueryBook['answer']>[1]> {
  return answer.kind === 'vector' ? { ok: true, samples: answer.vector } : { ok: false, message: answer.message };
}

/** As HTML forms escape: a space is a plus. */
const formEscape = (text: string): string =>
  encodeURIComponent(text)
    .replace(/%20/g, '+')
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
