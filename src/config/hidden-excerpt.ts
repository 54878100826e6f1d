// Excerpts of a configuration without its secrets: problems are logged, answered to whoever reloads, and shown on
// screens. What is hidden keeps its length, so that the caret stays where it is.
import type { Problem } from '../model/problem.ts';

const PLAIN = `[^\\s'"{}\\[\\],][^,}]*?(?=\\s*(?:[,}]|\\s#|$))`;
const VALUE = `('[^']*'?|"(?:[^"\\\\]|\\\\.)*"?|${PLAIN})`;
const SECRET =
  '[a-z_]*(?:password|secret|token|token_id|credentials|api_key|routing_key|service_key|user_key|access_key|access_key_id|account_sid)|key';
/** Of an incoming webhook the path is the secret. */
const SECRET_URL = '(?:slack_|webhook_|mattermost_webhook_|)(?:api_)?url';

const SECRETS = new RegExp(`(?<=(?:^|[\\s{,"'])(?:${SECRET})["']?\\s*:\\s+)${VALUE}`, 'g');
const URLS = new RegExp(
  `(?<=(?:^|[\\s{,"'])${SECRET_URL}["']?\\s*:\\s+["']?[a-zA-Z][a-zA-Z0-9+.-]*://[^\\s/?'"{},]*[/?])[^\\s'"{},]+`,
  'g',
);
const USER = /(?<=:\/\/)[^\s/'"@]+(?=@)/g;

export function hideSecrets(excerpt: string): string {
  return [SECRETS, URLS, USER].reduce((text, pattern) => text.replace(pattern, stars), excerpt);
}

const stars = (secret: string): string => '*'.repeat(secret.length);

export const withHiddenExcerpt = (problem: Problem): Problem =>
  problem.excerpt === undefined ? problem : { ...problem, excerpt: hideSecrets(problem.excerpt) };
