// Keys that hold a secret, beside the `_file` it may be read from at each attempt, and URLs, secret or not.
import { HIDDEN_URL, httpUrlFault } from '../../outbound/url.ts';
import type { SecretSource } from '../../outbound/http-config.ts';
import type { Section } from '../../outbound/section.ts';
import type { CompileContext, Fields, Schema } from '../integration.ts';
import type { Form } from './form.ts';

const TEXT = { type: ['string', 'null'] };
const SECRET = { ...TEXT, format: 'secret' };
const SECRET_URL = { ...TEXT, format: 'secret-url' };
const OPEN_URL = { ...TEXT, format: 'open-url' };

export interface SecretParts {
  /** The key of `global` that stands in for it. */
  readonly global?: string;
  /** What is said when it is nowhere; without it, it may be absent. */
  readonly required?: string;
  /** Upstream lets both stand, and reads the file. */
  readonly mayBeBoth?: true;
}

type May<Parts extends SecretParts> = Parts extends { readonly required: string } ? SecretSource : SecretSource | null;

export function secret<const Parts extends SecretParts>(parts: Parts): Form<May<Parts>> {
  return {
    properties: withFile(SECRET),
    read: (section, key, context) => readSecret(section, key, context, parts) as May<Parts> | undefined,
    print: (key, source) => printSecret(key, source, '<secret>'),
  };
}

/** A URL that is a secret itself, as those of incoming webhooks are. `templates`: whether it may hold some. */
export function secretUrl<const Parts extends SecretParts & { readonly templates?: boolean }>(
  parts: Parts,
): Form<May<Parts>> {
  return {
    properties: withFile(SECRET_URL),
    read: (section, key, context) => {
      const url = section.text(key);
      const isTemplate = parts.templates === true && url.includes('{{');
      if (isTemplate) context.template([...section.path, key], url, 'text', 'address');
      else if (url === HIDDEN_URL)
        section.warnValue(key, `it is ${HIDDEN_URL}, as a printed configuration has it`, 'nothing can be sent there');
      else if (url !== '') checkUrl(section, key, url);
      return readSecret(section, key, context, parts) as May<Parts> | undefined;
    },
    // Not the bare word upstream shows: amtool 0.25 reads the key as a URL and would refuse the whole file.
    print: (key, source) => printSecret(key, source, 'http://<secret>'),
  };
}

/** A URL that everybody may see: of the element, else of `global`, else `otherwise`. */
export function url(parts: {
  readonly global?: string;
  readonly otherwise?: string;
  readonly required?: string;
  /** Its path ends in a slash, written or not: more path follows. */
  readonly isFolder?: boolean;
}): Form<string> {
  return {
    properties: (key) => ({ [key]: OPEN_URL }),
    read: (section, key, context) => {
      const own = section.text(key);
      if (own !== '') checkUrl(section, key, own);
      const shared = parts.global === undefined ? '' : context.global.text(parts.global);
      const found = own || shared || (parts.otherwise ?? '');
      if (found === '' && parts.required !== undefined) section.refuse(key, 'config/required', parts.required);
      return parts.isFolder === true ? withSlash(found) : found;
    },
    print: (key, text) => (text === '' ? [] : [[key, text]]),
  };
}

const withSlash = (url: string): string => url.replace(/^([^?#]*[^/?#])(?=[?#]|$)/, '$1/');

const withFile =
  (value: Schema) =>
  (key: string): Readonly<Record<string, Schema>> => ({ [key]: value, [`${key}_file`]: TEXT });

function readSecret(
  section: Section,
  key: string,
  { global }: CompileContext,
  parts: SecretParts,
): SecretSource | null | undefined {
  const fileKey = `${key}_file`;
  const isBoth = section.text(key) !== '' && section.text(fileKey) !== '';
  if (isBoth && parts.mayBeBoth !== true) {
    section.refuse(fileKey, 'config/exclusive-keys', `at most one of ${key} & ${fileKey} must be configured`);
  }
  const own = isBoth ? section.fileSource(fileKey) : section.secret(key, fileKey);
  const source = own ?? (parts.global === undefined ? null : global.secret(parts.global));
  if (source === null && parts.required !== undefined) {
    section.refuse(key, 'config/required', parts.required);
    return undefined;
  }
  return source;
}

function printSecret(key: string, source: SecretSource | null, hidden: string): Fields {
  if (source === null) return [];
  return source.kind === 'inline' ? [[key, hidden]] : [[`${key}_file`, source.path]];
}

function checkUrl(section: Section, key: string, text: string): void {
  const fault = httpUrlFault(text);
  if (fault !== null) section.refuseValue(key, 'config/bad-url', `invalid URL: ${fault}`);
}
