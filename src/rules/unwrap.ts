// Where in a file lists of groups are: in it, in the Kubernetes objects that wrap them (PrometheusRule, VMRule,
// lists of these), or in the texts of a ConfigMap. An object's groups belong to it and not to the file it came in.
import { Node } from '../input/node.ts';
import type { Doc } from '../input/doc.ts';
import { closest } from '../input/suggest.ts';
import { parseYamlStream } from '../input/yaml.ts';
import { goQuote } from '../model/go-quote.ts';
import type { Problem } from '../model/problem.ts';
import { embeddedDoc, placedDoc, relocateProblem, type PlacedDoc } from './placed-doc.ts';

export interface GroupList {
  /** The mapping with `groups` in it. */
  readonly holder: Node;
  readonly doc: PlacedDoc;
  /** What the ids of the groups begin with. */
  readonly file: string;
}

export interface Unwrapped {
  readonly lists: readonly GroupList[];
  /** The kinds of objects that were unwrapped, each with its place. */
  readonly wrappers: readonly { readonly kind: string; readonly node: Node }[];
}

export function unwrap(docs: readonly Doc[], file: string, problems: Problem[]): Unwrapped {
  const found: Found = { lists: [], wrappers: [], problems };
  for (const doc of docs) {
    const placed = placedDoc(doc);
    const root = rootOf(placed, problems);
    if (root.isSet) take(root, { doc, placed, file }, found);
  }
  return found;
}

interface Found {
  readonly lists: GroupList[];
  readonly wrappers: { readonly kind: string; readonly node: Node }[];
  readonly problems: Problem[];
}

interface Holder {
  readonly doc: Doc;
  readonly placed: PlacedDoc;
  readonly file: string;
}

const rootOf = (placed: PlacedDoc, problems: Problem[]): Node =>
  new Node(placed.tree, [], (path, which, complaint) => problems.push(placed.problem(path, which, complaint)));

const RULE_KINDS = ['PrometheusRule', 'VMRule'];
const LIST_KINDS = ['List', 'PrometheusRuleList', 'VMRuleList', 'ConfigMapList'];
const KINDS = [...RULE_KINDS, ...LIST_KINDS, 'ConfigMap'];

function take(node: Node, from: Holder, found: Found): void {
  const kind = node.at('kind').text;
  if (kind === '' || !node.at('apiVersion').isSet) {
    found.lists.push({ holder: node, doc: from.placed, file: from.file });
    return;
  }
  if (!KINDS.includes(kind)) {
    const near = closest(kind, KINDS);
    const hint =
      near === null ? `rules are in ${RULE_KINDS.join(', ')} and ConfigMap` : `did you mean ${goQuote(near)}?`;
    node.at('kind').error('rules/unknown-kind', `a ${kind} holds no rules`, hint);
    return;
  }
  found.wrappers.push({ kind, node });
  if (LIST_KINDS.includes(kind)) takeItems(node, from, found);
  else if (kind === 'ConfigMap') takeConfigMap(node, from, found);
  else takeObject(node, from, found);
}

function takeItems(list: Node, from: Holder, found: Found): void {
  const items = list.at('items');
  if (items.isSet && !Array.isArray(items.value)) items.error('rules/wrong-kind', 'items: expected a list');
  for (const item of items.items()) {
    if (item.isMapping && item.at('kind').text !== '') take(item, from, found);
    else item.error('rules/wrong-kind', 'expected an object with apiVersion and kind');
  }
}

function takeObject(object: Node, from: Holder, found: Found): void {
  const spec = object.at('spec');
  if (spec.isMapping) found.lists.push({ holder: spec, doc: from.placed, file: nameOf(object, from.file) });
  else object.at('spec').error('rules/required', 'spec with groups must be set', undefined, 'key');
}

/** `<namespace>/<name>`, however the file is called in which it was delivered. */
function nameOf(object: Node, file: string): string {
  const metadata = object.at('metadata');
  const name = metadata.at('name').text;
  return name === '' ? file : `${metadata.at('namespace').text || 'default'}/${name}`;
}

function takeConfigMap(map: Node, { doc, file }: Holder, found: Found): void {
  const name = nameOf(map, file);
  const data = map.at('data');
  if (data.isSet && !data.isMapping) data.error('rules/wrong-kind', 'data: expected a mapping');
  for (const [key, value] of data.fields()) {
    const text = value.text;
    if (value.isSet && text === '') value.error('rules/wrong-kind', `data.${key}: expected the text of a rule file`);
    const parsed = parseYamlStream(`${name}/${key}`, text);
    const problems = parsed.ok ? parsed.warnings : parsed.problems;
    found.problems.push(...problems.map((problem) => relocateProblem(problem, doc, value.path, text)));
    if (!parsed.ok) continue;
    for (const inner of parsed.value) {
      const placed = embeddedDoc(inner, doc, value.path, text);
      const root = rootOf(placed, found.problems);
      if (root.isSet) found.lists.push({ holder: root, doc: placed, file: `${name}/${key}` });
    }
  }
}
