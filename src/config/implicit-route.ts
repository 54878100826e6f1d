// A file with rules whose alerts go to other Alertmanagers needs no routing of its own: then there is one route for
// everything, to a receiver with nothing in it.
import type { Tree } from '../input/tree.ts';
import { Node } from '../input/node.ts';

/** The same file, with the route it stands for. */
export function withImplicitRoute(root: Node): Node {
  const hasRules = root.at('rule_files').items().length > 0;
  const tellsOthers = root.at('alerting').at('alertmanagers').items().length > 0;
  const list = root.at('receivers');
  const isShaped = !list.isSet || Array.isArray(list.value);
  if (root.at('route').isSet || !hasRules || !tellsOthers || !isShaped) return root;
  const names = new Set(list.items().map((entry) => entry.at('name').text));
  let receiver = 'nobody';
  while (names.has(receiver)) receiver += '_';
  const tree = Object.create(null) as Record<string, Tree>;
  for (const [key, { value }] of root.fields()) if (value !== undefined) tree[key] = value;
  tree['route'] = { receiver };
  tree['receivers'] = [...list.items().map(({ value }) => value ?? null), { name: receiver }];
  return new Node(tree, root.path, root.complain);
}
