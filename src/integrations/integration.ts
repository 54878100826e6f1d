// What every kind of integration tells the configuration and the courier about itself. Adding a kind is a folder and
// a line in registry.ts; only one that does not speak HTTP also needs a sender of its own.
import type { Path } from '../input/doc.ts';
import type { Report } from '../input/node.ts';
import type { Printable } from '../input/print-yaml.ts';
import type { HttpConfig, SecretSource, TlsConfig } from '../outbound/http-config.ts';
import type { Mode } from '../template/template-set.ts';
import type { Draft } from './draft.ts';
import type { Scene } from './scene.ts';

/** A YAML value with the types its plain scalars spell: for fields that take anything. */
export type TypedValue = null | boolean | number | string | readonly TypedValue[] | ReadonlyMap<string, TypedValue>;

export type Schema = Readonly<Record<string, unknown>>;
export type Fields = readonly (readonly [key: string, value: Printable])[];

/** The `global` block, which receivers fall back on. */
export interface GlobalKeys {
  readonly http: HttpConfig;
  /** smtp_tls_config; null when absent. */
  readonly smtpTls: TlsConfig | null;
  /** With its default; '' when it has none. */
  text(key: string): string;
  /** `key`, or the file that `key`_file names. */
  secret(key: string): SecretSource | null;
}

export interface CompileContext {
  readonly report: Report;
  /** The folder of the configuration file: relative names inside http_config start there. */
  readonly baseDir: string;
  readonly global: GlobalKeys;
  readonly typed: (path: Path) => TypedValue | undefined;
  /** A text that is a template: it is tried once all template files are read. Without an address nothing can be sent. */
  readonly template: (path: Path, text: string, mode: Mode, use?: 'text' | 'address') => void;
}

/** One element of a `*_configs` list, compiled. */
export interface Integration {
  readonly kind: string;
  /** The element written back, send_resolved left out: defaults filled in, secrets as `<secret>`. */
  print(): Fields;
  /** What it would send. Pure: the same scene, the same draft. */
  render(scene: Scene): Draft;
}

export interface IntegrationKind {
  readonly kind: string;
  /** In a receiver: `webhook_configs`. */
  readonly key: string;
  readonly sendResolvedDefault: boolean;
  /** Of one element of the list, send_resolved included. */
  readonly schema: Schema;
  /** `value` has passed the schema. null when anything was reported. */
  readonly compile: (value: unknown, path: Path, context: CompileContext) => Integration | null;
}
