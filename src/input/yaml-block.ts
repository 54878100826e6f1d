// The YAML that most files are written in: block mappings and lists, scalars on one line, blocks of text. It is read
// straight into nodes, several times faster than by the library, which thousands of rules are worth. Whatever goes
// beyond (anchors, flow style, tags, several documents, any mistake) is null, and the library reads the whole file.
// A test holds the two equal.
import type { Node, NodePair } from './tree.ts';

export function readBlockYaml(text: string): Node | null {
  if (OUT_OF_REACH.test(text)) return null;
  try {
    return new BlockReader(text).document();
  } catch (error) {
    if (error instanceof Beyond) return null;
    throw error;
  }
}

/** Tabs, carriage returns, and everything that has to do with documents and directives. */
const OUT_OF_REACH = /[\t\r\ufeff]|^(?:---|\.\.\.|%)/m;

/** There is more than this reads. */
class Beyond extends Error {
  override readonly name = 'Beyond';
}

const DEEPEST = 40;
const LONGEST_KEY = 1000;
/** What begins something else than a plain scalar. */
const INDICATORS = new Set(',[]{}#&*!|>\'"%@`');

class BlockReader {
  readonly #text: string;
  /** The first character of the next line with something on it, and its indentation. */
  #at = 0;
  #indent = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Node {
    if (!this.#nextLine(0)) throw new Beyond();
    const node = this.#block(this.#indent);
    if (this.#at < this.#text.length) throw new Beyond();
    return node;
  }

  /** From the beginning of a line; false, and the end of the text, when there is nothing more. */
  #nextLine(from: number): boolean {
    const text = this.#text;
    let start = from;
    while (start < text.length) {
      let at = start;
      while (text.charCodeAt(at) === SPACE) at++;
      const char = text[at];
      if (char !== undefined && char !== '\n' && char !== '#') {
        this.#at = at;
        this.#indent = at - start;
        return true;
      }
      start = this.#lineEnd(at) + 1;
    }
    this.#at = text.length;
    this.#indent = -1;
    return false;
  }

  #lineEnd(from: number): number {
    const end = this.#text.indexOf('\n', from);
    return end === -1 ? this.#text.length : end;
  }

  /** A list or mapping that begins at the current line's text. */
  #block(column: number): Node {
    if (++this.#depth > DEEPEST) throw new Beyond();
    const node = this.#isDash(this.#at) ? this.#list(column) : this.#mapping(column);
    this.#depth--;
    return node;
  }

  #isDash(at: number): boolean {
    return this.#text[at] === '-' && (this.#text[at + 1] === ' ' || this.#text[at + 1] === '\n');
  }

  #list(column: number): Node {
    const start = this.#at;
    const items: Node[] = [];
    while (this.#indent === column && this.#isDash(this.#at)) {
      const dash = this.#at;
      let at = dash + 1;
      while (this.#text[at] === ' ') at++;
      if (this.#isDash(at)) throw new Beyond();
      this.#at = at;
      if (this.#keyEnd(at) !== -1) {
        this.#indent = column + (at - dash);
        items.push(this.#block(this.#indent));
      } else items.push(this.#scalar(at, column));
    }
    if (this.#indent > column || items.length === 0) throw new Beyond();
    return { kind: 'list', items, anchor: null, span: { start, end: this.#at } };
  }

  #mapping(column: number): Node {
    const start = this.#at;
    const pairs: NodePair[] = [];
    while (this.#indent === column) {
      const keyEnd = this.#keyEnd(this.#at);
      if (keyEnd === -1 || this.#isDash(this.#at)) throw new Beyond();
      const key = this.#key(this.#at, keyEnd);
      let at = this.#text.indexOf(':', keyEnd) + 1;
      while (this.#text[at] === ' ') at++;
      pairs.push({ key, value: this.#value(at, column) });
    }
    if (this.#indent > column) throw new Beyond();
    return { kind: 'map', pairs, anchor: null, span: { start, end: this.#at } };
  }

  /** Where a key that begins here ends, in front of its colon; -1 when there is none on this line. */
  #keyEnd(start: number): number {
    const text = this.#text;
    const first = text[start]!;
    const lineEnd = this.#lineEnd(start);
    if (first === '"' || first === "'") {
      const close = text.indexOf(first, start + 1);
      if (close === -1 || close > lineEnd) return -1;
      return isColon(text, close + 1) ? close + 1 : -1;
    }
    if (INDICATORS.has(first) || (first === '?' && text[start + 1] === ' ')) return -1;
    for (let at = start; at < lineEnd; at++) {
      const char = text[at];
      if (char === '#' && text[at - 1] === ' ') return -1;
      if (char === ':' && isColon(text, at)) return at - start > LONGEST_KEY ? -1 : at;
    }
    return -1;
  }

  #key(start: number, end: number): Node {
    const first = this.#text[start]!;
    const isQuoted = first === '"' || first === "'";
    const text = isQuoted ? this.#text.slice(start + 1, end - 1) : this.#text.slice(start, end);
    if (text === '' || text.endsWith(' ') || (first === '"' && text.includes('\\'))) throw new Beyond();
    return { kind: 'scalar', text, plain: !isQuoted, anchor: null, span: { start, end } };
  }

  /** What stands behind a colon, on its line or below it. */
  #value(at: number, column: number): Node {
    const char = this.#text[at];
    if (char !== undefined && char !== '\n' && char !== '#') return this.#scalar(at, column);
    if (!this.#nextLine(this.#lineEnd(at) + 1)) throw new Beyond();
    if (this.#indent > column) return this.#block(this.#indent);
    if (this.#indent === column && this.#isDash(this.#at)) return this.#block(column);
    throw new Beyond();
  }

  #scalar(at: number, column: number): Node {
    const first = this.#text[at];
    if (first === '|' || first === '>') return this.#textBlock(at, column);
    const node = first === '"' ? this.#double(at) : first === "'" ? this.#single(at) : this.#plain(at);
    const { end } = node.span;
    const lineEnd = this.#lineEnd(end);
    const rest = this.#text.slice(end, lineEnd);
    if (!/^ *$|^ +#/.test(rest)) throw new Beyond();
    this.#nextLine(lineEnd + 1);
    // Else it may go on there.
    if (this.#indent > column) throw new Beyond();
    return node;
  }

  #plain(start: number): Node {
    const first = this.#text[start];
    if (first === undefined || first === '\n' || INDICATORS.has(first)) throw new Beyond();
    if ((first === '-' || first === '?' || first === ':') && /[ \n]/.test(this.#text[start + 1] ?? '\n'))
      throw new Beyond();
    const line = this.#text.slice(start, this.#lineEnd(start));
    const comment = line.indexOf(' #');
    const text = (comment === -1 ? line : line.slice(0, comment)).trimEnd();
    if (text.includes(': ') || text.endsWith(':')) throw new Beyond();
    return { kind: 'scalar', text, plain: true, anchor: null, span: { start, end: start + text.length } };
  }

  #single(start: number): Node {
    const text = this.#text;
    const lineEnd = this.#lineEnd(start);
    let close = start + 1;
    while (close < lineEnd && (text[close] !== "'" || text[close + 1] === "'")) close += text[close] === "'" ? 2 : 1;
    if (close >= lineEnd) throw new Beyond();
    const inner = text.slice(start + 1, close).replaceAll("''", "'");
    return { kind: 'scalar', text: inner, plain: false, anchor: null, span: { start, end: close + 1 } };
  }

  #double(start: number): Node {
    const text = this.#text;
    const lineEnd = this.#lineEnd(start);
    let close = start + 1;
    while (close < lineEnd && text[close] !== '"') close += text[close] === '\\' ? 2 : 1;
    if (close >= lineEnd) throw new Beyond();
    const inner = text.slice(start + 1, close).replace(/\\(.)/g, (_, char: string) => {
      const meant = ESCAPES.get(char);
      if (meant === undefined) throw new Beyond();
      return meant;
    });
    return { kind: 'scalar', text: inner, plain: false, anchor: null, span: { start, end: close + 1 } };
  }

  /** `|` and `>`, kept to the last line end or stripped of it. */
  #textBlock(start: number, column: number): Node {
    const headerEnd = this.#lineEnd(start);
    const header = /^([|>])(-?) *(?: #.*)?$/.exec(this.#text.slice(start, headerEnd));
    if (header === null || !this.#seekText(headerEnd + 1) || this.#indent <= column) throw new Beyond();
    const indent = this.#indent;
    const lines: string[] = [];
    let at = headerEnd + 1;
    while (at < this.#text.length) {
      const lineEnd = this.#lineEnd(at);
      const line = this.#text.slice(at, lineEnd);
      const spaces = line.length - line.trimStart().length;
      const isBlank = spaces === line.length;
      if (!isBlank && spaces < indent) break;
      // Spaces alone mean something where they go beyond the indentation.
      if (isBlank && line.length > indent) throw new Beyond();
      lines.push(line.slice(indent));
      at = lineEnd + 1;
    }
    const end = Math.min(at, this.#text.length);
    this.#nextLine(end);
    if (this.#indent > column) throw new Beyond();
    while (lines.at(-1) === '') lines.pop();
    const text = (header[1] === '|' ? lines.join('\n') : fold(lines)) + (header[2] === '-' ? '' : '\n');
    return { kind: 'scalar', text, plain: false, anchor: null, span: { start, end } };
  }

  /** The first line with text on it, a comment or not. */
  #seekText(from: number): boolean {
    let at = from;
    while (this.#text[at] === ' ' || this.#text[at] === '\n') at++;
    if (at >= this.#text.length) return false;
    this.#indent = at - (this.#text.lastIndexOf('\n', at) + 1);
    return true;
  }
}

const SPACE = 0x20;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['"', '"'],
  ['\\', '\\'],
]);

const isColon = (text: string, at: number): boolean =>
  text[at] === ':' && (text[at + 1] === ' ' || text[at + 1] === '\n' || at + 1 === text.length);

/** Lines become one; empty ones between them stay as line ends. */
function fold(lines: readonly string[]): string {
  let text = '';
  let breaks = 0;
  for (const [index, line] of lines.entries()) {
    if (line.startsWith(' ')) throw new Beyond();
    if (line === '') {
      breaks++;
      continue;
    }
    if (index > 0)
      text += breaks === 0 || text === '' ? (text === '' ? '\n'.repeat(breaks) : ' ') : '\n'.repeat(breaks);
    text += line;
    breaks = 0;
  }
  return text;
}
