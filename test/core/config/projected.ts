// A compiled configuration as plain text values, for fixtures: a path into it leads to one line.
import { Secret } from '../../../src/input/secret.ts';
import { Matcher } from '../../../src/model/matcher.ts';
import { printMatcher } from '../../../src/model/matcher-parse.ts';

/** `route.routes.0.key`: texts as they are, a map by its keys, everything else as JSON. */
export function valueAt(config: unknown, path: string): string {
  let at: unknown = config;
  for (const step of path.split('.')) {
    if (at instanceof Map) at = at.get(step);
    else if (typeof at === 'object' && at !== null && Object.hasOwn(at, step)) at = Reflect.get(at, step);
    else throw new Error(`nothing at "${path}": there is no "${step}"`);
  }
  if (typeof at === 'string' || at instanceof Secret) return String(at);
  if (at instanceof Map && [...at.values()].every((value) => typeof value === 'object' && 'name' in value)) {
    return at.size === 0 ? '{}' : [...at.keys()].join(',');
  }
  return JSON.stringify(at, plain) ?? 'undefined';
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Secret) return '<secret>';
  if (value instanceof Matcher) return printMatcher(value);
  return value instanceof Map ? Object.fromEntries(value) : value;
}
