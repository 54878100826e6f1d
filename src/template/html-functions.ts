// What html/template puts behind each action: the escapers and filters of the context it stands in. Values of the
// trusted types pass where they belong. Mirrors html.go, url.go and css.go of html/template.
import { toBytes } from './bytes.ts';
import { escapeCss, safeCssValue } from './css-text.ts';
import { plainFunctions, type TemplateFunction } from './function-table.ts';
import { ANY, type Callable } from './go-type.ts';
import { attributeKind } from './html-attributes.ts';
import { escapeJsRegexp, escapeJsString, escapeJsTemplate, jsValue } from './html-script-values.ts';
import { stripTags } from './html-strip.ts';
import { printable, sprint } from './print.ts';
import type { Run } from './run.ts';
import { HTML, URL_TEXT } from './trusted-text.ts';
import { Scalar, unbox, type Value } from './values.ts';

/** Stands where an unsafe value was: it means nothing anywhere, and can be searched for. */
const FAILSAFE = 'ZgotmplZ';

type Trust = 'plain' | 'html' | 'url';

interface Content {
  readonly text: string;
  readonly trust: Trust;
}

function contentOf(args: readonly Value[], run: Run): Content {
  const only = args.length === 1 ? printable(args[0]) : undefined;
  if (typeof only === 'string') return { text: only, trust: 'plain' };
  if (only instanceof Scalar && typeof only.value === 'string') {
    if (only.type === HTML) return { text: only.value, trust: 'html' };
    if (only.type === URL_TEXT) return { text: only.value, trust: 'url' };
  }
  // Nothing prints as nothing here, not as <nil>.
  const shown = args.filter((arg) => unbox(arg) !== undefined && unbox(arg) !== null).map(printable);
  return { text: sprint(shown, run), trust: 'plain' };
}

const HTML_TEXT: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  '&': '&amp;',
  "'": '&#39;',
  '+': '&#43;',
  '<': '&lt;',
  '>': '&gt;',
};
const UNQUOTED: Readonly<Record<string, string>> = {
  ...HTML_TEXT,
  '\0': '&#xfffd;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\v': '&#11;',
  '\f': '&#12;',
  '\r': '&#13;',
  ' ': '&#32;',
  '=': '&#61;',
  '`': '&#96;',
};
const escapeText = (text: string): string => text.replace(/[\0"&'+<>]/g, (char) => HTML_TEXT[char]!);
/** Entities that are there already stay. */
const escapeKeepingEntities = (text: string): string => text.replace(/[\0"'+<>]/g, (char) => HTML_TEXT[char]!);
const escapeUnquoted = (text: string, keepEntities: boolean): string =>
  text.replace(/[\0\t\n\v\f\r "&'+<=>`\ufdd0-\ufdef\ufff0-\uffff]|[\udc80-\udcff]/gu, (char) => {
    if (char === '&' && keepEntities) return char;
    const known = UNQUOTED[char];
    return known ?? `&#x${/[\udc80-\udcff]/u.test(char) ? 'fffd' : char.charCodeAt(0).toString(16)};`;
  });

function escapeAttribute({ text, trust }: Content, run: Run): string {
  return trust === 'html' ? escapeKeepingEntities(stripTags(text, run)) : escapeText(text);
}

function unquotedAttribute({ text, trust }: Content, run: Run): string {
  if (text === '') return FAILSAFE;
  return trust === 'html' ? escapeUnquoted(stripTags(text, run), true) : escapeUnquoted(text, false);
}

/** Only letters and digits, and no name whose value would need care. */
function attributeName({ text }: Content): string {
  const name = text.toLowerCase();
  return name !== '' && attributeKind(name) === 'plain' && /^[0-9a-z]+$/.test(name) ? name : FAILSAFE;
}

/** Relative, or of a scheme that does no harm when followed. */
function isSafeUrl(text: string): boolean {
  const scheme = /^([^:]*):/.exec(text)?.[1];
  return scheme === undefined || scheme.includes('/') || /^(?:https?|mailto)$/i.test(scheme);
}

function filterUrl({ text, trust }: Content): Value {
  if (trust === 'url') return text;
  return isSafeUrl(text) ? text : `#${FAILSAFE}`;
}

/** `normalise` leaves what is legal in a URL and escapes that are there already. */
function processUrl(text: string, normalise: boolean): string {
  const bytes = toBytes(text);
  let out = '';
  for (let i = 0; i < bytes.length; i++) {
    const char = String.fromCharCode(bytes[i]!);
    const isHex = (at: number): boolean => /[0-9a-fA-F]/.test(String.fromCharCode(bytes[at] ?? 0));
    const keep =
      /[A-Za-z0-9._~-]/.test(char) ||
      (normalise && (/[!#$&*+,/:;=?@[\]]/.test(char) || (char === '%' && isHex(i + 1) && isHex(i + 2))));
    out += keep ? char : `%${bytes[i]!.toString(16).padStart(2, '0')}`;
  }
  return out;
}

function srcset({ text, trust }: Content): string {
  if (trust === 'url') return processUrl(text, true).replaceAll(',', '%2c');
  return text.split(',').map(srcsetElement).join(',');
}

function srcsetElement(element: string): string {
  const [, lead, url, rest] = /^([\t\n\f\r ]*)([^\t\n\f\r ]*)([^]*)$/.exec(element) as unknown as [
    string,
    string,
    string,
    string,
  ];
  if (!isSafeUrl(url) || !/^[\t\n\f\r A-Za-z0-9]*$/.test(rest)) return `#${FAILSAFE}`;
  return lead + processUrl(url, true) + rest;
}

type Escape = (content: Content, run: Run) => Value;

const escaper = (escape: Escape): Callable => ({
  params: [ANY],
  variadic: true,
  call: (args, run) => {
    const content = contentOf(args, run);
    run.spend(1 + (content.text.length >> 4));
    const result = escape(content, run);
    return typeof result === 'string' ? run.made(result) : result;
  },
});

export const HTML_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = plainFunctions({
  _html_template_htmlescaper: escaper(({ text, trust }) => (trust === 'html' ? text : escapeText(text))),
  _html_template_rcdataescaper: escaper(({ text, trust }) =>
    trust === 'html' ? escapeKeepingEntities(text) : escapeText(text),
  ),
  _html_template_attrescaper: escaper(escapeAttribute),
  _html_template_nospaceescaper: escaper(unquotedAttribute),
  _html_template_htmlnamefilter: escaper(attributeName),
  _html_template_commentescaper: escaper(() => ''),
  _html_template_urlfilter: escaper(filterUrl),
  _html_template_urlescaper: escaper(({ text, trust }) => processUrl(text, trust === 'url')),
  _html_template_urlnormalizer: escaper(({ text }) => processUrl(text, true)),
  _html_template_srcsetescaper: escaper(srcset),
  _html_template_cssescaper: escaper(({ text }) => escapeCss(text)),
  _html_template_cssvaluefilter: escaper(({ text }) => safeCssValue(text) ?? FAILSAFE),
  _html_template_jsstrescaper: escaper(({ text }) => escapeJsString(text)),
  _html_template_jstmpllitescaper: escaper(({ text }) => escapeJsTemplate(text)),
  _html_template_jsregexpescaper: escaper(({ text }) => escapeJsRegexp(text)),
  _html_template_jsvalescaper: {
    params: [ANY],
    variadic: true,
    call: (args, run) => run.made(jsValue(args, run)),
  },
  _eval_args_: { params: [ANY], variadic: true, call: (args, run) => run.made(sprint(args.map(printable), run)) },
});
