// The secrets of an http_config, for whoever must not show them.
import { Secret } from '../input/secret.ts';
import type { HttpConfig, SecretSource } from './http-config.ts';

export function secretsOf({ auth, headers, proxy }: HttpConfig): readonly SecretSource[] {
  const inline = (secret: Secret): SecretSource => ({ kind: 'inline', secret });
  return [
    ...authSecrets(auth).filter((source) => source !== null),
    ...headers.flatMap(({ secrets, files }) => [
      ...secrets.map(inline),
      ...files.map((path): SecretSource => ({ kind: 'file', path })),
    ]),
    ...(proxy.url === null ? [] : [inline(proxy.url)]),
    ...proxy.connectHeaders.map(([, secret]) => inline(secret)),
  ];
}

function authSecrets(auth: HttpConfig['auth']): readonly (SecretSource | null)[] {
  switch (auth?.kind) {
    case undefined:
      return [];
    case 'basic':
      return [auth.password];
    case 'authorization':
      return [auth.credentials];
    case 'oauth2':
      return [auth.clientSecret];
  }
}

/** Shorter ones would be found in every other word. */
const SHORTEST_HIDDEN = 6;

/** The text without any of the secrets, in the forms in which the other side may repeat them. */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  const forms = new Set([...secrets].flatMap(formsOf).flatMap(inJson));
  return [...forms]
    .filter((form) => form.length >= SHORTEST_HIDDEN)
    .toSorted((a, b) => b.length - a.length)
    .reduce((shown, form) => shown.replaceAll(form, '<secret>'), text);
}

/** Escaped as it must be, and as some do who put JSON into pages. */
function inJson(text: string): readonly string[] {
  const escaped = JSON.stringify(text).slice(1, -1);
  return [text, escaped, escaped.replaceAll('/', '\\/')];
}

/** Whole, encoded, and of a URL what follows its host and who it names, in one and in pieces. */
function formsOf(secret: string): readonly string[] {
  const url = /^https?:/i.test(secret) ? URL.parse(secret) : null;
  if (url === null) return encodedForms(secret);
  const { pathname, search, username, password } = url;
  const parts = [pathname + search, pathname, search.slice(1), username, password];
  const pieces = [...piecesOf(pathname), ...[...url.searchParams.values()]];
  return [secret, ...parts, ...parts.map(decoded), ...pieces].flatMap(encodedForms);
}

/** As it is, and with %2F or %2f for its slashes. */
function encodedForms(text: string): readonly string[] {
  const encoded = encodeURIComponent(text.toWellFormed());
  return [text, encoded, encoded.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())];
}

const SHORTEST_PIECE = 8;
/** What paths of hooks are made of, and answers too. */
const WORDS =
  /^(?:alertmanager|channels|incoming|incomingwebhook|integrations?|messages?|notifications?|prometheus|services|triggers|webhookb2|webhooks?|workflows)$/i;

function piecesOf(path: string): readonly string[] {
  const segments = path
    .split('/')
    .flatMap((segment) => [segment, decoded(segment), ...decoded(segment).split(/[@:;,=]/)]);
  return segments.filter((piece) => piece.length >= SHORTEST_PIECE && !WORDS.test(piece));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A piece of configuration with its secrets in the clear: to tell two from each other, and never to be shown or kept. */
export function wholeText(config: unknown): string {
  return JSON.stringify(config, function (this: Readonly<Record<string, unknown>>, key: string, value: unknown) {
    const held = this[key];
    return held instanceof Secret ? held.open() : value;
  });
}
