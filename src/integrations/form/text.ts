// Keys that hold text: templates, which all of an integration's words are, and the few words that are not.
import { goQuote } from '../../model/go-quote.ts';
import type { Mode } from '../../template/template-set.ts';
import type { Section } from '../../outbound/section.ts';
import type { CompileContext, Schema } from '../integration.ts';
import type { Form } from './form.ts';

const TEXT: Schema = { type: ['string', 'null'] };

const textAt = (key: string): Readonly<Record<string, Schema>> => ({ [key]: TEXT });

/** What is around a template may say whether it is HTML. */
type ModeIn = Mode | ((section: Section) => Mode);

type Use = NonNullable<Parameters<CompileContext['template']>[3]>;

/** A template. An empty text in the file replaces the default; an empty key does not. */
export function template(otherwise = '', mode: ModeIn = 'text', use: Use = 'text'): Form<string> {
  return {
    properties: textAt,
    read: (section, key, context) => {
      if (!section.has(key)) return otherwise;
      const text = section.text(key);
      context.template([...section.path, key], text, typeof mode === 'string' ? mode : mode(section), use);
      return text;
    },
    print: (key, text) => (text === '' ? [] : [[key, text]]),
  };
}

/** A template of where messages go, or of who they speak for. */
export const address = (otherwise = ''): Form<string> => template(otherwise, 'text', 'address');

/** A template that must be there. */
export const requiredTemplate = (message: string): Form<string> => required(template(), message, null);

/** An address that must be there: in the element, or under `globalKey` in `global`. */
export const requiredAddress = (message: string, globalKey: string | null = null): Form<string> =>
  required(address(), message, globalKey);

function required(plain: Form<string>, message: string, globalKey: string | null): Form<string> {
  return {
    ...plain,
    read: (section, key, context) => {
      const own = plain.read(section, key, context) ?? '';
      const text = own === '' && globalKey !== null ? context.global.text(globalKey) : own;
      if (own === '' && globalKey !== null) context.template(['global', globalKey], text, 'text', 'address');
      if (text === '') section.refuse(key, 'config/required', message);
      return text;
    },
  };
}

/** A template whose absence means something else than an empty text. */
export function optionalTemplate(mode: Mode = 'text'): Form<string | null> {
  const plain = template('', mode);
  return {
    properties: textAt,
    read: (section, key, context) => (section.has(key) ? plain.read(section, key, context) : null),
    print: (key, text) => (text === null ? [] : [[key, text]]),
  };
}

/** Text that is taken as it stands; '' when it is absent. */
export function plainText(otherwise = ''): Form<string> {
  return {
    properties: textAt,
    read: (section, key) => (section.has(key) ? section.text(key) : otherwise),
    print: (key, text) => (text === '' ? [] : [[key, text]]),
  };
}

/** Of `global` when the element has none; '' when neither has one. */
export function globalText(globalKey: string): Form<string> {
  return {
    properties: textAt,
    read: (section, key, context) => section.text(key) || context.global.text(globalKey),
    print: (key, text) => (text === '' ? [] : [[key, text]]),
  };
}

export function oneOf<Word extends string>(
  words: readonly Word[],
  otherwise: Word,
  says?: (text: string) => string,
): Form<Word> {
  return {
    properties: textAt,
    read: (section, key) => {
      const text = section.text(key);
      const word = text === '' ? otherwise : words.find((each) => each === text);
      if (word === undefined) {
        const message = says?.(text) ?? `unknown ${key} ${goQuote(text)}`;
        section.refuseValue(key, 'config/bad-value', message, `one of ${words.join(', ')}`);
      }
      return word;
    },
    print: (key, word) => (word === '' ? [] : [[key, word]]),
  };
}
