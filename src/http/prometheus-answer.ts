// Answers in the envelope of Prometheus' API: {status, data}, and errors with their type. What streams is joined
// from ready parts here, so that a list of ten thousand rules is never one string.
import { inChunks, json, type Answer } from './answer.ts';

type ErrorType = 'bad_data' | 'not_found' | 'internal' | 'unavailable';

const TYPES: ReadonlyMap<number, ErrorType> = new Map<number, ErrorType>([
  [404, 'not_found'],
  [500, 'internal'],
  [503, 'unavailable'],
]);

export const failure = (status: number, message: string): Answer =>
  json(
    status,
    JSON.stringify({
      status: 'error',
      errorType: TYPES.get(status) ?? ('bad_data' satisfies ErrorType),
      error: message,
    }),
  );

export const badData = (message: string): Answer => failure(400, message);

/** For badData, once whoever asked is told. */
export const wrongParameter = (name: string, because: string): { readonly ok: false; readonly message: string } => ({
  ok: false,
  message: `invalid parameter "${name}": ${because}`,
});

export const success = (data: unknown): Answer => json(200, JSON.stringify({ status: 'success', data }));

/** `data` is JSON already, in parts of any size; `rest` are further members of the envelope. */
export const streamed = (data: Iterable<string>, rest: Readonly<Record<string, number>> = {}): Answer =>
  json(200, inChunks(enveloped(data, rest)));

function* enveloped(data: Iterable<string>, rest: Readonly<Record<string, number>>): Generator<string> {
  yield '{"status":"success",';
  for (const [name, value] of Object.entries(rest)) yield `${JSON.stringify(name)}:${value},`;
  yield '"data":';
  yield* data;
  yield '}';
}

/** `a,b,…` of elements that come in parts. */
export function* separated<T>(items: Iterable<T>, print: (item: T) => Iterable<string>): Generator<string> {
  let first = true;
  for (const item of items) {
    if (!first) yield ',';
    first = false;
    yield* print(item);
  }
}
