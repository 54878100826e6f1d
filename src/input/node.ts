// A place in the tree of a file people write: what is there, where it is, and how to complain about it. Reading is
// lenient (what is absent, null or of the wrong shape reads as nothing) because the schema has already reported
// wrong shapes, and one mistake must not hide the next.
import type { Path } from './doc.ts';
import { isMapping, type Tree } from './tree.ts';

export type Which = 'key' | 'value';

export interface Complaint {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** The part of a text that is meant, when it is not the whole. */
  readonly within?: { readonly offset: number; readonly length: number };
}

/** How compilers complain that find little but errors; without a severity it is one. */
export type Report = (
  path: Path,
  which: Which,
  code: string,
  message: string,
  hint?: string,
  severity?: Complaint['severity'],
) => void;

/** Takes what compilation finds; knows positions. */
export type Complain = (path: Path, which: Which, complaint: Complaint) => void;

export class Node {
  readonly path: Path;
  readonly value: Tree | undefined;
  readonly complain: Complain;

  constructor(value: Tree | undefined, path: Path, complain: Complain) {
    this.value = value;
    this.path = path;
    this.complain = complain;
  }

  get report(): Report {
    return (path, which, code, message, hint, severity = 'error') =>
      this.complain(path, which, { severity, code, message, hint });
  }

  /** Present and not null. */
  get isSet(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  get isMapping(): boolean {
    return isMapping(this.value);
  }

  get text(): string {
    return typeof this.value === 'string' ? this.value : '';
  }

  at(key: string): Node {
    const value = isMapping(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    return new Node(value, [...this.path, key], this.complain);
  }

  items(): readonly Node[] {
    if (!Array.isArray(this.value)) return [];
    return this.value.map((item: Tree, index) => new Node(item, [...this.path, index], this.complain));
  }

  /** Elements that are not null; a null one is an error, since the list would quietly be shorter than it looks. */
  entries(what: string): readonly Node[] {
    return this.items().filter((item) => {
      if (item.value === null)
        item.error('config/null-entry', `missing ${what}: the list entry is empty`, 'remove the dash or fill it in');
      return item.value !== null;
    });
  }

  fields(): readonly (readonly [name: string, node: Node])[] {
    return isMapping(this.value) ? Object.keys(this.value).map((name) => [name, this.at(name)] as const) : [];
  }

  error(code: string, message: string, hint?: string, which: Which = 'value'): void {
    this.complain(this.path, which, { severity: 'error', code, message, hint });
  }

  /** Points into the text. */
  errorWithin(
    within: { readonly offset: number; readonly length: number },
    code: string,
    message: string,
    hint?: string,
  ): void {
    this.complain(this.path, 'value', { severity: 'error', code, message, hint, within });
  }

  warn(code: string, message: string, hint?: string, which: Which = 'value'): void {
    this.complain(this.path, which, { severity: 'warning', code, message, hint });
  }
}
