// The labels and annotations of a rule, as templates: compiled once, expanded for each element of an answer. A
// template may ask the data source itself (`query`); then it is expanded again with the answers.
import { expandAll, type Expanded, type Expansion, ExpansionMemory, type NamedExpand } from '../../evaluate/expand.ts';
import type { Sample } from '../../model/sample.ts';
import type { Instant } from '../../model/time.ts';
import type { Answer } from '../../ports/data-source.ts';
import type { AlertingRule, Rule, RuleGroup } from '../../rules/rule.ts';
import { shownValue } from '../../template/histogram-text.ts';
import { QueryBook } from '../../template/queries.ts';
import { RULE_VARIABLES, ruleDot, ruleVariables } from '../../template/rule-data.ts';
import { duration } from '../../template/time.ts';
import type { Template, TemplateSet } from '../../template/template-set.ts';
import type { RuleWorld } from './world.ts';

type Compiled = readonly [name: string, template: Template, isOfLabelsAlone: boolean];

export interface RuleTexts {
  readonly labels: readonly Compiled[];
  readonly annotations: readonly Compiled[];
  /** null when some template says what the element does not (asks the data source, tells the time): it says something
   * else next time. */
  readonly memory: ExpansionMemory | null;
  readonly generatorURL: string;
}

/** Most that rules say of an element. */
const LABEL_ALONE = /\{\{ *(?:\$labels|\.Labels)\.[A-Za-z_][A-Za-z0-9_]* *\}\}/g;

/** Rules were checked when they were loaded: a template that does not compile now is a defect of ours. */
export function compileTexts(rule: AlertingRule, templates: TemplateSet, externalURL: string): RuleTexts {
  const compile = ([name, text]: readonly [string, string]): Compiled => {
    const compiled = templates.compile(text, 'text', { name: nameOf(rule), variables: RULE_VARIABLES });
    if (!compiled.ok) throw new Error(`a template of rule ${rule.name} was loaded and does not compile`);
    return [name, compiled.value, !text.replace(LABEL_ALONE, '').includes('{{')];
  };
  const all = [...rule.labels, ...rule.annotations];
  return {
    labels: rule.labels.map(compile),
    annotations: rule.annotations.map(compile),
    memory: all.some(([, text]) => /\b(?:query|now|isPartial)\b/.test(text)) ? null : new ExpansionMemory(),
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
  readonly slot: Instant;
  readonly signal: AbortSignal;
}

/** A template whose answers raise new questions is given so many rounds. */
const MOST_ROUNDS = 5;

export async function expandRule(
  texts: RuleTexts,
  context: ExpandContext,
  answer: Answer & { kind: 'vector' },
): Promise<Expanded> {
  const book = new QueryBook();
  for (let round = 1; ; round++) {
    const expansion = expansionOf(texts, context, book, answer.isPartial);
    const expanded = expandAll(context.rule, expansion, answer.vector, texts.memory);
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

function expansionOf(
  texts: RuleTexts,
  { world, group, rule, slot }: ExpandContext,
  book: QueryBook,
  isPartial: boolean,
): Expansion {
  const { externalLabels, externalURL } = world;
  const env = {
    now: slot,
    functions: { query: book.query, externalURL: () => externalURL, pathPrefix: () => pathPrefixOf(externalURL) },
  };
  const extras = {
    ...{ expr: rule.query, groupID: group.id, type: 'prometheus', isPartial },
    for: duration(BigInt(rule.for) * NANOS_PER_MS),
    interval: duration(BigInt(group.interval) * NANOS_PER_MS),
  };
  const expand = ([name, template, isOfLabelsAlone]: Compiled): NamedExpand => [
    name,
    (sample: Sample) => {
      const data = { labels: sample.labels, value: shownValue(sample), externalLabels, externalURL, extras };
      const result = template.render(ruleDot(data), { ...env, variables: ruleVariables(data) });
      return result.ok ? result : { ok: false, message: inPrometheusWords(rule, result.message) };
    },
    isOfLabelsAlone,
  ];
  return { labels: texts.labels.map(expand), annotations: texts.annotations.map(expand) };
}

const NANOS_PER_MS = 1_000_000n;

const nameOf = ({ name }: Pick<Rule, 'name'>): string => `__alert_${name}`;

const pathPrefixOf = (externalURL: string): string => new URL(externalURL).pathname.replace(/\/+$/, '');

/** `{{$labels := .Labels}}` and so on: Prometheus puts them in front of the text, and counts them. */
const DECLARATIONS = 112;

/** The text of a failure may become a label: then it says which alert it is. */
function inPrometheusWords(rule: Pick<Rule, 'name'>, message: string): string {
  const name = nameOf(rule);
  const place = `template: ${name}:1:`;
  const [, column = '', rest = ''] = /^([0-9]+)(.*)$/s.exec(message.slice(place.length)) ?? [];
  const isOnFirstLine = message.startsWith(place) && column !== '';
  const placed = isOnFirstLine ? `${place}${Number(column) + DECLARATIONS}${rest}` : message;
  return `error executing template ${name}: ${placed}`;
}

async function ask(query: string, { group, world, slot, signal }: ExpandContext): ReturnType<typeof answerOf> {
  const { source, timeout } = world.source(group.datasource);
  const deadline = Math.min(world.clock.now() + timeout, slot + group.interval);
  return answerOf(
    await source.ask({ query, at: slot, params: group.params, headers: group.headers, deadline, signal }),
  );
}

async function answerOf(answer: Answer): Promise<Parameters<QueryBook['answer']>[1]> {
  return answer.kind === 'vector'
    ? { ok: true, samples: answer.vector.map((sample) => ({ labels: sample.labels, value: shownValue(sample) })) }
    : { ok: false, message: answer.message };
}

/** As HTML forms escape: a space is a plus. */
const formEscape = (text: string): string =>
  encodeURIComponent(text)
    .replace(/%20/g, '+')
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
