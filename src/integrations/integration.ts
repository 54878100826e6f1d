// What every kind of integration tells the configuration about itself: its pure half. Adding a kind is a folder, a
// line in registry.ts and a sender in app.ts.
import type { Printable } from '../input/print-yaml.ts';
import type { HttpConfig } from '../outbound/http-config.ts';
import type { Path } from '../input/doc.ts';
import type { Report } from '../input/node.ts';

/** A YAML value with the types its plain scalars spell: for fields that take anything. */
export type TypedValue = null | boolean | number | string | readonly TypedValue[] | ReadonlyMap<string, TypedValue>;

export interface CompileContext {
  readonly report: Report;
  /** The folder of the configuration file: relative names inside http_config start there. */
  readonly baseDir: string;
  /** What a receiver without an http_config of its own uses. */
  readonly globalHttp: HttpConfig;
  readonly typed: (path: Path) => TypedValue | undefined;
}

export interface IntegrationKindDef<Kind extends string, Config> {
  readonly kind: Kind;
  /** In a receiver: `webhook_configs`. */
  readonly key: `${Kind}_configs`;
  readonly sendResolvedDefault: boolean;
  /** Of one element of the list, send_resolved included. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** `value` has passed the schema. null when anything was reported. */
  readonly compile: (value: unknown, path: Path, context: CompileContext) => Config | null;
  /**
   * The element written back, send_resolved left out: defaults filled in, secrets as `<secret>`. A method, so that a
   * list of kinds is a list of one type: whoever calls it has checked `config.kind`.
   */
  print(config: Config): readonly (readonly [key: string, value: Printable])[];
}
