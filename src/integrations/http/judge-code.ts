// Answers that are 200 whatever they mean, with a code in their JSON: 0 is well, and each provider has its own for what
// may pass by itself.
import type { Outcome } from '../../notify/outcome.ts';
import { byJson, jsonAnswer } from './judge-json.ts';
import { askedToWait, inWords } from './judge.ts';
import type { HttpAnswer } from './request.ts';

export interface Codes {
  /** The member that holds the code, and the one that says it in words; the first of each that is there. */
  readonly code: readonly string[];
  readonly words: readonly string[];
  /** The code of what went well. */
  readonly well: string;
  /** Too many messages: they are told to wait so long. */
  readonly tooMany: ReadonlyMap<string, number>;
  /** What may pass by itself. */
  readonly passing: ReadonlySet<string>;
  /** Keys, tokens and signatures. */
  readonly keys: ReadonlySet<string>;
}

export const byCode =
  ({ code, words, well, tooMany, passing, keys }: Codes) =>
  (answer: HttpAnswer): Outcome => {
    if (answer.status < 200 || answer.status > 299) return byJson(answer);
    const json = jsonAnswer(answer);
    const firstOf = (names: readonly string[]): string | undefined =>
      names.map((name) => json.get(name)).find((value) => typeof value === 'number' || typeof value === 'string') as
        | string
        | undefined;
    const found = firstOf(code);
    const said = `${found ?? 'no code'}${firstOf(words) === undefined ? '' : ` ${firstOf(words)}`}`;
    const detail = inWords(answer, found === undefined ? answer.body : said);
    if (String(found) === well) return { kind: 'delivered', detail };
    const wait = tooMany.get(String(found));
    if (wait !== undefined) return { kind: 'retry', reason: 'rateLimited', detail, after: askedToWait(answer) ?? wait };
    if (passing.has(String(found))) return { kind: 'retry', reason: 'serverError', detail, after: askedToWait(answer) };
    return { kind: 'rejected', reason: keys.has(String(found)) ? 'authError' : 'clientError', detail };
  };
