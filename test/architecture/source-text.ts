// Reads source files for the gates, and blanks what is not code: comments, and what stands inside strings,
// templates and regular expressions. Offsets and lines stay true, so a finding can name its place.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const repository = new URL('../..', import.meta.url).pathname;

export interface SourceFile {
  /** From the root of the repository, with forward slashes: `src/model/labels.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the insides of literals replaced by blanks. */
  readonly code: string;
}

export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, code: blankLiterals(text) };
}

/** Every file under a folder of the repository whose name ends so. */
export function readTree(folder: string, ending = '.ts'): readonly SourceFile[] {
  return listTree(folder)
    .filter((path) => path.endsWith(ending))
    .map((path) => sourceFile(path, readFileSync(join(repository, path), 'utf8')));
}

/** Paths from the root of the repository, sorted. */
export function listTree(folder: string): readonly string[] {
  return readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length))
    .toSorted();
}

export function place(file: SourceFile, offset: number): string {
  return `${file.path}:${file.text.slice(0, offset).split('\n').length}`;
}

export interface Literal {
  readonly value: string;
  readonly offset: number;
}

/** String literals in quotes (and templates without holes), as they stand between their quotes. */
export function literalsOf(file: SourceFile): readonly Literal[] {
  const found: Literal[] = [];
  for (const match of file.code.matchAll(/(['"`])([ \n]*)\1/g)) {
    const offset = match.index + 1;
    found.push({ value: file.text.slice(offset, offset + match[2]!.length), offset });
  }
  return found;
}

const STARTS = /\/\/|\/\*|['"`/{}]/g;
const REGEX_MAY_FOLLOW = /(?:^|[=(,[!&|?:;{}+\-*%<>~^]|=>|\b(?:return|typeof|case|in|of|void|yield|await|else|do))\s*$/;

function blankLiterals(text: string): string {
  const blanks: (readonly [from: number, to: number])[] = [];
  // One entry per template hole we are in: how many braces are open inside it.
  const holes: number[] = [];
  let at = 0;
  while (at < text.length) {
    STARTS.lastIndex = at;
    const start = STARTS.exec(text);
    if (start === null) break;
    const from = start.index;
    at = from + start[0].length;
    switch (start[0]) {
      case '//':
        at = indexOr(text, '\n', at);
        blanks.push([from, at]);
        break;
      case '/*':
        at = Math.min(text.length, indexOr(text, '*/', at) + 2);
        blanks.push([from, at]);
        break;
      case '{':
        if (holes.length > 0) holes[holes.length - 1]! += 1;
        break;
      case '}':
        if (holes.length === 0) break;
        if (holes.at(-1)! > 0) holes[holes.length - 1]! -= 1;
        else {
          holes.pop();
          at = templatePart(at);
        }
        break;
      case '`':
        at = templatePart(at);
        break;
      case '/':
        if (REGEX_MAY_FOLLOW.test(text.slice(Math.max(0, from - 40), from))) {
          const end = endOfRegex(text, at);
          blanks.push([at, end]);
          at = end + 1;
        }
        break;
      default: {
        const end = endOfQuoted(text, at, start[0]);
        blanks.push([at, end]);
        at = end + 1;
      }
    }
  }
  return withBlanks(text, blanks);

  function templatePart(begin: number): number {
    let end = begin;
    while (end < text.length && text[end] !== '`' && !text.startsWith('${', end)) end += text[end] === '\\' ? 2 : 1;
    blanks.push([begin, end]);
    if (text[end] === '`') return end + 1;
    holes.push(0);
    return end + 2;
  }
}

function indexOr(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at;
}

function endOfQuoted(text: string, from: number, quote: string): number {
  let at = from;
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function endOfRegex(text: string, from: number): number {
  let at = from;
  let inClass = false;
  while (at < text.length && text[at] !== '\n' && (inClass || text[at] !== '/')) {
    if (text[at] === '[') inClass = true;
    else if (text[at] === ']') inClass = false;
    at += text[at] === '\\' ? 2 : 1;
  }
  return at;
}

function withBlanks(text: string, blanks: readonly (readonly [from: number, to: number])[]): string {
  let out = '';
  let done = 0;
  for (const [from, to] of blanks) {
    out += text.slice(done, from) + text.slice(from, to).replace(/[^\n]/g, ' ');
    done = to;
  }
  return out + text.slice(done);
}
