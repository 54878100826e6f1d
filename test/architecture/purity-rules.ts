// The checker behind purity.test.ts: what a pure folder must not reach for. It reads tokens, not types, so it
// sees a `Date.now` that no lint rule can separate from an innocent `new Date(instant)`.
import { covers, importsOf, zoneOf } from './import-rules.ts';
import { pureBuiltins, pureZones } from './import-table.ts';
import { place, type SourceFile } from './source-text.ts';

interface Ambient {
  readonly pattern: RegExp;
  readonly why: string;
}

// A name that is not a property of something else and not a key: `process.env`, not `job.process` or `{ process: 1 }`.
const bare = (names: string): RegExp => new RegExp(`(?<![.\\w$#]|\\bfunction )(?:${names})\\b(?!\\s*\\??:)`, 'g');

const ambients: readonly Ambient[] = [
  { pattern: /\bDate\s*\.\s*now\b/g, why: 'reads the clock' },
  { pattern: /\bnew\s+Date\b(?!\s*\(\s*[^)\s])/g, why: 'reads the clock' },
  { pattern: /(?<!new\s+)(?<![.\w$])Date\s*\(/g, why: 'reads the clock' },
  { pattern: /\bDateTime\s*\.\s*(?:now|local)\s*\(|\bDateTime\s*\.\s*utc\s*\(\s*\)/g, why: 'reads the clock' },
  { pattern: /\bSettings\s*\.\s*(?:now|default\w+)\b/g, why: 'changes luxon for everybody' },
  { pattern: bare('performance|Temporal'), why: 'reads the clock' },
  { pattern: /\.\s*hrtime\b/g, why: 'reads the clock' },
  { pattern: /\bMath\s*\.\s*random\b/g, why: 'is chance' },
  { pattern: /\b(?:randomUUID|randomBytes|randomInt|getRandomValues)\b/g, why: 'is chance' },
  { pattern: bare('process'), why: 'reads the process' },
  { pattern: /\bimport\s*\.\s*meta\b/g, why: 'reads where it is installed' },
  { pattern: bare('globalThis'), why: 'reaches around the rules' },
  { pattern: bare('setTimeout|setInterval|setImmediate|queueMicrotask'), why: 'schedules' },
  { pattern: /\bAbortSignal\s*\.\s*timeout\b/g, why: 'schedules' },
  { pattern: bare('fetch|WebSocket|EventSource|XMLHttpRequest'), why: 'is the network' },
  { pattern: bare('console'), why: 'prints' },
  { pattern: /\.\s*(?:localeCompare|toLocale\w+)\b/g, why: 'depends on the locale of the machine' },
  {
    pattern: /\.\s*(?:getTimezoneOffset|[gs]et(?:FullYear|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds))\b/g,
    why: 'depends on the zone of the machine',
  },
];

export const isPure = (file: SourceFile): boolean =>
  pureZones.includes(zoneOf(file.path.replace(/^src\//, ''))?.name ?? '');

/** What a file of a pure folder asks of the world. */
export function ambientUses(file: SourceFile): readonly string[] {
  const found = ambients.flatMap(({ pattern, why }) =>
    [...file.code.matchAll(pattern)].map((match) => `${place(file, match.index)}: ${match[0].trim()} ${why}`),
  );
  return [...found, ...impureBuiltins(file)];
}

function impureBuiltins(file: SourceFile): readonly string[] {
  return importsOf(file).flatMap((edge) => {
    if (edge.typeOnly || !edge.specifier.startsWith('node:')) return [];
    const path = file.path.replace(/^src\//, '');
    const allowed = pureBuiltins
      .filter(({ module, files }) => module === edge.specifier && files.some((pattern) => covers(pattern, path)))
      .flatMap(({ names }) => names);
    if (edge.names.length > 0 && edge.names.every((name) => allowed.includes(name))) return [];
    return [`${place(file, edge.offset)}: ${edge.specifier} (${edge.names.join(', ')}) is not pure here`];
  });
}
