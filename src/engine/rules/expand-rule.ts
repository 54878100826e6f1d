// The labels and annotations of a rule, as templates: compiled once, expanded for each element of an answer. A
// template may ask the data source itself (`query`); then it is expanded again with the answers.
import { expandAll, type Expanded, type Expansion, ExpansionMemory, type NamedExpand } from '../../evaluate/expand.ts';
import type { Instances } from '../../evaluate/instance.ts';
import { decimalId } from '../../model/decimal-id.ts';
import { fingerprintNumber } from '../../model/fingerprint.ts';
import type { Labels } from '../../model/labels.ts';
import type { Sample } from '../../model/sample.ts';
import type { Answer } from '../../ports/data-source.ts';
import type { AlertingRule, Rule, RuleGroup } from '../../rules/rule.ts';
import { shownValue } from '../../template/histogram-text.ts';
import { QueryBook } from '../../template/queries.ts';
import { RULE_VARIABLES, ruleDot, ruleVariables } from '../../template/rule-data.ts';
import { UINT64 } from '../../template/go-type.ts';
import { duration, GoTime, ZERO_UNIX } from '../../template/time.ts';
import type { Template } from '../../template/template-set.ts';
import { Scalar } from '../../template/values.ts';
import { UTC } from '../../template/zone.ts';
import { askBeside, oneQuestion, type AskContext } from './ask-beside.ts';
import type { RuleWorld } from './world.ts';

interface Compiled {
  readonly name: string;
  readonly template: Template;
  /** Nothing but the labels of the element goes into it. */
  readonly isOfLabelsAlone: boolean;
  /** It says which alert it is of, or since when that is active. */
  readonly isOfAlert: boolean;
}

export interface RuleTexts {
  readonly labels: readonly Compiled[];
  readonly annotations: readonly Compiled[];
  /** null when some template says what the element does not (asks the data source, tells a time): it says something
   * else next time. */
  readonly memory: ExpansionMemory | null;
  readonly generatorURL: string;
  /** As our API has it. */
  readonly groupID: Scalar;
}

/** Most that rules say of an element. */
const LABEL_ALONE = /\{\{ *(?:\$labels|\.Labels)\.[A-Za-z_][A-Za-z0-9_]* *\}\}/g;

/** Its templates read series, nobody knows which. */
export const readsInTemplates = (rule: Rule): boolean =>
  rule.kind === 'alerting' && [...rule.labels, ...rule.annotations].some(([, text]) => /\bquery\b/.test(text));

/** Rules were checked when they were loaded: a template that does not compile now is a defect of ours. */
export function compileTexts(group: RuleGroup, rule: AlertingRule, world: RuleWorld): RuleTexts {
  const compile = ([name, text]: readonly [string, string]): Compiled => {
    const compiled = world.templates.compile(text, 'text', { name: nameOf(rule), variables: RULE_VARIABLES });
    if (!compiled.ok) throw new Error(`a template of rule ${rule.name} was loaded and does not compile`);
    const isOfLabelsAlone = !text.replace(LABEL_ALONE, '').includes('{{');
    const isOfAlert = /\$(?:activeAt|alertID)\b/.test(text);
    return { name, template: compiled.value, isOfLabelsAlone, isOfAlert };
  };
  const all = [...rule.labels, ...rule.annotations];
  return {
    labels: rule.labels.map(compile),
    annotations: rule.annotations.map(compile),
    memory: all.some(([, text]) => /\b(?:query|now|isPartial|activeAt)\b/.test(text)) ? null : new ExpansionMemory(),
    generatorURL: generatorURL(group, rule, world.externalURL),
    groupID: new Scalar(UINT64, BigInt(decimalId(group.id))),
  };
}

/** Where the expression can be looked at, as Prometheus links it; there we lead on to the data source. */
export function generatorURL({ datasource }: RuleGroup, { query }: Rule, externalURL: string): string {
  const named = datasource === null ? '' : `&datasource=${formEscape(datasource)}`;
  return `${externalURL}/graph?g0.expr=${formEscape(query)}&g0.tab=1${named}`;
}

export interface ExpandContext extends AskContext {
  readonly rule: AlertingRule;
  /** What the last evaluation left. */
  readonly instances: Instances;
}

/** A template whose answers raise new questions is given so many rounds. */
const MOST_ROUNDS = 5;

export async function expandRule(
  texts: RuleTexts,
  context: ExpandContext,
  answer: Answer & { kind: 'vector' },
): Promise<Expanded> {
  const book = new QueryBook();
  const until = oneQuestion(context);
  for (let round = 1; ; round++) {
    const expansion = expansionOf(texts, context, { book, isPartial: answer.isPartial });
    const expanded = expandAll(context.rule, expansion, answer.vector, texts.memory);
    if (book.missing.length === 0) return expanded;
    const isLast = round === MOST_ROUNDS;
    for (const expression of book.missing) {
      book.answer(
        expression,
        isLast
          ? { ok: false, message: 'queries inside queries go too deep' }
          : await ask(expression, { ...context, until }),
      );
    }
  }
}

function expansionOf(
  texts: RuleTexts,
  { world, group, rule, slot, instances }: ExpandContext,
  { book, isPartial }: { readonly book: QueryBook; readonly isPartial: boolean },
): Expansion {
  const { externalLabels, externalURL } = world;
  const env = {
    now: slot,
    functions: { query: book.query, externalURL: () => externalURL, pathPrefix: () => pathPrefixOf(externalURL) },
  };
  const extras = {
    ...{ expr: rule.query, groupID: texts.groupID, type: 'prometheus', isPartial, ...OF_NO_ALERT },
    for: duration(BigInt(rule.for) * NANOS_PER_MS),
    interval: duration(BigInt(group.interval) * NANOS_PER_MS),
  };
  const ofAlert = (labels: Labels): typeof OF_NO_ALERT => {
    const known = instances.get(labels.key);
    const activeAt = known === undefined || known.kind === 'resolved' ? slot : known.activeAt;
    return {
      activeAt: GoTime.ofMillis(activeAt),
      alertID: new Scalar(UINT64, fingerprintNumber(labels.fingerprint)),
    };
  };
  const expand = ({ name, template, isOfLabelsAlone, isOfAlert }: Compiled): NamedExpand => [
    name,
    (sample: Sample, alert: Labels | null) => {
      const own = isOfAlert && alert !== null ? { ...extras, ...ofAlert(alert) } : extras;
      const data = { labels: sample.labels, value: shownValue(sample), externalLabels, externalURL, extras: own };
      const result = template.render(ruleDot(data), { ...env, variables: ruleVariables(data) });
      return result.ok ? result : { ok: false, message: inPrometheusWords(rule, result.message) };
    },
    isOfLabelsAlone,
  ];
  return { labels: texts.labels.map(expand), annotations: texts.annotations.map(expand) };
}

/** A label cannot say which alert it is part of: then vmalert has these, too. */
const OF_NO_ALERT = { activeAt: new GoTime(ZERO_UNIX, 0, UTC), alertID: new Scalar(UINT64, 0n) };

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

async function ask(query: string, context: ExpandContext): ReturnType<typeof answerOf> {
  return answerOf(await askBeside(context, query, context.slot));
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
