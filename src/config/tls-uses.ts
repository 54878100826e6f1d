// Where the file has a tls_config, and what each asks for: certificates and keys are read and tried when it is loaded,
// by engine/check-tls.ts.
import type { Doc, Path } from '../input/doc.ts';
import type { Hiding } from '../input/hidden-excerpt.ts';
import { isMapping } from '../input/tree.ts';
import { compileTls } from '../outbound/compile-tls.ts';
import { tlsConfigSchema } from '../outbound/schema.ts';
import { Section } from '../outbound/section.ts';
import type { Receiver, Route, TlsPart, TlsUse } from './config.ts';
import { configSchema } from './schema.ts';

interface Whole {
  readonly doc: Doc;
  readonly hiding: Hiding;
  readonly baseDir: string;
  readonly route: Route;
  readonly receivers: ReadonlyMap<string, Receiver>;
}

export function tlsUses({ doc, hiding, baseDir, route, receivers }: Whole): readonly TlsUse[] {
  const paths: Path[] = [];
  findTls(configSchema, doc.tree, [], paths);
  if (paths.length === 0) return [];
  const reached = reachedReceivers(route, receivers);
  return paths.map((path) => {
    // Mail's files are named from the working directory, all others from the file's folder.
    const isOfMail = path.includes('email_configs') || path.includes('smtp_tls_config');
    const tls = compileTls(Section.open(doc.at(path), path, () => {}, isOfMail ? '' : baseDir));
    const place = (part: TlsPart): TlsUse['places'][TlsPart] => {
      const at = doc.position([...path, tls[part]?.kind === 'file' ? `${part}_file` : part], 'value');
      return { at, excerpt: hiding.excerpt(at.line) };
    };
    const receiver = path[0] === 'receivers' ? doc.at([...path.slice(0, 2), 'name']) : null;
    return {
      tls,
      places: { ca: place('ca'), cert: place('cert'), key: place('key') },
      isReached: typeof receiver !== 'string' || reached.has(receiver),
    };
  });
}

function findTls(schema: unknown, tree: unknown, path: Path, found: Path[]): void {
  if (!isMapping(schema)) return;
  if (schema === tlsConfigSchema) {
    if (isMapping(tree)) found.push(path);
  } else if (Array.isArray(tree)) {
    tree.forEach((item, i) => findTls(schema['items'], item, [...path, i], found));
  } else if (isMapping(tree)) {
    const fields = schema['properties'];
    for (const [key, value] of Object.entries(tree)) {
      if (isMapping(fields) && Object.hasOwn(fields, key)) findTls(fields[key], value, [...path, key], found);
    }
  }
}

function reachedReceivers(route: Route, receivers: ReadonlyMap<string, Receiver>): ReadonlySet<string> {
  const reached = new Set<string>();
  const reach = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    const fallback = receivers.get(name)?.fallback ?? null;
    if (fallback !== null) reach(fallback);
  };
  const visit = ({ receiver, routes }: Route): void => {
    reach(receiver);
    routes.forEach(visit);
  };
  visit(route);
  return reached;
}
