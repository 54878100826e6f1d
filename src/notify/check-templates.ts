// Templates tried on sample messages when the configuration is loaded: a mistake is told then, and not when a page
// goes out plain. Only an address that cannot be read keeps a configuration from being served: nothing would ever be
// sent. Upstream serves the rest, too.
import type { TemplateText } from '../config/config.ts';
import { Labels } from '../model/labels.ts';
import { Pairs } from '../model/pairs.ts';
import type { Problem } from '../model/problem.ts';
import { messageData } from '../template/data.ts';
import type { Inspected } from '../template/inspect.ts';
import type { Mode, TemplateSet } from '../template/template-set.ts';
import { compose } from './compose.ts';
import type { MessageAlert } from './message.ts';
import { sampleAlert } from './sample.ts';

/** 2026-01-01. What templates make of it is thrown away. */
const AT = 1_767_225_600_000;
/** Work for all texts of a configuration together, counted in looks at the clock, of which a rendering has at least one: a second. */
const MOST_WORK = 10_000;

const WITH_TEXTS = Pairs.from([
  ['description', 'a sample'],
  ['runbook_url', 'http://example.org'],
  ['summary', 'a sample'],
]);
const firing: MessageAlert = { ...sampleAlert('firing', 'en', AT), annotations: WITH_TEXTS };
const stranger: MessageAlert = { ...firing, labels: Labels.of([['job', 'sample']]), annotations: Pairs.none };

const SAMPLES: readonly (readonly [what: string, data: unknown])[] = [
  ['a firing alert', dataOf([firing])],
  ['a resolved alert', dataOf([{ ...sampleAlert('resolved', 'en', AT), annotations: WITH_TEXTS }])],
  ['alerts that have nothing in common', dataOf([firing, stranger])],
];

function dataOf(alerts: readonly MessageAlert[]): unknown {
  const envelope = {
    ...{ receiver: 'sample', reason: 'first notification', groupLabels: Labels.empty, routeLabels: Pairs.none },
    ...{ externalURL: 'http://example.org', groupKey: '{}:{}', idempotencyKey: '', at: AT },
  };
  return messageData(compose(envelope, alerts));
}

export function checkTemplates(templates: TemplateSet, texts: readonly TemplateText[]): readonly Problem[] {
  const trial = new Trial(templates);
  const problems: Problem[] = [];
  const told = new Set<string>();
  const placed = new Set<string>();
  for (const { text, mode, use, place } of texts) {
    const fault = trial.of(text, mode);
    // What several receivers share is one place.
    const same = `${place.at?.line}:${place.at?.column}`;
    if (fault === null || placed.has(same)) continue;
    placed.add(same);
    const isUnread = fault.tried === null && use === 'address';
    problems.push(isUnread ? unread(fault, place) : warning(fault, place));
    told.add(fault.message);
  }
  for (const template of templates.inspected()) {
    for (const { message, place } of template.faults) problems.push(warning({ message, tried: null }, place));
    if (template.faults.length > 0 || !takesMessages(template)) continue;
    const mode = template.name.startsWith('email.') ? 'html' : 'text';
    const fault = trial.of(`{{ template ${JSON.stringify(template.name)} . }}`, mode);
    if (fault === null || told.has(fault.message)) continue;
    if (!isCalledWithMessages(template) && wantsOther(fault)) continue;
    problems.push(warning(fault, template.placeOf(fault.message) ?? template.place));
  }
  return problems;
}

interface Fault {
  readonly message: string;
  /** The sample it happened with. */
  readonly tried: string | null;
}

const warning = ({ message, tried }: Fault, place: TemplateText['place']): Problem => ({
  ...{ severity: 'warning', code: 'template/fails', message, ...place },
  ...(tried === null ? {} : { hint: `tried with ${tried}` }),
});

const unread = ({ message }: Fault, place: TemplateText['place']): Problem => ({
  ...{ severity: 'error', code: 'template/syntax', message: `invalid template syntax: ${message}`, ...place },
});

class Trial {
  readonly #templates: TemplateSet;
  /** Generated configurations repeat their texts. */
  readonly #tried = new Map<string, Fault | null>();
  #work = 0;

  constructor(templates: TemplateSet) {
    this.#templates = templates;
  }

  of(text: string, mode: Mode): Fault | null {
    const key = `${mode}\0${text}`;
    const known = this.#tried.get(key);
    if (known !== undefined) return known;
    const fault = this.#try(text, mode);
    this.#tried.set(key, fault);
    return fault;
  }

  #try(text: string, mode: Mode): Fault | null {
    const compiled = this.#templates.compile(text, mode);
    if (!compiled.ok) return { message: compiled.problems.map(({ message }) => message).join('; '), tried: null };
    for (const [tried, data] of SAMPLES) {
      if (this.#work > MOST_WORK) return null;
      const rendered = compiled.value.render(data, { now: AT, budget: { expired: () => ++this.#work > MOST_WORK } });
      if (!rendered.ok && this.#work <= MOST_WORK) return { message: rendered.message, tried };
    }
    return null;
  }
}

/** Fields of a message that nothing else has: who wants them is given messages. */
const FIELDS = ['Alerts', 'CommonAnnotations', 'CommonLabels', 'ExternalURL', 'GroupLabels', 'Receiver', 'RouteLabels'];
/** Shipped ones are called with messages, but for those that list alerts. */
const isCalledWithMessages = ({ name, isReplacing }: Inspected): boolean =>
  isReplacing && /^(?!pagerduty\.default\.instances$)\w+\.default\.|^__(?!text_alert_list)/.test(name);

const takesMessages = (template: Inspected): boolean =>
  isCalledWithMessages(template) || FIELDS.some((field) => template.fields.has(field));

/** It may be made for a `dict` that has such a field and others. */
const wantsOther = ({ message }: Fault): boolean => message.endsWith('in type *template.Data');
