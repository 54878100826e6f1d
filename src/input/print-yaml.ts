// A plain value as YAML text that Go's parser reads back unchanged: block style; words that YAML 1.1 takes for
// something else (`off`, `1:30`, `<<`) in quotes; characters that YAML 1.1 takes for line ends escaped.
import { Document, Pair, Scalar, YAMLMap, YAMLSeq, type Tags } from 'yaml';

/** As the value of a key: key and value become a comment at the end of their mapping. */
export class CommentedOut {
  readonly value: Printable;

  constructor(value: Printable) {
    this.value = value;
  }
}

export type Printable =
  | null
  | boolean
  | number
  | string
  | CommentedOut
  | readonly Printable[]
  | ReadonlyMap<string, Printable>;

export function printYaml(value: Printable): string {
  const document = new Document(null, { version: '1.1', customTags: withoutMerge });
  document.contents = toNode(value);
  // The escapes are right wherever these characters stand: only double quotes hold them.
  return document
    .toString({ indentSeq: false, lineWidth: 0 })
    .replace(SPECIAL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

// With it the library prints the text `<<` bare.
const withoutMerge = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:merge');

const SPECIAL = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function toNode(value: Printable): Scalar | YAMLSeq | YAMLMap {
  if (typeof value === 'string') return textNode(value);
  if (value === null || typeof value !== 'object') return new Scalar(value);
  if (value instanceof CommentedOut) return new Scalar(null);
  if (isList(value)) {
    const list = new YAMLSeq();
    for (const item of value) list.items.push(toNode(item));
    return list;
  }
  const map = new YAMLMap();
  const comments: string[] = [];
  for (const [key, item] of value) {
    if (item instanceof CommentedOut) comments.push(asComment(key, item.value));
    else map.items.push(new Pair(textNode(key), toNode(item)));
  }
  if (comments.length > 0) map.comment = comments.join('\n');
  return map;
}

const asComment = (key: string, value: Printable): string =>
  printYaml(new Map([[key, value]]))
    .replace(/^/gm, ' ')
    .trimEnd();

function textNode(text: string): Scalar {
  const node = new Scalar(text.toWellFormed());
  if (/^(?:<<|[=.-])/.test(text) || text.search(SPECIAL) !== -1) node.type = Scalar.QUOTE_DOUBLE;
  return node;
}

const isList = (value: readonly Printable[] | ReadonlyMap<string, Printable>): value is readonly Printable[] =>
  Array.isArray(value);
