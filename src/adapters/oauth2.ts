// OAuth2 client credentials: one token per configuration, kept until ten seconds before it expires, asked for anew
// when the client secret changes or a server says 401. How the client names itself is found by trying, as Go does:
// in the Authorization header first, in the form if that is refused.
import type { HttpAuth, HttpConfig } from '../outbound/http-config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { HttpClient } from '../ports/http-client.ts';
import { orAborted } from './abort-race.ts';
import { basicHeader, readSecret } from './http-auth.ts';
import { configFailure, failureOf, isFailure, type HttpFailure } from './http-failure.ts';
import type { Instant } from '../model/time.ts';

type OAuth2 = Extract<HttpAuth, { kind: 'oauth2' }>;

interface Token {
  readonly header: string;
  /** null never does. */
  readonly expiresAt: Instant | null;
  readonly secret: string;
}

interface TokenParts {
  readonly client: HttpClient;
  readonly files: Files;
  readonly clock: Pick<Clock, 'now'>;
}

const EXPIRY_MARGIN_MS = 10_000;
/** The fetch serves every request that waits for it, so it has a deadline of its own. */
const FETCH_DEADLINE_MS = 30_000;

export class TokenSource {
  readonly #auth: OAuth2;
  readonly #parts: TokenParts;
  readonly #http: HttpConfig;
  #token: Token | null = null;
  #fetching: Promise<Token | HttpFailure> | null = null;
  #inForm: boolean | null = null;

  constructor(auth: OAuth2, parts: TokenParts) {
    this.#auth = auth;
    this.#parts = parts;
    this.#http = {
      auth: null,
      tls: auth.tls,
      proxy: auth.proxy,
      followRedirects: true,
      enableHttp2: false,
      headers: [],
    };
  }

  /** The Authorization header; `fresh` when it was asked for just now. */
  async header(userAgent: string, signal: AbortSignal): Promise<{ header: string; fresh: boolean } | HttpFailure> {
    const { clientSecret } = this.#auth;
    const secret = clientSecret === null ? '' : await readSecret(this.#parts.files, clientSecret, 'client secret');
    if (isFailure(secret)) return secret;
    const kept = this.#token;
    if (kept !== null && kept.secret === secret && !this.#isExpired(kept)) return { header: kept.header, fresh: false };
    this.#fetching ??= this.#fetch(secret, userAgent).finally(() => (this.#fetching = null));
    const token = await this.#awaited(this.#fetching, signal);
    return isFailure(token) ? token : { header: token.header, fresh: true };
  }

  /** A server refused it. */
  forget(header: string): void {
    if (this.#token?.header === header) this.#token = null;
  }

  async #awaited(fetching: Promise<Token | HttpFailure>, signal: AbortSignal): Promise<Token | HttpFailure> {
    try {
      return await orAborted(fetching, signal);
    } catch (error) {
      return failureOf(error, { peer: 'the oauth2 token endpoint', sent: false, signal });
    }
  }

  #isExpired(token: Token): boolean {
    return token.expiresAt !== null && token.expiresAt - EXPIRY_MARGIN_MS <= this.#parts.clock.now();
  }

  async #fetch(secret: string, userAgent: string): Promise<Token | HttpFailure> {
    const signal = AbortSignal.timeout(FETCH_DEADLINE_MS);
    let answer = await this.#ask(secret, userAgent, this.#inForm ?? false, signal);
    if (isFailure(answer) && this.#inForm === null && answer.reason === 'config') {
      const second = await this.#ask(secret, userAgent, true, signal);
      if (!isFailure(second)) this.#inForm = true;
      answer = isFailure(second) ? answer : second;
    } else if (!isFailure(answer)) {
      this.#inForm ??= false;
    }
    if (!isFailure(answer)) this.#token = answer;
    return answer;
  }

  async #ask(secret: string, userAgent: string, inForm: boolean, signal: AbortSignal): Promise<Token | HttpFailure> {
    const { clientId, scopes, tokenUrl, endpointParams } = this.#auth;
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    for (const [name, value] of endpointParams) form.set(name, value);
    if (inForm) {
      form.set('client_id', clientId);
      if (secret !== '') form.set('client_secret', secret);
    }
    form.sort();
    const result = await this.#parts.client.request(this.#http, {
      method: 'POST',
      url: tokenUrl,
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'User-Agent': userAgent,
        ...(inForm ? {} : { Authorization: basicHeader(formEscape(clientId), formEscape(secret)) }),
      },
      body: form.toString(),
      signal,
    });
    // Whatever went out so far went to the token endpoint.
    if (result.kind === 'failure') return { ...result, sent: false, message: `oauth2 token: ${result.message}` };
    return readToken(result.status, result.headers.get('content-type') ?? '', result.body, secret, this.#parts.clock);
  }
}

/** The form encoding, of one value. */
const formEscape = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

function readToken(
  status: number,
  type: string,
  body: string,
  secret: string,
  clock: Pick<Clock, 'now'>,
): Token | HttpFailure {
  const fields = /^(?:application\/x-www-form-urlencoded|text\/plain)\b/i.test(type)
    ? formFields(body)
    : jsonFields(body);
  const error = fields.get('error') ?? '';
  const detail = /^[a-z_]{1,60}$/.test(error) ? `: ${error}` : '';
  if (status < 200 || status > 299) return configFailure(`oauth2 token: the endpoint answered ${status}${detail}`);
  if (error !== '') return configFailure(`oauth2 token: the endpoint refused${detail}`);
  const token = fields.get('access_token') ?? '';
  if (token === '') return configFailure('oauth2 token: the answer has no access_token');
  const seconds = Number(fields.get('expires_in') ?? 0);
  return {
    header: `${tokenType(fields.get('token_type') ?? '')} ${token}`,
    expiresAt: seconds > 0 ? clock.now() + seconds * 1000 : null,
    secret,
  };
}

function tokenType(type: string): string {
  const canonical = { '': 'Bearer', bearer: 'Bearer', mac: 'MAC', basic: 'Basic' } as const;
  const lower = type.toLowerCase();
  return lower === '' || lower === 'bearer' || lower === 'mac' || lower === 'basic' ? canonical[lower] : type;
}

const formFields = (body: string): ReadonlyMap<string, string> => new Map(new URLSearchParams(body));

function jsonFields(body: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return fields;
  }
  if (typeof parsed !== 'object' || parsed === null) return fields;
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value === 'string' || typeof value === 'number') fields.set(name, String(value));
  }
  return fields;
}
