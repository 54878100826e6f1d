// An answer before it is written to a socket, in the few forms the API knows. Alertmanager has two kinds of
// errors: the ones its handlers make are a bare JSON string, the ones of its framework are {code, message}.

export interface Answer {
  readonly status: number;
  /** The content type; null when there is no body. */
  readonly type: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Parts are written one by one, as fast as the client reads. */
  readonly body: string | Iterable<string>;
}

export const JSON_TYPE = 'application/json';
const TEXT_TYPE = 'text/plain; charset=utf-8';

export const empty = (status: number): Answer => ({ status, type: null, body: '' });

export const text = (status: number, body: string): Answer => ({ status, type: TEXT_TYPE, body });

/** `body` is JSON already. */
export const json = (status: number, body: string | Iterable<string>): Answer => ({ status, type: JSON_TYPE, body });

/** As upstream's handlers say what is wrong: a JSON string. */
export const told = (status: number, message: string): Answer => json(status, `${JSON.stringify(message)}\n`);

/** As upstream's framework says it. Its codes from 600 on stand for kinds of invalidity, all of them status 422. */
export const refused = (code: number, message: string): Answer =>
  json(code >= 600 ? 422 : code, JSON.stringify({ code, message }));

/** What is wrong with a request, before an API puts it in its own form. */
export type Fault =
  | { readonly by: 'framework'; readonly code: number; readonly message: string }
  | { readonly by: 'handler'; readonly message: string };

export const faultAnswer = (fault: Fault): Answer =>
  fault.by === 'framework' ? refused(fault.code, fault.message) : told(400, fault.message);

/** As our own API says it. */
export const failed = (status: number, code: string, message: string): Answer =>
  json(status, JSON.stringify({ error: { code, message } }));

export const badRequest = (message: string): Answer => failed(400, 'bad_request', message);

export const withHeaders = (answer: Answer, headers: Readonly<Record<string, string>>): Answer => ({
  ...answer,
  headers: { ...answer.headers, ...headers },
});

const CHUNK = 64 * 1024;

/** `[a,b,…]` from ready elements, in parts of about 64 KiB. */
export const jsonArray = (elements: Iterable<string>): Generator<string> => inChunks(arrayParts(elements));

function* arrayParts(elements: Iterable<string>): Generator<string> {
  yield '[';
  let first = true;
  for (const element of elements) {
    yield first ? element : `,${element}`;
    first = false;
  }
  yield ']\n';
}

/** The same text in parts of about 64 KiB. */
export function* inChunks(parts: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const part of parts) {
    chunk += part;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
