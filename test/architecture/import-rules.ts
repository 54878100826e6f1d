// The checker behind imports.test.ts: finds every import in a file and judges it by import-table.ts.
import { posix } from 'node:path';
import { OWN, vendors, zones, type Zone } from './import-table.ts';
import { place, type SourceFile } from './source-text.ts';

export interface Edge {
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** Names in braces, without `type` and renamings; empty for whole-module forms. */
  readonly names: readonly string[];
  readonly offset: number;
}

const STATEMENT = /\b(import|export)\b(\s+type\b(?!\s*,|\s+from\b))?([^'"`;=()]*?)\bfrom\s*(['"])/g;
const SIDE_EFFECT = /\bimport\s*(['"])/g;
const CALL = /(?<![.#\w$])import\s*\(\s*(['"`])/g;
const COMPUTED = /(?<![.#\w$])import\s*\(\s*(?=[^'"`\s])/g;

export function importsOf(file: SourceFile): readonly Edge[] {
  const edges: Edge[] = [];
  for (const match of file.code.matchAll(STATEMENT)) {
    edges.push(edgeAt(match.index + match[0].length, match[2] !== undefined, namesIn(match[3]!)));
  }
  for (const pattern of [SIDE_EFFECT, CALL]) {
    for (const match of file.code.matchAll(pattern)) edges.push(edgeAt(match.index + match[0].length, false, []));
  }
  for (const match of file.code.matchAll(COMPUTED)) {
    edges.push({ specifier: '', typeOnly: false, names: [], offset: match.index });
  }
  return edges;

  function edgeAt(begin: number, typeOnly: boolean, names: readonly string[]): Edge {
    const end = begin + /^[ ]*/.exec(file.code.slice(begin))![0].length;
    return { specifier: file.text.slice(begin, end), typeOnly, names, offset: begin };
  }
}

/** What is wrong with the imports of a file of src. */
export function importViolations(file: SourceFile): readonly string[] {
  const from = file.path.replace(/^src\//, '');
  const zone = zoneOf(from);
  if (zone === undefined) return [`${file.path}: no zone of the import table covers this file`];
  return importsOf(file).flatMap((edge) => {
    const wrong = judge(zone, from, edge);
    return wrong === null ? [] : [`${place(file, edge.offset)}: ${wrong}`];
  });
}

export function zoneOf(path: string): Zone | undefined {
  return zones.find((zone) => zone.files.some((pattern) => covers(pattern, path)));
}

export function covers(pattern: string, path: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^/]*');
  return new RegExp(pattern.endsWith('/') ? `^${source}` : `^${source}$`).test(path);
}

export function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function judge(zone: Zone, from: string, edge: Edge): string | null {
  const { specifier, typeOnly } = edge;
  if (specifier === '') return 'an import whose target is computed cannot be checked';
  if (!specifier.startsWith('.')) return judgeVendor(from, specifier, typeOnly);
  const target = posix.join(posix.dirname(from), specifier);
  if (target.startsWith('../')) return `${specifier} leaves src`;
  if (zone.typesOnly === true && !typeOnly) return `${zone.name} holds types: "import type" only`;
  const targetZone = zoneOf(target);
  if (targetZone === zone && (!zone.files[0]!.includes('*') || sameFolder(from, target))) return null;
  const own = `${posix.dirname(from)}/`;
  const allows = (list: readonly string[] | undefined): boolean =>
    list?.some((pattern) => covers(pattern === OWN ? own : pattern, target)) ?? false;
  if (allows(zone.may)) return null;
  if (allows(zone.mayTypes)) return typeOnly ? null : `${zone.name} may import only types from ${target}`;
  return `${zone.name} may not import ${target}`;
}

function judgeVendor(from: string, specifier: string, typeOnly: boolean): string | null {
  const name = packageOf(specifier);
  // The process itself may keep compiled code; nobody else may load anything by name.
  if (name === 'node:module')
    return from === 'src/main.ts' || from === 'main.ts' ? null : 'node:module loads what no gate sees';
  const vendor = vendors.find((row) => row.package === name);
  if (vendor === undefined) return name.startsWith('node:') ? null : `the package ${name} is not in the import table`;
  if (vendor.files.some((pattern) => covers(pattern, from))) return null;
  if (typeOnly && vendor.types?.some((pattern) => covers(pattern, from)) === true) return null;
  return `${name} is imported by ${vendor.files.join(', ')} only`;
}

const sameFolder = (a: string, b: string): boolean => posix.dirname(a) === posix.dirname(b);

function namesIn(clause: string): readonly string[] {
  const braces = /\{([^}]*)\}/.exec(clause);
  if (braces === null) return [];
  return braces[1]!
    .split(',')
    .map((part) =>
      part
        .trim()
        .replace(/^type\s+/, '')
        .replace(/\s+as\s.*$/, ''),
    )
    .filter((name) => name !== '');
}
