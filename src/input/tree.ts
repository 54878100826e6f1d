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

/** Of a tree, or of JSON: neither null nor a list. Names may be `__proto__`: ask for own keys only. */
export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
  /** Errors and warnings. */
  readonly problems: readonly Problem[];
}

/** How many values aliases and merges may stand for beyond those written out. */
const MOST_ALIASED = 250_000;

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
    const written = new Map<string, Span>();
    let size = 1;
    for (const { key, value } of pairs) {
      if (key.kind === 'scalar' && key.plain && key.text === '<<') {
        const merged = this.build(value);
        size += merged.size;
        this.#spend(size, value.span);
        for (const [name, part] of this.#merged(merged.tree, value.span)) {
          if (written.has(name)) this.#overridden(name, key.span);
          tree[name] = part.tree;
          places.set(name, part.place);
        }
        continue;
      }
      const name = this.#key(key);
      const built = this.build(value);
      size += built.size;
      this.#spend(size, value.span);
      const first = name === null ? undefined : written.get(name);
      if (first !== undefined) this.#repeated(name!, key.span, first);
      else if (name !== null) {
        written.set(name, key.span);
        tree[name] = built.tree;
        places.set(name, { key: key.span, value: value.span, plain: built.plain });
      }
    }
    this.places.set(tree, places);
    return { tree, plain: false, size };
  }

  /** What a `<<` brings: of several mappings the earlier one's keys win. */
  #merged(value: Tree, span: Span): ReadonlyMap<string, { readonly tree: Tree; readonly place: Place }> {
    const parts = new Map<string, { readonly tree: Tree; readonly place: Place }>();
    if (this.#exhausted) return parts;
    for (const mapping of isList(value) ? value : [value]) {
      if (mapping === null || typeof mapping === 'string' || isList(mapping)) {
        this.#report(span, 'yaml/merge', '"<<" takes a mapping or a list of mappings', 'as in `<<: *defaults`');
        break;
      }
      for (const [name, place] of this.places.get(mapping)!) {
        if (!parts.has(String(name))) parts.set(String(name), { tree: mapping[name]!, place });
      }
    }
    return parts;
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

  /** Go applies merges in the order of the keys; YAML's own rule, and most readers, let written keys win. */
  #overridden(name: string, span: Span): void {
    const hint = 'put "<<" first, if the written key is to win';
    this.#report(
      span,
      'yaml/merge-order',
      `this "<<" replaces ${JSON.stringify(name)}, which stands before it`,
      hint,
      'warning',
    );
  }

  #repeated(name: string, span: Span, first: Span): void {
    const line = this.#source.lineAt(first.start);
    this.#report(span, 'yaml/duplicate-key', `"${name}" is given twice`, `it is already set on line ${line}`);
  }

  #report(span: Span, code: string, message: string, hint?: string, severity: Problem['severity'] = 'error'): void {
    if (this.problems.length >= MOST_PROBLEMS) return;
    const at = this.#source.position(span);
    const excerpt = this.#source.excerpt(at.line);
    this.problems.push({ severity, code, message, at, excerpt, ...(hint !== undefined && { hint }) });
  }
}

export const isList = (tree: Tree): tree is readonly Tree[] => Array.isArray(tree);

const scalar = (text: string, plain: boolean): Built => ({ tree: plain && isNull(text) ? null : text, plain, size: 1 });
