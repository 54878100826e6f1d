// One YAML document: its plain tree, and for every path into it the place in the file. Paths are keys and indexes
// from the root; a path that leads nowhere means its last part that exists.
import type { Position, Problem } from '../model/problem.ts';
import { readTyped, type TypedScalar } from './scalar.ts';
import { offsetInFile } from './scalar-offsets.ts';
import type { Source, Span } from './source.ts';
import { isList, type BuiltTree, type Place, type Tree } from './tree.ts';

export type Path = readonly (string | number)[];

export type Typed = TypedScalar | readonly Typed[] | ReadonlyMap<string, Typed>;

export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** 'error' unless given. */
  readonly severity?: Problem['severity'];
}

export class Doc {
  readonly file: string;
  readonly tree: Tree;
  readonly #source: Source;
  readonly #root: Place;
  readonly #places: BuiltTree['places'];

  constructor(source: Source, built: BuiltTree) {
    this.file = source.file;
    this.tree = built.tree;
    this.#source = source;
    this.#root = built.root;
    this.#places = built.places;
  }

  /** The part at a path; undefined when there is none. */
  at(path: Path): Tree | undefined {
    return this.#find(path).tree;
  }

  /** Of the key (where there is one) or of the value. */
  position(path: Path, which: 'key' | 'value'): Position {
    return this.#source.position(this.#span(path, which));
  }

  /** Of a piece of a scalar's text, in UTF-16 units; the whole scalar where the file spells it differently. */
  inside(path: Path, offset: number, length: number): Position {
    const { tree, place, whole } = this.#find(path);
    const find = (at: number): number | null =>
      typeof tree === 'string' && whole ? offsetInFile(this.#source.text, place.value, tree, at) : null;
    const start = find(offset);
    if (start === null) return this.position(path, 'value');
    const last = length > 1 ? find(offset + length - 1) : start;
    return this.#source.position({ start, end: Math.max(start, last ?? start) + 1 });
  }

  excerpt(line: number): string {
    return this.#source.excerpt(line);
  }

  /** Without its end. */
  lineSpan(line: number): Span {
    return this.#source.lineSpan(line);
  }

  valueSpan(path: Path): Span {
    return this.#span(path, 'value');
  }

  problem(path: Path, which: 'key' | 'value', finding: Finding): Problem {
    return this.problemAt(this.position(path, which), finding);
  }

  problemAt(at: Position, { code, message, hint, severity = 'error' }: Finding): Problem {
    const excerpt = this.#source.excerpt(at.line);
    return { severity, code, message, at, excerpt, ...(hint !== undefined && { hint }) };
  }

  /** The part at a path with the types YAML 1.1 gives plain scalars; undefined when there is none. */
  typed(path: Path): Typed | undefined {
    const { tree, place } = this.#find(path);
    return tree === undefined ? undefined : this.#typed(tree, place.plain);
  }

  #typed(tree: Tree, plain: boolean): Typed {
    if (tree === null) return null;
    if (typeof tree === 'string') return plain ? readTyped(tree) : tree;
    const places = this.#places.get(tree)!;
    if (isList(tree)) return tree.map((item, i) => this.#typed(item, places.get(i)!.plain));
    return new Map(Object.entries(tree).map(([name, value]) => [name, this.#typed(value, places.get(name)!.plain)]));
  }

  #span(path: Path, which: 'key' | 'value'): Span {
    const { place, whole } = this.#find(path);
    return which === 'key' || !whole ? (place.key ?? place.value) : place.value;
  }

  /** `whole` says that the path led all the way; else `place` is of its last part that exists. */
  #find(path: Path): { readonly tree: Tree | undefined; readonly place: Place; readonly whole: boolean } {
    let tree: Tree = this.tree;
    let place = this.#root;
    for (const step of path) {
      if (tree === null || typeof tree === 'string') return { tree: undefined, place, whole: false };
      const name = isList(tree) ? Number(step) : String(step);
      const next = this.#places.get(tree)!.get(name);
      if (next === undefined) return { tree: undefined, place, whole: false };
      place = next;
      tree = isList(tree) ? tree[Number(step)]! : tree[String(step)]!;
    }
    return { tree, place, whole: true };
  }
}
