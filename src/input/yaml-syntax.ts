// The YAML parser's complaints in our words: one short sentence each, and what to do about it.
import type { Problem } from '../model/problem.ts';
import type { Source } from './source.ts';

export interface SyntaxError {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [start: number, end: number];
}

interface Wording {
  readonly code: string;
  /** Part of the parser's message; '' for all of that code. */
  readonly says: string;
  readonly message: string;
  readonly hint?: string;
}

const MOST = 500;
const QUOTE = 'put the text in quotes';

/** The first that fits counts. What is not listed keeps the parser's own words. */
const WORDINGS: readonly Wording[] = [
  { code: 'TAB_AS_INDENT', says: '', message: 'a tab cannot indent YAML', hint: 'use spaces' },
  {
    code: 'BAD_DQ_ESCAPE',
    says: '',
    message: 'unknown escape in a double-quoted text',
    hint: 'write \\\\ for a backslash, or use single quotes',
  },
  { code: 'MISSING_CHAR', says: "closing 'quote", message: "the closing ' is missing" },
  { code: 'MISSING_CHAR', says: 'closing "quote', message: 'the closing " is missing' },
  {
    code: 'MISSING_CHAR',
    says: 'followed by map values',
    message: 'this is neither a key nor a list item',
    hint: 'a key ends with a colon and a space',
  },
  { code: 'MISSING_CHAR', says: 'without - indicator', message: 'a list item must begin with "- "' },
  { code: 'MISSING_CHAR', says: 'Comments must be', message: 'a comment needs a space before its #' },
  { code: 'BAD_INDENT', says: 'mapping items', message: 'this key is indented differently from its neighbours' },
  { code: 'BAD_INDENT', says: 'sequence items', message: 'this list item is indented differently from its neighbours' },
  {
    code: 'BLOCK_AS_IMPLICIT_KEY',
    says: 'compact mappings',
    message: 'two keys on one line',
    hint: `${QUOTE}, if it contains ": "`,
  },
  { code: 'MULTILINE_IMPLICIT_KEY', says: '', message: 'a key must be on one line, and end with a colon' },
  { code: 'BAD_SCALAR_START', says: '', message: 'text cannot begin with this character', hint: QUOTE },
  { code: 'MULTIPLE_ANCHORS', says: '', message: 'a value can have one anchor only' },
  { code: 'MULTIPLE_TAGS', says: '', message: 'a value can have one tag only' },
  {
    code: 'UNEXPECTED_TOKEN',
    says: 'at node end',
    message: 'this does not belong to what comes before it',
    hint: 'check the indentation and the quotes',
  },
  {
    code: 'UNEXPECTED_TOKEN',
    says: 'in YAML stream',
    message: 'this does not belong to what comes before it',
    hint: 'check the indentation and the brackets',
  },
  {
    code: 'UNEXPECTED_TOKEN',
    says: 'block-seq-ind',
    message: 'a list item cannot stand here',
    hint: 'check the indentation',
  },
  { code: 'MISSING_CHAR', says: 'end with a ]', message: 'the closing ] is missing' },
  { code: 'MISSING_CHAR', says: 'end with a }', message: 'the closing } is missing' },
  { code: 'BAD_INDENT', says: 'end with a ]', message: 'the closing ] is missing, or not indented' },
  { code: 'BAD_INDENT', says: 'end with a }', message: 'the closing } is missing, or not indented' },
  { code: 'ALIAS_PROPS', says: '', message: 'an alias cannot have an anchor or a tag' },
];

/** One for each line: of several on the same line the first is the cause. */
export function syntaxProblems(
  source: Source,
  errors: readonly SyntaxError[],
  quotes: ReadonlyMap<number, number>,
): Problem[] {
  const byLine = new Map<number, Problem>();
  for (const error of errors.slice(0, MOST)) {
    const problem = syntaxProblem(source, error, quotes);
    const known = byLine.get(problem.at!.line);
    if (known === undefined || problem.at!.column < known.at!.column) byLine.set(problem.at!.line, problem);
  }
  return [...byLine.values()].sort((a, b) => a.at!.line - b.at!.line);
}

function syntaxProblem(source: Source, error: SyntaxError, quotes: ReadonlyMap<number, number>): Problem {
  const found = WORDINGS.find(({ code, says }) => code === error.code && error.message.includes(says));
  const message = found?.message ?? error.message.charAt(0).toLowerCase() + error.message.slice(1);
  const [start, end] = error.pos;
  const opened = /^Missing closing ['"]quote/.test(error.message) ? quotes.get(start) : undefined;
  const at = source.position({ start: opened ?? start, end });
  const excerpt = source.excerpt(at.line);
  return {
    severity: 'error',
    code: 'yaml/syntax',
    message,
    at,
    excerpt,
    ...(found?.hint !== undefined && { hint: found.hint }),
  };
}
