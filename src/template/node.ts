// The tree a template text becomes, and how a part of it is written in an error message. Positions are indexes
// into the text; `locate` turns one into the line and byte column that Go prints.
import { byteLength, sliceBytes } from './bytes.ts';
import type { NumberConstant } from './number-constant.ts';
import { quote } from './quote.ts';

/** The text a node came from: `name` is the file, or what an inline text is called. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

interface Base {
  readonly source: Source;
  readonly pos: number;
}

export interface TextNode extends Base {
  readonly kind: 'text';
  readonly text: string;
}
export interface ActionNode extends Base {
  readonly kind: 'action';
  readonly pipe: PipeNode;
}
export interface BranchNode extends Base {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | null;
}
export interface JumpNode extends Base {
  readonly kind: 'break' | 'continue';
}
export interface TemplateNode extends Base {
  readonly kind: 'template';
  readonly name: string;
  readonly pipe: PipeNode | null;
}
export type StatementNode = TextNode | ActionNode | BranchNode | JumpNode | TemplateNode;

export interface ListNode extends Base {
  readonly kind: 'list';
  readonly nodes: readonly StatementNode[];
}

export interface PipeNode extends Base {
  readonly kind: 'pipe';
  readonly isAssign: boolean;
  readonly declared: readonly VariableNode[];
  readonly commands: readonly CommandNode[];
}
export interface CommandNode extends Base {
  readonly kind: 'command';
  readonly args: readonly ArgNode[];
}
export interface IdentifierNode extends Base {
  readonly kind: 'identifier';
  readonly name: string;
}
export interface VariableNode extends Base {
  readonly kind: 'variable';
  /** `$x.a.b` is ['$x', 'a', 'b']. */
  readonly path: readonly string[];
}
export interface FieldNode extends Base {
  readonly kind: 'field';
  readonly path: readonly string[];
}
export interface ChainNode extends Base {
  readonly kind: 'chain';
  readonly head: ArgNode;
  readonly path: readonly string[];
}
export interface DotNode extends Base {
  readonly kind: 'dot';
}
export interface NilNode extends Base {
  readonly kind: 'nil';
}
export interface BoolNode extends Base {
  readonly kind: 'bool';
  readonly value: boolean;
}
export interface NumberNode extends Base {
  readonly kind: 'number';
  readonly text: string;
  readonly constant: NumberConstant;
}
export interface StringNode extends Base {
  readonly kind: 'string';
  readonly quoted: string;
  readonly text: string;
}
export type ArgNode =
  | PipeNode
  | IdentifierNode
  | VariableNode
  | FieldNode
  | ChainNode
  | DotNode
  | NilNode
  | BoolNode
  | NumberNode
  | StringNode;
export type Node = StatementNode | ListNode | CommandNode | ArgNode;

export interface Location {
  readonly line: number; // from 1
  /** In bytes, from 0, as Go counts. */
  readonly column: number;
}

export function locate(text: string, pos: number): Location {
  const before = text.slice(0, pos);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: countLines(before) + 1, column: byteLength(before.slice(lineStart)) };
}

/** The other way round. */
export function positionOf(text: string, { line, column }: Location): number {
  const before = text.split('\n', line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return before + sliceBytes(text.slice(before), 0, column).length;
}

export function countLines(text: string): number {
  let lines = 0;
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) lines++;
  return lines;
}

/** Nothing but space: such a body never replaces another one. */
export const isEmptyList = (list: ListNode): boolean =>
  list.nodes.every((node) => node.kind === 'text' && /^[\s\u0085]*$/.test(node.text.replaceAll('\ufeff', 'x')));

/** As Go prints the node again. */
export function nodeText(node: Node): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'action':
      return `{{${nodeText(node.pipe)}}}`;
    case 'if':
    case 'with':
    case 'range': {
      const otherwise = node.elseList === null ? '' : `{{else}}${nodeText(node.elseList)}`;
      return `{{${node.kind} ${nodeText(node.pipe)}}}${nodeText(node.list)}${otherwise}{{end}}`;
    }
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`;
    case 'template':
      return `{{template ${quote(node.name)}${node.pipe === null ? '' : ` ${nodeText(node.pipe)}`}}}`;
    case 'list':
      return node.nodes.map(nodeText).join('');
    case 'pipe': {
      const names = node.declared.map(nodeText).join(', ');
      const declaration = names === '' ? '' : `${names} ${node.isAssign ? '=' : ':='} `;
      return declaration + node.commands.map(nodeText).join(' | ');
    }
    case 'command':
      return node.args.map(argText).join(' ');
    case 'identifier':
      return node.name;
    case 'variable':
      return node.path.join('.');
    case 'field':
      return `.${node.path.join('.')}`;
    case 'chain':
      return `${argText(node.head)}.${node.path.join('.')}`;
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(node.value);
    case 'number':
      return node.text;
    case 'string':
      return node.quoted;
  }
}

const argText = (arg: ArgNode): string => (arg.kind === 'pipe' ? `(${nodeText(arg)})` : nodeText(arg));
