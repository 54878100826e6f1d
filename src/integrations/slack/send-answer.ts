// What an answer of the Web API asks us to do next.
import type { Outcome } from '../../notify/outcome.ts';
import { spoken } from '../../outbound/answer-text.ts';
import { askedToWait } from '../http/judge.ts';
import { byJson } from '../http/judge-json.ts';
import { failed } from '../http/send.ts';
import type { Answer } from './send-api.ts';
import { verdictOf, withHint } from './verdict.ts';

type Refused = Extract<Outcome, { kind: 'rejected' }>;

export type Asked =
  | { readonly kind: 'ok'; readonly data: Readonly<Record<string, unknown>> }
  /** Plain text may pass where this did not. */
  | { readonly kind: 'shrink'; readonly refused: Refused }
  /** What was to be edited is out of reach. */
  | { readonly kind: 'gone'; readonly refused: Refused }
  | Exclude<Outcome, { kind: 'delivered' }>;

const LONGEST_DETAIL = 200;

export function judged(method: string, answer: Answer): Asked {
  switch (answer.kind) {
    case 'ok':
      return answer;
    case 'failure':
      return failed(answer.failure);
    case 'unclear': {
      const outcome = byJson(answer.from);
      if (outcome.kind === 'delivered') {
        const detail = `${method}: not an answer of Slack, ${outcome.detail}`;
        return { kind: 'retry', reason: 'other', detail, after: null, mayHaveArrived: true };
      }
      return outcome.kind === 'retry' && outcome.reason === 'serverError'
        ? { ...outcome, mayHaveArrived: true }
        : outcome;
    }
    case 'error': {
      const { word, more, from } = answer;
      const said = spoken(from.hide(`${method}: ${word}${more === '' ? '' : ` (${more})`}`), LONGEST_DETAIL);
      const verdict = verdictOf(word);
      switch (verdict.kind) {
        case 'retry': {
          const { reason, mayHaveArrived } = verdict;
          return { kind: 'retry', reason, detail: said, after: askedToWait(from), mayHaveArrived };
        }
        case 'refused':
          return { kind: 'rejected', reason: verdict.reason, detail: withHint(said, verdict.hint) };
        case 'shrink':
          return { kind: 'shrink', refused: { kind: 'rejected', reason: 'clientError', detail: said } };
        case 'gone': {
          const detail = withHint(said, verdict.hint);
          return { kind: 'gone', refused: { kind: 'rejected', reason: verdict.reason, detail } };
        }
      }
    }
  }
}
