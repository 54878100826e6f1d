// Puts what the escaper found out into new trees: escapers behind actions, other texts, the names of the templates
// made for a context.
import type { ActionNode, CommandNode, ListNode, PipeNode, StatementNode, TemplateNode, TextNode } from './node.ts';

export interface Edits {
  readonly actions: ReadonlyMap<ActionNode, readonly string[]>;
  readonly calls: ReadonlyMap<TemplateNode, string>;
  readonly texts: ReadonlyMap<TextNode, string>;
}

export function withEscapers(list: ListNode, edits: Edits): ListNode {
  return { ...list, nodes: list.nodes.map((node) => rewritten(node, edits)) };
}

function rewritten(node: StatementNode, edits: Edits): StatementNode {
  switch (node.kind) {
    case 'text':
      return { ...node, text: edits.texts.get(node) ?? node.text };
    case 'action': {
      const escapers = edits.actions.get(node) ?? [];
      return escapers.length === 0 ? node : { ...node, pipe: withCommands(node.pipe, escapers) };
    }
    case 'template':
      return { ...node, name: edits.calls.get(node) ?? node.name };
    case 'if':
    case 'with':
    case 'range':
      return {
        ...node,
        list: withEscapers(node.list, edits),
        elseList: node.elseList === null ? null : withEscapers(node.elseList, edits),
      };
    case 'break':
    case 'continue':
      return node;
  }
}

/** Escapers that do what a predefined one does. */
const EQUIVALENT: ReadonlyMap<string, string> = new Map([
  ['_html_template_attrescaper', 'html'],
  ['_html_template_htmlescaper', 'html'],
  ['_html_template_rcdataescaper', 'html'],
  ['_html_template_urlescaper', 'urlquery'],
  ['_html_template_urlnormalizer', 'urlquery'],
]);
const normal = (name: string): string => EQUIVALENT.get(name) ?? name;

/** The first leaves nothing for the second to do. */
const REDUNDANT: ReadonlySet<string> = new Set([
  '_html_template_commentescaper _html_template_attrescaper',
  '_html_template_commentescaper _html_template_htmlescaper',
  '_html_template_cssescaper _html_template_attrescaper',
  '_html_template_jsregexpescaper _html_template_attrescaper',
  '_html_template_jsstrescaper _html_template_attrescaper',
  '_html_template_jstmpllitescaper _html_template_attrescaper',
  '_html_template_urlescaper _html_template_urlnormalizer',
]);

function withCommands(pipe: PipeNode, wanted: readonly string[]): PipeNode {
  let escapers = [...wanted];
  let commands = [...pipe.commands];
  const predefined = predefinedName(commands.at(-1));
  if (predefined !== null) {
    const [only] = commands;
    if (commands.length === 1 && only !== undefined && only.args.length > 1) {
      // `html a b` becomes `_eval_args_ a b | html`.
      commands = [withName(only, '_eval_args_'), command(pipe, predefined)];
    }
    const merged = escapers.map((name) => (normal(name) === predefined ? predefined : name));
    if (merged.includes(predefined)) commands.pop();
    escapers = merged;
  }
  const present = new Set(commands.flatMap((one) => nameOf(one) ?? []).map(normal));
  for (const name of escapers) {
    if (present.has(normal(name))) continue;
    const last = nameOf(commands.at(-1));
    if (last === null || !REDUNDANT.has(`${last} ${name}`)) commands.push(command(pipe, name));
  }
  return { ...pipe, commands };
}

function nameOf(one: CommandNode | undefined): string | null {
  const first = one?.args[0];
  return first?.kind === 'identifier' ? first.name : null;
}

function predefinedName(last: CommandNode | undefined): string | null {
  const name = nameOf(last);
  return name === 'html' || name === 'urlquery' ? name : null;
}

function command({ source, pos }: PipeNode, name: string): CommandNode {
  return { kind: 'command', source, pos, args: [{ kind: 'identifier', source, pos, name }] };
}

function withName(one: CommandNode, name: string): CommandNode {
  const { source, pos } = one;
  return { ...one, args: [{ kind: 'identifier', source, pos, name }, ...one.args.slice(1)] };
}
