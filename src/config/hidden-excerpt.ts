// Excerpts of a configuration without its secrets: problems are logged, answered to whoever reloads, and shown on
// screens. What is hidden keeps its length, so that the caret stays where it is. Hiding too much is harmless.
import type { Position, Problem } from '../model/problem.ts';

/** In a line longer than that a place is told, not shown. */
const LAST_COLUMN = 1000;
const AFTER = 200;

const SECRET =
  '[a-z_]*(?:passwords?|secrets?|tokens?|token_id|credentials|api_key|routing_key|service_key|user_key|secret_key|access_key|access_key_id|account_sid)|key';
/** Of an incoming webhook the path is the secret. */
const SECRET_URL = '(?:slack_|webhook_|mattermost_webhook_|)(?:api_)?url';
const afterKey = (key: string): RegExp => new RegExp(`(?<=^|[\\s{[,"'])(?:${key})(?:["']\\s*:\\s*|\\s*:\\s+)`, 'gi');

const SECRETS = afterKey(SECRET);
const URLS = afterKey(SECRET_URL);
/** An entry of a list, or a value below its key. */
const ALONE = /^\s*(?:-\s+)*(?=["']?[a-z][a-z0-9+.-]*:\/\/)/gi;
const USER = /(?<=:\/\/)[^\s/'"@]+(?=@)/g;
const AFTER_HOST = /(?<=^["']?[a-z][a-z0-9+.-]*:\/\/[^\s/?'"{},]*[/?])(?!["']$).+?(?=["']?$)/i;
/** In the name of a key, or of the one that may have been meant. */
const SUSPECT = /pas|pw|sec|tok|key|cred|auth|sid|url|hook/i;

/** `unknown`: keys on this line that may be a secret's, misspelt. */
export function hideSecrets(line: string, unknown: readonly Position[] = []): string {
  let shown = line.slice(0, LAST_COLUMN + AFTER).toWellFormed();
  for (const { column, length } of unknown) {
    const key = [...shown].slice(0, column - 1 + length).join('').length;
    const colon = /^["']?\s*:\s*/.exec(shown.slice(key));
    if (colon !== null) shown = hideValue(shown, key + colon[0].length, stars);
  }
  // From the right: what is hidden may be shorter in UTF-16.
  for (const { index, 0: found } of [...shown.matchAll(SECRETS)].toReversed()) {
    shown = hideValue(shown, index + found.length, stars);
  }
  for (const { index, 0: found } of [...shown.matchAll(ALONE), ...shown.matchAll(URLS)].toReversed()) {
    shown = hideValue(shown, index + found.length, (url) => url.replace(AFTER_HOST, stars));
  }
  return shown.replace(USER, stars);
}

function hideValue(line: string, start: number, hide: (value: string) => string): string {
  const rest = line.slice(start);
  const value = valueIn(rest, /[{[]/.test(line.slice(0, start)));
  return line.slice(0, start) + hide(value) + rest.slice(value.length);
}

const QUOTED = /^(?:'(?:[^']|'')*'?|"(?:[^"\\]|\\.?)*"?)/;
const PLAIN = /^.*?(?=\s+#|\s*$)/;
const PLAIN_IN_FLOW = /^.*?(?=[\s}\]]*(?:,\s|,$|\s#|$))/;

function valueIn(text: string, isInFlow: boolean): string {
  if (/^[{[]/.test(text)) return text;
  return (QUOTED.exec(text) ?? (isInFlow ? PLAIN_IN_FLOW : PLAIN).exec(text))?.[0] ?? '';
}

const stars = (secret: string): string => '*'.repeat([...secret].length);

export function withHiddenExcerpts(problems: readonly Problem[]): readonly Problem[] {
  const unknown = Map.groupBy(
    problems.flatMap((problem) => (problem.at !== null && mayBeSecrets(problem) ? [problem.at] : [])),
    ({ line }) => line,
  );
  const shown = new Map<number, string>();
  return problems.map(({ excerpt, ...problem }) => {
    const { line, column } = problem.at ?? { line: 0, column: 0 };
    if (excerpt === undefined || column > LAST_COLUMN) return problem;
    const hidden = shown.get(line) ?? hideSecrets(excerpt, unknown.get(line));
    shown.set(line, hidden);
    return { ...problem, excerpt: hidden };
  });
}

/** Without a hint nobody knows what was meant. */
function mayBeSecrets({ code, at, hint, excerpt = '' }: Problem): boolean {
  if (code !== 'config/unknown-field' || at === null) return false;
  const key = [...excerpt.slice(0, LAST_COLUMN)].slice(at.column - 1, at.column - 1 + at.length).join('');
  return hint === undefined || SUSPECT.test(key) || SUSPECT.test(hint);
}
