// Answers of providers that explain themselves in JSON. The words they use for it are few: `message`, `description`
// or `error`, a list of `errorMessages`, a list or a tree of `errors`, and `retry_after` in seconds.
import { retryAfter } from '../../model/retry-after.ts';
import type { Outcome } from '../../notify/outcome.ts';
import { byStatus, inWords } from './judge.ts';
import type { HttpAnswer } from './request.ts';

export type JsonAnswer = ReadonlyMap<string, unknown>;

/** By its status, in the words of its JSON. */
export function byJson(answer: HttpAnswer): Outcome {
  const json = jsonAnswer(answer);
  const outcome = byStatus(answer, words(answer, json));
  if (outcome.kind !== 'retry' || outcome.after !== null) return outcome;
  return { ...outcome, after: waitIn(json, answer) };
}

/** For a status that says all is well over a body that says it is not. */
export const refusedInJson = (answer: HttpAnswer): Outcome => ({
  kind: 'rejected',
  reason: 'clientError',
  detail: inWords(answer, words(answer, jsonAnswer(answer))),
});

/** Empty when the body is no JSON object. */
export const jsonAnswer = ({ body }: HttpAnswer): JsonAnswer => jsonMembers(body);

export const jsonMembers = (text: string): JsonAnswer => membersOf(parsed(text));

export function membersOf(value: unknown): JsonAnswer {
  return new Map(typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function words({ body }: HttpAnswer, json: JsonAnswer): string {
  const lead = ['message', 'description', 'error']
    .map((key) => json.get(key))
    .find((value) => typeof value === 'string');
  const more = ['errorMessages', 'errors'].flatMap((key) => textsIn(json.get(key), 0));
  const said = [...(lead === undefined ? [] : [lead]), more.join(', ')];
  return said.filter((text) => text !== '').join(': ') || body;
}

const DEEPEST = 10;

function textsIn(value: unknown, depth: number): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth === DEEPEST) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === 'code' ? [] : textsIn(inner, depth + 1)));
}

function waitIn(json: JsonAnswer, { at }: HttpAnswer): number | null {
  const asked = json.get('retry_after') ?? membersOf(json.get('parameters')).get('retry_after');
  return typeof asked === 'number' && asked >= 0 ? retryAfter(String(Math.ceil(asked)), at) : null;
}
