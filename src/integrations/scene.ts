// What a kind's render() sees: the message, what the integration kept from the messages before, and the user's
// templates. A template that fails never loses the page: the message is rendered once more, plainly, and says which
// template failed and why.
import { compose } from '../notify/compose.ts';
import type { Locale } from '../notify/locale.ts';
import type { Message } from '../notify/message.ts';
import { plainText } from '../notify/plain-text.ts';
import { isTest, withTestMark } from '../notify/test-mark.ts';
import { messageData } from '../template/data.ts';
import { compileFailure } from '../template/place.ts';
import type { Mode, Rendered, TemplateSet } from '../template/template-set.ts';
import { inItsLanguage, TITLE } from './default-texts.ts';
import { refusedDraft, type Draft } from './draft.ts';
import type { Integration } from './integration.ts';

export interface SceneParts {
  readonly message: Message;
  /** What the integration remembered with its last message; null at the first. */
  readonly memo: string | null;
  readonly locale: Locale;
  readonly templates: TemplateSet;
  /** What each text of the configuration is, for who has to mend it. */
  readonly texts?: ReadonlyMap<string, string>;
  /** The time of the message is up, which all its templates share. */
  readonly expired: () => boolean;
  /** A time of its own for what is rendered later, or once more: without it, what is left of the first. */
  readonly afresh?: () => () => boolean;
}

/** Failures of one rendering, whichever of its scenes had them. */
interface Failures {
  /** Of the first rendering, in the second: the reason it is plain. */
  readonly plainBecause: string | null;
  template: string | null;
  address: string | null;
}

export class Scene {
  readonly message: Message;
  readonly memo: string | null;
  readonly locale: Locale;
  readonly templates: TemplateSet;
  readonly #parts: SceneParts;
  readonly #failures: Failures;
  #data: unknown = null;

  constructor(parts: SceneParts, failures: Failures) {
    this.message = parts.message;
    this.memo = parts.memo;
    this.locale = parts.locale;
    this.templates = parts.templates;
    this.#parts = parts;
    this.#failures = failures;
  }

  /** Why this rendering is the plain one; null when it is not. */
  get plainBecause(): string | null {
    return this.#failures.plainBecause;
  }

  /** The same with fewer alerts: upstream cuts first and looks at what is left. The first `most` of them; 0 is all. */
  cut(most: number): Scene {
    const { message } = this;
    if (most === 0 || message.alerts.length <= most) return this;
    return new Scene({ ...this.#parts, message: compose(message, message.alerts.slice(0, most)) }, this.#failures);
  }

  /** Something the message can do without. */
  text(template: string, mode: Mode = 'text'): string {
    const isKept = this.plainBecause === null || !isTemplate(template);
    return isKept ? this.#render(template, mode, 'template') : '';
  }

  /** What the message is there to say: never empty for a template's fault. */
  body(template: string, mode: Mode = 'text'): string {
    return this.marked(this.unmarked(template, mode), mode);
  }

  /** The same for a provider that refuses a message that says nothing. */
  bodyOrTitle(template: string, mode: Mode = 'text'): string {
    const said = this.unmarked(template, mode);
    return this.marked(said.trim() === '' ? this.text(TITLE, mode) : said, mode);
  }

  /** What people read first, where that is not a body: a test says that it is one. */
  marked(text: string, mode: Mode = 'text'): string {
    return isTest(this.message) ? withTestMark(text, mode) : text;
  }

  /** A body beside something else that says whether it is a test. */
  unmarked(template: string, mode: Mode = 'text'): string {
    const { plainBecause } = this.#failures;
    return plainBecause === null
      ? this.#render(template, mode, 'template')
      : plainText(this.message, this.locale, plainBecause);
  }

  /** Where the message goes, or who it speaks for: without it there is nothing to send. */
  address(template: string): string {
    return this.#render(template, 'text', 'address');
  }

  /** For what is only known while it is sent; a failure is the caller's to tell. */
  rendered(template: string, mode: Mode = 'text'): Rendered {
    if (!isTemplate(template)) return { ok: true, text: template };
    return this.#run(template, mode, this.#parts.afresh?.());
  }

  #render(template: string, mode: Mode, use: 'template' | 'address'): string {
    if (!isTemplate(template)) return template;
    const rendered = this.#run(template, mode);
    if (rendered.ok) return rendered.text;
    this.#failures[use] ??= rendered.message;
    return '';
  }

  #run(template: string, mode: Mode, expired = this.#parts.expired): Rendered {
    const { templates, locale } = this;
    const compiled = templates.compile(locale.isChosen ? inItsLanguage(template, templates) : template, mode);
    const about = this.#parts.texts?.get(template);
    const failure = (message: string): Rendered => ({
      ok: false,
      message: about === undefined ? message : `${about}: ${message}`,
    });
    if (!compiled.ok) return failure(compileFailure(compiled.problems));
    this.#data ??= messageData(this.message);
    const rendered = compiled.value.render(this.#data, {
      now: this.message.at,
      budget: { expired },
      functions: { lang: () => locale.language, timezone: () => locale.timezone },
    });
    return rendered.ok ? rendered : failure(rendered.message);
  }
}

const isTemplate = (text: string): boolean => text.includes('{{');

export interface Drafted {
  readonly draft: Draft;
  /** A template failed and a plain message takes its place; what Go would have said. */
  readonly templateError: string | null;
}

export function drafted(integration: Pick<Integration, 'render'>, parts: SceneParts): Drafted {
  const first: Failures = { plainBecause: null, template: null, address: null };
  const draft = integration.render(new Scene(parts, first));
  const failure = first.address ?? first.template;
  if (failure === null) return { draft, templateError: null };
  // With time of its own: the plain message has to know where it goes, whatever used up the first one's.
  const again: Failures = { plainBecause: failure, template: null, address: null };
  const plain = integration.render(new Scene({ ...parts, expired: parts.afresh?.() ?? parts.expired }, again));
  return { draft: again.address === null ? plain : refusedDraft(again.address), templateError: failure };
}
