// One mapping of a configuration on its way to a compiled value: reads its keys, knows where it stands, and
// remembers whether anything in it (or below it) was refused. The tree has passed its schema, so every leaf is a
// string or null, and null is the same as absent.
import { isAbsolute, join } from 'node:path';
import type { Path } from '../input/doc.ts';
import type { Report } from '../input/node.ts';
import { readBool } from '../input/scalar.ts';
import { Secret } from '../input/secret.ts';
import { isMapping } from '../input/tree.ts';
import { parseDuration } from '../model/duration.ts';
import type { DurationMs } from '../model/time.ts';
import type { SecretSource, TextSource } from './http-config.ts';

/** What a whole compilation shares. */
interface Run {
  readonly report: Report;
  readonly baseDir: string;
  refused: boolean;
}

export class Section {
  readonly path: Path;
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #run: Run;

  private constructor(value: object, path: Path, run: Run) {
    this.path = path;
    this.#values = new Map(Object.entries(value));
    this.#run = run;
  }

  /** `baseDir` is what relative file names are relative to. */
  static open(value: unknown, path: Path, report: Report, baseDir: string): Section {
    return new Section(isMapping(value) ? value : {}, path, { report, baseDir, refused: false });
  }

  get refused(): boolean {
    return this.#run.refused;
  }

  has(key: string): boolean {
    return (this.#values.get(key) ?? null) !== null;
  }

  /** '' when it is absent: upstream does not tell the two apart either. */
  text(key: string): string {
    const value = this.#values.get(key);
    return typeof value === 'string' ? value : '';
  }

  /** What is none is refused by the schema. */
  duration(key: string, otherwise: DurationMs): DurationMs {
    const text = this.text(key);
    const parsed = parseDuration(text);
    return text !== '' && parsed.ok ? parsed.ms : otherwise;
  }

  bool(key: string, otherwise: boolean): boolean {
    const value = this.#values.get(key);
    return typeof value === 'string' ? (readBool(value) ?? otherwise) : otherwise;
  }

  list(key: string): readonly string[] {
    const value = this.#values.get(key);
    return Array.isArray(value) ? value.map((item: unknown) => (typeof item === 'string' ? item : '')) : [];
  }

  /** null when the key is absent or null; a mapping without keys is a section. */
  section(key: string): Section | null {
    const value = this.#values.get(key);
    return isMapping(value) ? new Section(value, [...this.path, key], this.#run) : null;
  }

  /** The elements of a list of mappings; the schema has refused others. */
  sections(key: string): readonly Section[] {
    const value = this.#values.get(key);
    if (!Array.isArray(value)) return [];
    return value.map((item: unknown, index) => {
      if (item === null)
        this.refuse(key, 'config/null-entry', `missing entry in ${key}`, 'remove the dash or fill it in');
      return new Section(isMapping(item) ? item : {}, [...this.path, key, index], this.#run);
    });
  }

  /** What is below it was refused elsewhere. */
  spoil(): void {
    this.#run.refused = true;
  }

  /** As it stands in the tree. */
  raw(key: string): unknown {
    return this.#values.get(key);
  }

  keys(): Iterable<string> {
    return this.#values.keys();
  }

  file(path: string, baseDir = this.#run.baseDir): string {
    return isAbsolute(path) ? path : join(baseDir, path);
  }

  /** The value under `key`, or read from the file that `fileKey` names. */
  secret(key: string, fileKey: string): SecretSource | null {
    const source = this.textSource(key, fileKey);
    return source?.kind === 'inline' ? { kind: 'inline', secret: new Secret(source.text) } : source;
  }

  textSource(key: string, fileKey: string): TextSource | null {
    if (this.text(key) !== '') return { kind: 'inline', text: this.text(key) };
    return this.fileSource(fileKey);
  }

  fileSource(fileKey: string): (TextSource & { readonly kind: 'file' }) | null {
    return this.text(fileKey) === '' ? null : { kind: 'file', path: this.file(this.text(fileKey)) };
  }

  refuse(key: string, code: string, message: string, hint?: string): void {
    this.#refuseAt(key, 'key', code, message, hint);
  }

  refuseValue(key: string, code: string, message: string, hint?: string): void {
    this.#refuseAt(key, 'value', code, message, hint);
  }

  /** Upstream takes it, and nothing comes of it. */
  warnValue(key: string, message: string, hint?: string): void {
    this.#run.report([...this.path, key], 'value', 'config/unusable', message, hint, 'warning');
  }

  /** Points at the last of `keys` that has a value when more than one has. */
  atMostOne(keys: readonly string[], message: string): void {
    const set = keys.filter((key) => this.text(key) !== '');
    if (set.length > 1) this.refuse(set.at(-1)!, 'config/exclusive-keys', message);
  }

  #refuseAt(key: string, which: 'key' | 'value', code: string, message: string, hint: string | undefined): void {
    this.#run.refused = true;
    // A key that is not there has no position: its section has.
    const path = this.#values.has(key) ? [...this.path, key] : this.path;
    this.#run.report(path, which, code, message, hint);
  }
}
