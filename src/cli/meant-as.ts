// Whether a file is meant as rules or as a configuration: by the keys of its top level, else by those they are nearly.
import { configSchema } from '../config/schema.ts';
import { closest } from '../input/suggest.ts';
import { isMapping } from '../input/tree.ts';
import { parseYaml } from '../input/yaml.ts';
import type { Problem } from '../model/problem.ts';

export interface Meaning {
  readonly kind: 'rules' | 'config';
  /** Why it may be meant otherwise. */
  readonly doubt: Problem | null;
}

const RULE_FILE_KEYS = ['groups', 'apiVersion', 'kind'];
const CONFIG_KEYS = Object.keys(configSchema['properties'] as object);

/** What cannot be told is taken for rules. */
export function meantAs(file: string, text: string): Meaning {
  const keys = topLevelKeys(file, text);
  if (keys === 'none') return doubtful('rules', file, 'there is nothing in it: neither rules nor a configuration');
  if (keys.some((key) => RULE_FILE_KEYS.includes(key))) return { kind: 'rules', doubt: null };
  if (keys.some((key) => CONFIG_KEYS.includes(key))) return { kind: 'config', doubt: null };
  const near = keys.flatMap((key) => {
    const known = closest(key, [...RULE_FILE_KEYS, ...CONFIG_KEYS]);
    return known === null ? [] : [{ key, known }];
  });
  const nearConfig = near.filter(({ known }) => CONFIG_KEYS.includes(known));
  const kind = nearConfig.length > near.length / 2 ? 'config' : 'rules';
  const because = kind === 'config' ? nearConfig[0] : near.find(({ known }) => RULE_FILE_KEYS.includes(known));
  if (because === undefined) return { kind, doubt: null };
  const what = kind === 'config' ? 'a configuration' : 'a rule file';
  return doubtful(kind, file, `read as ${what}: "${because.key}" is nearly "${because.known}"`);
}

function doubtful(kind: Meaning['kind'], file: string, message: string): Meaning {
  const at = { file, line: 1, column: 1, length: 1 };
  return { kind, doubt: { severity: 'warning', code: 'lint/unclear-file', message, at } };
}

/** By the looks of the lines where that is enough, because rule files are long and will be read anyway. */
function topLevelKeys(file: string, text: string): readonly string[] | 'none' {
  const keys = [...text.matchAll(/^["']?(\w+)["']?[ \t]*:/gm)].map(([, key]) => key!);
  if (keys.length > 0) return keys;
  const parsed = parseYaml(file, text);
  if (!parsed.ok) return /^\s*\{\s*["']?(\w+)["']?\s*:/.exec(text)?.slice(1) ?? [];
  const { tree } = parsed.value;
  const names = isMapping(tree) ? Object.keys(tree) : [];
  return tree === null || (isMapping(tree) && names.length === 0) ? 'none' : names;
}
