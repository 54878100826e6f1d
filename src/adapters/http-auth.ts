// Secrets that stand in files, read at each use, and the Authorization header made of them.
import type { HttpAuth, SecretSource, TextSource } from '../outbound/http-config.ts';
import type { Files } from '../ports/files.ts';
import { configFailure, isFailure, type HttpFailure } from './http-failure.ts';

export function readSecret(files: Files, source: SecretSource, what: string): Promise<string | HttpFailure> {
  if (source.kind === 'inline') return Promise.resolve(source.secret.open());
  return readFile(files, source.path, what);
}

export function readText(files: Files, source: TextSource, what: string): Promise<string | HttpFailure> {
  return source.kind === 'inline' ? Promise.resolve(source.text) : readFile(files, source.path, what);
}

/** Without the white space around it: files end in a newline. */
export async function readFile(files: Files, path: string, what: string): Promise<string | HttpFailure> {
  const file = await files.read(path);
  return file.ok ? file.value.trim() : configFailure(`unable to read the ${what}: ${file.problem.message}`);
}

/** The header for basic_auth and authorization. */
export async function authorizationHeader(
  files: Files,
  auth: Exclude<HttpAuth, { kind: 'oauth2' }>,
): Promise<string | HttpFailure> {
  if (auth.kind === 'authorization') {
    const credentials = auth.credentials === null ? '' : await readSecret(files, auth.credentials, 'credentials');
    return isFailure(credentials) ? credentials : `${auth.type} ${credentials}`;
  }
  const username = await readText(files, auth.username, 'basic auth username');
  if (isFailure(username)) return username;
  const password = auth.password === null ? '' : await readSecret(files, auth.password, 'basic auth password');
  return isFailure(password) ? password : basicHeader(username, password);
}

export const basicHeader = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** `https://user:password@host` */
export function userinfoHeader(url: URL): string | null {
  if (url.username === '' && url.password === '') return null;
  return basicHeader(unescape(url.username), unescape(url.password));
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
