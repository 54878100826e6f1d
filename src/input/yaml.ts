// YAML as people write it, turned into documents that know the place of their every part. The only file that
// imports `yaml`. The dialect is YAML 1.1 as Go reads it: scalars stay text (`yes`, `012`, `1e3` as written),
// anchors and merge keys work, a repeated key is an error. What the text means is decided by who asks.
import { Composer, isAlias, isScalar, isSeq, Lexer, Parser, type Document, type ParsedNode, type Scalar } from 'yaml';
import type { Checked, Problem } from '../model/problem.ts';
import { Doc } from './doc.ts';
import { Source, type Span } from './source.ts';
import { buildTree, type Node, type NodePair } from './tree.ts';
import { readBlockYaml } from './yaml-block.ts';
import { syntaxProblems } from './yaml-syntax.ts';

const LARGEST_YAML = 4 * 1024 * 1024;
const DEEPEST_YAML = 64;

/** The first document, as upstream reads its config: what follows `---` is not looked at. An empty file is a null tree. */
export function parseYaml(file: string, text: string): Checked<Doc> {
  const parsed = parseDocuments(file, text, 1);
  return parsed.ok ? { ok: true, value: parsed.value[0]!, warnings: parsed.warnings } : parsed;
}

/** Every document of the file: at least one. */
export function parseYamlStream(file: string, text: string): Checked<readonly Doc[]> {
  return parseDocuments(file, text, Infinity);
}

function parseDocuments(file: string, text: string, most: number): Checked<readonly Doc[]> {
  const source = new Source(file, text);
  const problems = refuseText(source);
  if (problems.length > 0) return { ok: false, problems };
  const simple = readBlockYaml(source.text);
  return simple === null ? composeDocuments(source, most) : finished(source, simple);
}

/** For what has been read without the library. */
function finished(source: Source, root: Node): Checked<readonly Doc[]> {
  const built = buildTree(source, root);
  const problems = built.problems.filter(({ severity }) => severity === 'error');
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: [new Doc(source, built)], warnings: built.problems };
}

/** Any YAML, and all that can be said about what is none. */
export function composeDocuments(source: Source, most: number): Checked<readonly Doc[]> {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const docs: Doc[] = [];
  const quotes = new Map<number, number>();
  for (const document of compose(source, problems, quotes)) {
    problems.push(...syntaxProblems(source, document.errors, quotes));
    if (problems.length === 0) {
      warnings.push(...tagWarnings(source, document));
      const built = buildTree(source, toNode(document.contents, source.text.length));
      for (const problem of built.problems) (problem.severity === 'error' ? problems : warnings).push(problem);
      docs.push(new Doc(source, built));
    }
    if (docs.length + problems.length >= most) break;
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: docs, warnings };
}

// Not tab, line feed, carriage return; not the rest of what YAML calls printable.
const UNPRINTABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

function refuseText(source: Source): Problem[] {
  const { file, text } = source;
  const refuse = (code: string, message: string, span: Span | null): Problem[] => {
    if (span === null) return [{ severity: 'error', code, message, at: { file, line: 1, column: 1, length: 1 } }];
    const at = source.position(span);
    return [{ severity: 'error', code, message, at }];
  };
  if (text.length > LARGEST_YAML) {
    return refuse('yaml/too-large', `the file is larger than ${LARGEST_YAML / 1024 / 1024} MiB`, null);
  }
  const found = UNPRINTABLE.exec(text);
  if (found === null) return [];
  const code = found[0].charCodeAt(0);
  const span = { start: found.index, end: found.index + 1 };
  if (code === 0) return refuse('yaml/binary', 'this is not a text file', span);
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return refuse('yaml/control-character', `the control character ${name} is not allowed`, span);
}

/**
 * Documents one by one; stops, with a problem, where one is nested too deeply for recursive readers. `quotes` gets
 * the start of each quoted text by its end: a missing end is found far from where it was forgotten.
 */
function* compose(
  source: Source,
  problems: Problem[],
  quotes: Map<number, number>,
): Generator<Document.Parsed<ParsedNode>> {
  const { text } = source;
  const composer = new Composer(OPTIONS);
  const parser = new Parser();
  let broken = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (/^["']/.test(lexeme)) quotes.set(parser.offset + lexeme.length, parser.offset);
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') broken++;
      yield* composer.next(token);
    }
    if (broken > MOST_BROKEN) break;
    const deep =
      parser.stack.length > DEEPEST_YAML ? parser.stack.filter((token) => 'items' in token)[DEEPEST_YAML] : undefined;
    if (deep !== undefined) {
      const at = source.position({ start: deep.offset, end: deep.offset + 1 });
      const message = `nested more than ${DEEPEST_YAML} levels deep`;
      problems.push({ severity: 'error', code: 'yaml/too-deep', message, at, excerpt: source.excerpt(at.line) });
      return;
    }
  }
  for (const token of parser.end()) yield* composer.next(token);
  yield* composer.end(true, text.length);
}

const OPTIONS = { schema: 'failsafe', version: '1.1', uniqueKeys: false, merge: false, prettyErrors: false } as const;
/** After so many parts that fit nowhere this is no YAML, and reading on only costs time. */
const MOST_BROKEN = 50;

/** Recursion is safe: `compose` has refused what is deep. */
function toNode(node: ParsedNode | null, end: number): Node {
  if (node === null) return nothing(end);
  const span = { start: node.range[0], end: node.range[1] };
  if (isAlias(node)) return { kind: 'alias', name: node.source, span };
  const anchor = node.anchor ?? null;
  if (isScalar(node)) return { kind: 'scalar', text: String(node.value), plain: isPlain(node), anchor, span };
  if (isSeq(node)) {
    return { kind: 'list', items: node.items.map((item) => toNode(item, span.end)), anchor, span };
  }
  return { kind: 'map', pairs: node.items.map((pair) => toPair(pair.key, pair.value, span)), anchor, span };
}

function toPair(key: ParsedNode, value: ParsedNode | null, map: Span): NodePair {
  return { key: toNode(key, map.start), value: toNode(value, key.range[1]) };
}

const nothing = (offset: number): Node => ({
  kind: 'scalar',
  text: '',
  plain: true,
  anchor: null,
  span: { start: offset, end: offset },
});

/** `!!str` and the lone `!` make text of a plain scalar, as quotes do. */
const isPlain = (node: Scalar.Parsed): boolean =>
  node.type === 'PLAIN' && node.tag !== 'tag:yaml.org,2002:str' && node.tag !== '!';

/** Tags of YAML itself need no warning: their text is read as what the field wants. */
function tagWarnings(source: Source, document: Document.Parsed<ParsedNode>): Problem[] {
  return document.warnings
    .filter(({ code, message }) => code === 'TAG_RESOLVE_FAILED' && !message.includes('tag:yaml.org,2002:'))
    .map(({ pos }) => {
      const at = source.position({ start: pos[0], end: pos[1] });
      const message = `the tag ${source.text.slice(pos[0], pos[1])} has no meaning here and is ignored`;
      return { severity: 'warning', code: 'yaml/tag', message, at, excerpt: source.excerpt(at.line) };
    });
}
