// From nodes with places to the plain tree that schemas and decoders read: aliases resolved, merge keys applied,
// repeated keys refused. A tree is a graph (an aliased part is one object in several places), so a bomb of aliases
// costs nothing to build; it is refused because everybody who walks the tree would pay.
import type { Problem } from '../model/problem.ts';
import { isNull } from './scalar.ts';
import type { Source, Span } from './source.ts';
import { closest } from './suggest.ts';

export type Node =
  | {
      readonly kind: 'scalar';
      readonly text: string;
      readonly plain: boolean;
      readonly anchor: string | null;
      readonly span: Span;
    }
  | { readonly kind: 'list'; readonly items: readonly Node[]; readonly anchor: string | null; readonly span: Span }
  | { readonly kind: 'map'; readonly pairs: readonly NodePair[]; readonly anchor: string | null; readonly span: Span }
  | { readonly kind: 'alias'; readonly name: string; readonly span: Span };

export interface NodePair {
  readonly key: Node;
  readonly value: Node;
}

/** Mappings are null-prototype objects; scalars are text, but a plain `null`, `~` or nothing is null. */
export type Tree = null | string | readonly Tree[] | { readonly [key: string]: Tree };

/** Where an entry of a mapping (or list: no key) stands, and whether a scalar there stood without quotes. */
export interface Place {
  readonly key: Span | null;
  readonly value: Span;
  readonly plain: boolean;
}

export interface BuiltTree {
  readonly tree: Tree;
  readonly root: Place;
  readonly places: ReadonlyMap<object, ReadonlyMap<string | number, Place>>;
  readonly problems: readonly Problem[];
}

/** How many values aliases and merges may stand for beyond those written out. */
export const MOST_ALIASED = 250_000;

const MOST_PROBLEMS = 500;

export function buildTree(source: Source, root: Node): BuiltTree {
  const builder = new Builder(source);
  const built = builder.build(root);
  return {
    tree: built.tree,
    root: { key: null, value: root.span, plain: built.plain },
    places: builder.places,
    problems: builder.problems,
  };
}

interface Built {
  readonly tree: Tree;
  readonly plain: boolean;
  /** Values in it, aliased ones counted wherever they appear. */
  readonly size: number;
}

const NOTHING: Built = { tree: null, plain: true, size: 1 };

class Builder {
  readonly places = new Map<object, Map<string | number, Place>>();
  readonly problems: Problem[] = [];
  readonly #source: Source;
  readonly #anchors = new Map<string, Built | 'open'>();
  #written = 0;
  #exhausted = false;

  constructor(source: Source) {
    this.#source = source;
  }

  build(node: Node): Built {
    this.#written++;
    if (node.kind === 'alias') return this.#resolve(node.name, node.span);
    if (node.anchor !== null) this.#anchors.set(node.anchor, 'open');
    const built =
      node.kind === 'scalar'
        ? scalar(node.text, node.plain)
        : node.kind === 'list'
          ? this.#list(node.items)
          : this.#map(node.pairs);
    if (node.anchor !== null) this.#anchors.set(node.anchor, built);
    return built;
  }

  #list(items: readonly Node[]): Built {
    const tree: Tree[] = [];
    const places = new Map<string | number, Place>();
    let size = 1;
    for (const item of items) {
      const built = this.build(item);
      places.set(tree.length, { key: null, value: item.span, plain: built.plain });
      tree.push(built.tree);
      size += built.size;
      this.#spend(size, item.span);
    }
    this.places.set(tree, places);
    return { tree, plain: false, size };
  }

  #map(pairs: readonly NodePair[]): Built {
    const tree = Object.create(null) as Record<string, Tree>;
    const places = new Map<string | number, Place>();
    const merges: Node[] = [];
    let size = 1;
    for (const { key, value } of pairs) {
      if (key.kind === 'scalar' && key.plain && key.text === '<<') {
        merges.push(value);
        continue;
      }
      const name = this.#key(key);
      const built = this.build(value);
      size += built.size;
      this.#spend(size, value.span);
      if (name === null) continue;
      const first = places.get(name);
      if (first === undefined) {
        tree[name] = built.tree;
        places.set(name, { key: key.span, value: value.span, plain: built.plain });
      } else this.#repeated(name, key.span, first);
    }
    for (const value of merges) size += this.#merge(value, tree, places);
    this.places.set(tree, places);
    return { tree, plain: false, size };
  }

  /** Keys written out win over merged ones; of several merged mappings the earlier wins. */
  #merge(value: Node, tree: Record<string, Tree>, places: Map<string | number, Place>): number {
    const built = this.build(value);
    const sources = isList(built.tree) ? built.tree : [built.tree];
    this.#spend(built.size, value.span);
    for (const merged of sources) {
      if (merged === null && this.#exhausted) break;
      if (merged === null || typeof merged === 'string' || isList(merged)) {
        this.#report(value.span, 'yaml/merge', '"<<" takes a mapping or a list of mappings', 'as in `<<: *defaults`');
        break;
      }
      for (const [name, place] of this.places.get(merged)!) {
        if (places.has(name)) continue;
        tree[name] = merged[name]!;
        places.set(name, place);
      }
    }
    return built.size;
  }

  #key(node: Node): string | null {
    const built = this.build(node);
    if (typeof built.tree === 'string') return built.tree;
    // A bare `null:` is a word to whoever reads names; only no text at all is no key.
    if (node.kind === 'scalar' && node.text !== '') return node.text;
    if (built.tree === null) {
      if (node.kind === 'scalar') this.#report(node.span, 'yaml/key', 'there is no key before this ":"');
    } else {
      const template = this.#source.text.startsWith('{{', Math.max(0, node.span.start - 1));
      const hint = template ? 'text that begins with "{{" must stand in quotes' : 'quote it, if it is meant as text';
      this.#report(node.span, 'yaml/key', `a ${isList(built.tree) ? 'list' : 'mapping'} cannot be a key`, hint);
    }
    return null;
  }

  #resolve(name: string, span: Span): Built {
    if (this.#exhausted) return NOTHING;
    const target = this.#anchors.get(name);
    if (target === undefined) {
      const near = closest(name, this.#anchors.keys());
      const hint = near === null ? `an anchor is set with &${name}, before it is used` : `did you mean *${near}?`;
      this.#report(span, 'yaml/alias', `there is no anchor "${name}" above this line`, hint);
      return NOTHING;
    }
    if (target === 'open') {
      this.#report(span, 'yaml/alias', `the anchor "${name}" would contain itself`);
      return NOTHING;
    }
    return target;
  }

  #spend(size: number, span: Span): void {
    if (this.#exhausted || size <= this.#written + MOST_ALIASED) return;
    this.#exhausted = true;
    this.#report(span, 'yaml/alias', `aliases repeat more than ${MOST_ALIASED} values`);
  }

  #repeated(name: string, span: Span, first: Place): void {
    const line = this.#source.lineAt(first.key!.start);
    this.#report(span, 'yaml/duplicate-key', `"${name}" is given twice`, `it is already set on line ${line}`);
  }

  #report(span: Span, code: string, message: string, hint?: string): void {
    if (this.problems.length >= MOST_PROBLEMS) return;
    const at = this.#source.position(span);
    const excerpt = this.#source.excerpt(at.line);
    this.problems.push({ severity: 'error', code, message, at, excerpt, ...(hint !== undefined && { hint }) });
  }
}

export const isList = (tree: Tree): tree is readonly Tree[] => Array.isArray(tree);

const scalar = (text: string, plain: boolean): Built => ({ tree: plain && isNull(text) ? null : text, plain, size: 1 });
