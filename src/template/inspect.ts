// Looking through a template without carrying it out: what must fail wherever it is reached, and which fields it
// wants of the data it is given.
import { countFault } from './call.ts';
import type { FunctionTable } from './function-table.ts';
import {
  positionOf,
  type ArgNode,
  type CommandNode,
  type ListNode,
  type Node,
  type PipeNode,
  type StatementNode,
} from './node.ts';
import { placeOf, type Place } from './place.ts';
import { quote } from './quote.ts';

export interface Known {
  readonly functions: FunctionTable;
  readonly hasTemplate: (name: string) => boolean;
}

/** A template of the user's files, and the path of its file. */
export interface Own {
  readonly list: ListNode;
  readonly file: string;
}

interface Named extends Own {
  readonly name: string;
  /** There is a shipped one of this name. */
  readonly isReplacing: boolean;
}

export interface Inspected {
  readonly name: string;
  readonly isReplacing: boolean;
  readonly place: Place;
  /** The place a message of Go's means by `template: NAME:LINE:COLUMN:`, when it is in the same file. */
  readonly placeOf: (message: string) => Place | null;
  /** Fields of the data that it is given. */
  readonly fields: ReadonlySet<string>;
  /** What fails when it is reached, whatever the data. */
  readonly faults: readonly { readonly message: string; readonly place: Place }[];
}

export function inspect({ name, isReplacing, list, file }: Named, known: Known): Inspected {
  const walk = new Walk(known);
  walk.list(list, true);
  const place = ({ source, pos }: Node): Place => placeOf({ name: file, text: source.text }, pos, 1);
  const faults = walk.faults.map(({ node, message }) => ({ message, place: place(node) }));
  return {
    ...{ name, isReplacing, faults, fields: walk.fields, place: place(list) },
    placeOf: (message) => {
      const [, where, line, column] = /^template: ([^:]*):(\d+):(\d+): /.exec(message) ?? [];
      if (where !== list.source.name) return null;
      const { text } = list.source;
      return placeOf({ name: file, text }, positionOf(text, { line: Number(line), column: Number(column) }), 1);
    },
  };
}

class Walk {
  readonly faults: { node: Node; message: string }[] = [];
  readonly fields = new Set<string>();
  readonly #known: Known;

  constructor(known: Known) {
    this.#known = known;
  }

  /** @param isRoot whether the dot is the data of the whole template */
  list({ nodes }: ListNode, isRoot: boolean): void {
    for (const node of nodes) this.#statement(node, isRoot);
  }

  #statement(node: StatementNode, isRoot: boolean): void {
    switch (node.kind) {
      case 'action':
        this.#pipe(node.pipe, isRoot);
        return;
      case 'if':
      case 'with':
      case 'range':
        this.#pipe(node.pipe, isRoot);
        this.list(node.list, isRoot && node.kind === 'if');
        if (node.elseList !== null) this.list(node.elseList, isRoot);
        return;
      case 'template':
        this.#called(node, node.name);
        if (node.pipe !== null) this.#pipe(node.pipe, isRoot);
        return;
      case 'text':
      case 'break':
      case 'continue':
    }
  }

  #called(node: Node, name: string): void {
    if (this.#known.hasTemplate(name)) return;
    this.faults.push({ node, message: `template ${quote(name)} not defined` });
  }

  #pipe({ commands }: PipeNode, isRoot: boolean): void {
    commands.forEach((command, index) => this.#command(command, { isRoot, isPiped: index > 0 }));
  }

  #command({ args }: CommandNode, { isRoot, isPiped }: { readonly isRoot: boolean; readonly isPiped: boolean }): void {
    const [head, ...rest] = args;
    if (head?.kind === 'identifier') this.#call(head, rest, isPiped);
    else if (head !== undefined) this.#arg(head, isRoot);
    for (const arg of rest) this.#arg(arg, isRoot);
  }

  #call(head: ArgNode & { readonly kind: 'identifier' }, args: readonly ArgNode[], isPiped: boolean): void {
    const fn = this.#known.functions.get(head.name);
    if (fn === undefined) return;
    const message = countFault(head.name, fn.callable, { written: args.length, isPiped });
    if (message !== null) this.faults.push({ node: head, message });
    const [first] = args;
    if (head.name === 'include' && first?.kind === 'string') this.#called(head, first.text);
  }

  #arg(node: ArgNode, isRoot: boolean): void {
    switch (node.kind) {
      case 'pipe':
        this.#pipe(node, isRoot);
        return;
      case 'chain':
        this.#arg(node.head, isRoot);
        return;
      case 'identifier':
        this.#call(node, [], false);
        return;
      case 'field':
        if (isRoot) this.fields.add(node.path[0]!);
        return;
      case 'variable':
        if (node.path[0] === '$' && node.path.length > 1) this.fields.add(node.path[1]!);
        return;
      case 'dot':
      case 'nil':
      case 'bool':
      case 'number':
      case 'string':
    }
  }
}
