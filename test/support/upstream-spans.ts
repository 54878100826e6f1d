// What Alertmanager 0.34 sent of the same doings (test/fixtures/tracing), beside what we send: for the spans both have,
// the kind, the attributes and what they belong to.
import { readFileSync } from 'node:fs';
import type { ReadSpan } from './otlp-read.ts';

interface Recorded {
  readonly resource: readonly string[];
  readonly spans: readonly {
    /** From the root. */
    readonly path: readonly string[];
    readonly kind: number;
    readonly attributes: readonly string[];
    readonly events: readonly string[];
  }[];
}

export const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/tracing/alertmanager-0.34.json', import.meta.url), 'utf8'),
) as Recorded;

/** Of a client's request: the path of a webhook is its secret, and its headers may be. */
const LEFT_OUT = /^(?:url\.full|http\.request\.header\..*|network\.protocol\.version)$/;

/** What has failed is told by the status, once. */
const EXCEPTION = 'exception';

/** What of ours is not as it was recorded, a line each; and which spans were compared. */
export function compareSpans(ours: readonly ReadSpan[]): {
  readonly same: readonly string[];
  readonly differences: readonly string[];
} {
  const differences: string[] = [];
  const same = new Set<string>();
  const byId = new Map(ours.map((span) => [span.spanId, span]));
  for (const { path, kind, attributes, events } of recorded.spans) {
    const name = path.at(-1)!;
    const mine = ours.filter((span) => span.name === name);
    if (mine.length === 0) continue;
    same.add(name);
    const has = new Set(mine.flatMap((span) => Object.keys(span.attributes)));
    const says = new Set(mine.flatMap((span) => span.events.map((event) => event.name)));
    const isClient = name.startsWith('HTTP ');
    for (const key of attributes) {
      if (!has.has(key) && !(isClient && LEFT_OUT.test(key))) differences.push(`${name}: no ${key}`);
    }
    for (const event of events)
      if (!says.has(event) && event !== EXCEPTION) differences.push(`${name}: no event ${event}`);
    for (const span of mine) {
      if (span.kind !== kind) differences.push(`${name}: kind ${span.kind}, not ${kind}`);
      const parent = byId.get(span.parentId)?.name ?? null;
      const above = recorded.spans
        .filter((other) => other.path.at(-1) === name)
        .flatMap((other) => other.path.slice(0, -1));
      if (parent === null ? path.length > 1 : !above.includes(parent)) differences.push(`${name}: below ${parent}`);
    }
  }
  return { same: [...same].toSorted(), differences: [...new Set(differences)] };
}
