// Slack's Web API through its own client, which carries the request as our HTTP client does: proxy, CA and timeout are
// those of http_config. It neither retries nor waits for us: both would hide what Slack said.
import type { WebClient } from '@slack/web-api';
import type { Secret } from '../../input/secret.ts';
import type { TraceContext } from '../../model/trace-context.ts';
import type { Instant } from '../../model/time.ts';
import type { HttpConfig } from '../../outbound/http-config.ts';
import type { HttpClient, HttpResult } from '../../ports/http-client.ts';
import type { HttpAnswer } from '../http/request.ts';

export type Answer =
  | { readonly kind: 'ok'; readonly data: Readonly<Record<string, unknown>> }
  /** Slack's word for what is wrong, and more of what it said about it. */
  | { readonly kind: 'error'; readonly word: string; readonly more: string; readonly from: HttpAnswer }
  /** Not Slack's JSON: a status says what it means, a 200 says nothing. */
  | { readonly kind: 'unclear'; readonly from: HttpAnswer }
  | { readonly kind: 'failure'; readonly failure: Failure };

export type Failure = Extract<HttpResult, { kind: 'failure' }>;

export interface ApiParts {
  readonly http: HttpClient;
  readonly config: HttpConfig;
  readonly root: Secret;
  /** null: http_config authorizes. */
  readonly token: string | null;
  readonly now: () => Instant;
  readonly userAgent: string;
  readonly signal: () => AbortSignal;
  readonly trace: TraceContext | null;
  readonly hide: HttpAnswer['hide'];
}

/** A page of history: our own messages are up to 100 kB each in it. */
const LARGEST_ANSWER = 4 * 1024 * 1024;

const QUIET = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  setName: () => {},
};

export class SlackApi {
  readonly #parts: ApiParts;
  readonly #client: WebClient;
  #last: HttpResult | null = null;

  private constructor(parts: ApiParts, client: (fetch: Fetch) => WebClient) {
    this.#parts = parts;
    this.#client = client((url, init) => this.#fetch(String(url), init));
  }

  /** The package is read when a first message needs it: most installations have no Slack app. */
  static async open(parts: ApiParts): Promise<SlackApi> {
    const { WebClient: Client, LogLevel } = await import('@slack/web-api');
    const options = {
      slackApiUrl: parts.root.open(),
      logger: { ...QUIET, getLevel: () => LogLevel.ERROR },
      ...{ retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, allowAbsoluteUrls: false },
    };
    return new SlackApi(parts, (fetch) => new Client(parts.token ?? undefined, { ...options, fetch }));
  }

  async call(method: string, args: Readonly<Record<string, unknown>>): Promise<Answer> {
    this.#last = null;
    try {
      return { kind: 'ok', data: { ...(await this.#client.apiCall(method, { ...args })) } };
    } catch (error) {
      const last = this.#lastResult();
      // Not even asked: a defect, not an answer.
      if (last === null) throw error;
      if (last.kind === 'failure') {
        return { kind: 'failure', failure: { ...last, message: this.#parts.hide(last.message) } };
      }
      const from = { ...last, at: this.#parts.now(), hide: this.#parts.hide };
      const told = from.status === 200 ? dataOf(error) : null;
      if (told === null) return { kind: 'unclear', from };
      return { kind: 'error', word: this.#parts.hide(told.word), more: this.#parts.hide(told.more), from };
    }
  }

  /** A method, for the compiler does not see that the client has written it. */
  #lastResult(): HttpResult | null {
    return this.#last;
  }

  async #fetch(url: string, init: RequestInit = {}): Promise<FetchResponse> {
    const { http, config, userAgent, signal, trace } = this.#parts;
    const result = await http.request(config, {
      ...{ method: 'POST', url, body: typeof init.body === 'string' ? init.body : '', signal: signal(), trace },
      ...{ headers: { ...init.headers, 'User-Agent': userAgent }, mostBytes: LARGEST_ANSWER, keepsMethod: true },
    });
    this.#last = result;
    if (result.kind === 'failure') throw new Error(result.message);
    const { status, body } = result;
    return {
      ...{ ok: status >= 200 && status <= 299, status, statusText: '', url },
      // The client would unpack what calls itself gzip, however large. What headers say is read elsewhere.
      headers: { get: () => null, entries: () => [] },
      text: () => Promise.resolve(body),
      json: () => Promise.resolve(JSON.parse(body) as unknown),
      arrayBuffer: () => Promise.resolve(new TextEncoder().encode(body).buffer),
    };
  }
}

type Options = NonNullable<ConstructorParameters<typeof WebClient>[1]>;
type Fetch = NonNullable<Options['fetch']>;
type RequestInit = NonNullable<Parameters<Fetch>[1]>;
type FetchResponse = Awaited<ReturnType<Fetch>>;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Words are of small letters; anything else is a text that was no JSON. */
const WORD = /^[a-z][a-z0-9_]{0,80}$/;

function dataOf(error: unknown): { readonly word: string; readonly more: string } | null {
  const data = isRecord(error) ? error['data'] : null;
  if (!isRecord(data) || typeof data['error'] !== 'string' || !WORD.test(data['error'])) return null;
  const metadata = data['response_metadata'];
  const messages = isRecord(metadata) && Array.isArray(metadata['messages']) ? metadata['messages'] : [];
  const needed = typeof data['needed'] === 'string' ? [`needed: ${data['needed']}`] : [];
  return { word: data['error'], more: [...needed, ...messages.map(String)].join('; ') };
}
