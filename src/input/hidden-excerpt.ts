// Problems of a configuration without its secrets: they are logged, answered to whoever reloads, and shown on screens.
// What a key makes a secret is hidden wherever a problem would show it. Where there is no document to look keys up in,
// because it cannot be read, and for what a user keeps under names of their own, the looks of a line decide. What is
// hidden in an excerpt keeps its length, so that the caret stays where it is. Hiding too much is harmless.
import { goQuote } from '../model/go-quote.ts';
import type { Problem } from '../model/problem.ts';
import type { Doc } from './doc.ts';
import type { SecretForm, SecretKeys, SecretPlace } from './secret-places.ts';

/** In a line longer than that a place is told, not shown. */
const LAST_COLUMN = 1000;
const AFTER = 200;

const SECRET =
  '[a-z_]*(?:passwords?|secrets?|tokens?|token_id|credentials|api_key|routing_key|service_key|user_key|secret_key|access_key|access_key_id|account_sid)|key|proxy_connect_header';
/** Of an incoming webhook the path is the secret. */
const SECRET_URL = '(?:slack_|webhook_|mattermost_webhook_|proxy_|)(?:api_)?url';
const afterKey = (key: string): RegExp => new RegExp(`(?<=^|[\\s{[,"'])(?:${key})(?:["']\\s*:\\s*|\\s*:\\s*)`, 'gi');

const SECRETS = afterKey(SECRET);
const URLS = afterKey(SECRET_URL);
/** An entry of a list, or a value below its key. */
const ALONE = /^\s*(?:-\s+)*(?=["']?[a-z][a-z0-9+.-]*:\/\/)/gi;
const USER = /(?<=:\/\/)[^\s/'"@]+(?=@)/g;
/** Of `user:password@host` the user would be taken for the scheme. */
const USER_ALONE = /(?<=^["']?|^["']?[a-z]+:\/)[^/?#\s@"']+(?=@)/;
const AFTER_HOST = /(?<=^["']?[a-z][a-z0-9+.-]*:\/\/[^\s/?'"{},]*[/?])(?!["']$).+?(?=["']?$)/i;
const IS_URL = /^["']?(?:https?|ftp|gopher|socks5h?|wss?):\/\//i;

/** By the looks of one line. Where keys have been looked up, what is called a URL and is none is no webhook's. */
export function hideSecrets(line: string, isLookedUp = false): string {
  let shown = line.slice(0, LAST_COLUMN + AFTER).toWellFormed();
  // From the right: what is hidden may be shorter in UTF-16.
  for (const { index, 0: found } of [...shown.matchAll(SECRETS)].toReversed()) {
    shown = hideValue(shown, index + found.length, stars);
  }
  for (const { index, 0: found } of [...shown.matchAll(ALONE), ...shown.matchAll(URLS)].toReversed()) {
    shown = hideValue(shown, index + found.length, (url) =>
      isLookedUp && !IS_URL.test(url) ? url : hidden(url, 'secret-url'),
    );
  }
  return shown.replace(USER, stars);
}

function hideValue(line: string, start: number, hide: (value: string) => string): string {
  const rest = line.slice(start);
  const value = valueIn(rest, /[{[]/.test(line.slice(0, start)));
  return line.slice(0, start) + hide(value) + rest.slice(value.length);
}

const QUOTED = /^(?:'(?:[^']|'')*'?|"(?:[^"\\]|\\.?)*"?)/;
const PLAIN = /^.*?(?=\s+#|\s*$)/;
const PLAIN_IN_FLOW = /^.*?(?=[\s}\]]*(?:,\s|,$|\s#|$))/;

function valueIn(text: string, isInFlow: boolean): string {
  if (/^[{[]/.test(text)) return text;
  return (QUOTED.exec(text) ?? (isInFlow ? PLAIN_IN_FLOW : PLAIN).exec(text))?.[0] ?? '';
}

/** What hides nothing is shown. */
const EMPTY = /^(["']?)(?:<secret>)?\1$/;
const stars = (secret: string): string => (EMPTY.test(secret) ? secret : '*'.repeat([...secret].length));

function hidden(value: string, form: SecretForm): string {
  if (form === 'open-url') return value.replace(USER, stars).replace(USER_ALONE, stars);
  return form === 'secret-url' && IS_URL.test(value)
    ? value.replace(AFTER_HOST, stars).replace(USER, stars)
    : stars(value);
}

/** Shorter ones would be found in every other word. */
const SHORTEST_ANYWHERE = 6;
/** As much of a value as problems show. */
const SHOWN = 60;

interface HiddenSpan {
  readonly start: number;
  readonly end: number;
  readonly form: SecretForm;
  readonly words: readonly string[];
}

/** What a document's problems may show of it. */
export class Hiding {
  readonly #keys: SecretKeys;
  readonly #doc: Doc;
  readonly #lines = new Map<number, string>();
  #spans: readonly HiddenSpan[] | null = null;
  #words: readonly string[] = [];

  constructor(keys: SecretKeys, doc: Doc) {
    this.#keys = keys;
    this.#doc = doc;
  }

  problems(found: readonly Problem[]): readonly Problem[] {
    return found.map(({ excerpt, ...problem }) => {
      const { at, message, hint } = problem;
      const words = at === null ? this.#far() : this.#wordsAt(at.line);
      const said = { ...problem, message: without(message, words) };
      const told = hint === undefined ? said : { ...said, hint: without(hint, words) };
      if (excerpt === undefined || at === null || at.column > LAST_COLUMN) return told;
      // What an alias stands for is written elsewhere.
      const shown = this.#words.reduce((line, word) => line.replaceAll(word, stars), this.excerpt(at.line));
      // A tag or an anchor is no part of the value.
      return problem.code.startsWith('yaml/') ? sayLess({ ...told, excerpt }, shown) : { ...told, excerpt: shown };
    });
  }

  excerpt(line: number): string {
    const known = this.#lines.get(line);
    if (known !== undefined) return known;
    const { start, end } = this.#doc.lineSpan(line);
    const text = this.#doc.excerpt(line).slice(0, LAST_COLUMN + AFTER);
    let shown = '';
    let done = 0;
    for (const span of this.#spansIn(start, end)) {
      const from = Math.max(done, span.start - start);
      const to = Math.min(text.length, span.end - start);
      if (from >= to) continue;
      const indent = span.start < start ? /^\s*/.exec(text)![0].length : 0;
      const kept = Math.min(to, from + indent);
      shown += text.slice(done, kept) + hidden(text.slice(kept, to), span.form);
      done = to;
    }
    shown = hideSecrets(shown + text.slice(done), true);
    this.#lines.set(line, shown);
    return shown;
  }

  #far(): readonly string[] {
    this.#found();
    return this.#words;
  }

  /** On its own line a secret is hidden however short it is, where it stands by itself. */
  #wordsAt(line: number): readonly string[] {
    const { start, end } = this.#doc.lineSpan(line);
    const near = this.#spansIn(start, end).flatMap(({ words }) => words);
    return [...new Set([...near, ...this.#words])];
  }

  /** They do not overlap, but where they are the same. */
  #spansIn(start: number, end: number): readonly HiddenSpan[] {
    const spans = this.#found();
    let [low, high] = [0, spans.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (spans[middle]!.end < start) low = middle + 1;
      else high = middle;
    }
    let last = low;
    while (last < spans.length && spans[last]!.start <= end) last++;
    return spans.slice(low, last);
  }

  #found(): readonly HiddenSpan[] {
    if (this.#spans !== null) return this.#spans;
    const spans = this.#keys.placesIn(this.#doc.tree).map((place) => ({
      ...this.#doc.valueSpan(place.path),
      form: place.form,
      words: wordsOf(place),
    }));
    const words = new Set(spans.flatMap((span) => span.words).filter((word) => word.length >= SHORTEST_ANYWHERE));
    this.#words = [...words].toSorted((a, b) => b.length - a.length);
    this.#spans = spans.toSorted((a, b) => a.start - b.start);
    return this.#spans;
  }
}

/** Of a place what must not be said, in the forms in which problems quote it; the longest first. */
function wordsOf({ form, texts }: SecretPlace): readonly string[] {
  const words = texts.flatMap((text) => {
    if (form === 'open-url')
      return (text.match(/(?<=^|\/)[^/?#\s@]+(?=@)/g) ?? []).flatMap((user) => [user, ...user.split(':')]);
    const shown = [text, text.slice(0, SHOWN)];
    if (form === 'secret') return shown;
    if (IS_URL.test(text)) return [...shown.map((url) => AFTER_HOST.exec(url)?.[0] ?? ''), ...(text.match(USER) ?? [])];
    // What stands before the first colon would be quoted as the scheme.
    return [...shown, /^([^:/?#]+):(?![/\d])/.exec(text)?.[1] ?? ''];
  });
  const forms = words.flatMap((word) => [word, JSON.stringify(word).slice(1, -1), goQuote(word).slice(1, -1)]);
  return [...new Set(forms)].filter((word) => word !== '').toSorted((a, b) => b.length - a.length);
}

const HIDDEN = '<secret>';

function without(sentence: string, words: readonly string[]): string {
  let said = sentence;
  for (const word of words) {
    if (word.length >= SHORTEST_ANYWHERE) said = said.replaceAll(word, HIDDEN);
    else said = said.replaceAll(`"${word}"`, `"${HIDDEN}"`).replaceAll(`[${word}]`, `[${HIDDEN}]`);
  }
  return said;
}

/** What is underlined and hidden is not said either: `password: *word` is about an anchor of that name. */
function sayLess({ excerpt, ...problem }: Problem, shown: string): Problem {
  const { column, length } = problem.at!;
  const underlined = (line: string): string => [...line].slice(column - 1, column - 1 + length).join('');
  const word = underlined(excerpt!.slice(0, LAST_COLUMN + AFTER));
  if (word === underlined(shown)) return { ...problem, excerpt: shown };
  const words = [word, word.slice(1)].filter((each) => each !== '');
  const { message, hint } = problem;
  const said = { ...problem, message: without(message, words), excerpt: shown };
  return hint === undefined ? said : { ...said, hint: without(hint, words) };
}

/** Of a text that is no document. */
export function withHiddenExcerpts(problems: readonly Problem[], text: string): readonly Problem[] {
  const lines = text.split(/\r?\n/);
  return problems.map(({ excerpt, ...problem }) => {
    const { line, column } = problem.at ?? { line: 0, column: 0 };
    if (excerpt === undefined || column > LAST_COLUMN) return problem;
    const shown = isBelowSecret(lines, line - 1) ? stars(excerpt) : hideSecrets(excerpt);
    return sayLess({ ...problem, excerpt }, shown);
  });
}

const MOST_LINES_ABOVE = 1000;
const SECRET_PART = new RegExp(
  `^\\s*(?:-\\s+)*["']?(?:${SECRET}|http_headers|headers|basic_auth_users)["']?\\s*:`,
  'i',
);

/** Whether a key above, less indented, makes a secret of what stands here. */
function isBelowSecret(lines: readonly string[], index: number): boolean {
  let least = indentOf(lines[index] ?? '');
  // The entries of a list may stand as far out as its key.
  if (/^\s*-(?:\s|$)/.test(lines[index] ?? '')) least++;
  for (let above = index - 1; above >= Math.max(0, index - MOST_LINES_ABOVE) && least > 0; above--) {
    const line = lines[above]!;
    if (line.trim() === '' || indentOf(line) >= least) continue;
    if (SECRET_PART.test(line)) return true;
    least = indentOf(line);
  }
  return false;
}

const indentOf = (line: string): number => /^\s*/.exec(line)![0].replaceAll('\t', ' '.repeat(8)).length;
