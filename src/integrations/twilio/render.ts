// A short message to each number, one request after the other. A number that is refused for good does not keep it from
// the others; after a failure only those are tried again that have not had it.
import { Buffer } from 'node:buffer';
import { commaList } from '../../notify/comma-list.ts';
import { cutRunes } from '../../notify/cut-text.ts';
import type { FailureReason, Outcome } from '../../notify/outcome.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import { refusedDraft, type Draft } from '../draft.ts';
import { byJson, jsonMembers, membersOf } from '../http/judge-json.ts';
import type { HttpPost } from '../http/request.ts';
import type { Scene } from '../scene.ts';

export interface TwilioValues {
  readonly httpConfig: HttpConfig;
  readonly apiUrl: string;
  readonly accountSid: SecretSource;
  readonly authToken: SecretSource;
  readonly from: string;
  readonly to: string;
  readonly message: string;
}

/** As documented; of more nothing is sent. */
const LONGEST = 1600;

interface Round {
  readonly from: string;
  readonly text: string;
  readonly key: string;
  readonly left: readonly string[];
  readonly done: readonly string[];
  /** Of those done, who will never have it. */
  readonly refused: readonly Refused[];
}

interface Refused {
  readonly to: string;
  readonly reason: FailureReason;
  readonly detail: string;
}

export function renderTwilio(values: TwilioValues, scene: Scene): Draft {
  const from = scene.address(values.from).trim();
  const to = commaList(scene.address(values.to));
  if (from === '' || to.length === 0) return refusedDraft('no usable number: from or to is empty');
  const key = scene.message.idempotencyKey;
  const before = roundBefore(scene.memo, key);
  const done = before.done.filter((number) => to.includes(number));
  const refused = before.refused.filter((one) => done.includes(one.to));
  const left = to.filter((number) => !done.includes(number));
  const text = cutRunes(scene.body(values.message), LONGEST);
  return { kind: 'http', request: post(values, { from, text, key, left, done, refused }) };
}

function post(values: TwilioValues, round: Round): HttpPost {
  const { from, text, left } = round;
  const [to = ''] = left;
  return {
    http: values.httpConfig,
    timeout: null,
    secrets: { account_sid: values.accountSid, auth_token: values.authToken },
    memo: memoOf(round),
    write: (secret) => {
      // A reload may have taken away those who were left.
      if (left.length === 0) return over(round);
      const sid = secret('account_sid');
      const sender: [string, string] = from.startsWith('MG') ? ['MessagingServiceSid', from] : ['From', from];
      return {
        kind: 'wire',
        method: 'POST',
        url: `${values.apiUrl.replace(/\/+$/, '')}/2010-04-01/Accounts/${encodeURIComponent(sid)}/Messages.json`,
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          Authorization: `Basic ${Buffer.from(`${sid}:${secret('auth_token')}`).toString('base64')}`,
        },
        body: new URLSearchParams([['To', to], sender, ['Body', text]]).toString(),
      };
    },
    judge: (answer) => {
      const outcome = byJson(answer);
      // A wrong key is wrong for every number.
      if (outcome.kind === 'retry' || (outcome.kind === 'rejected' && outcome.reason === 'authError')) {
        return { ...outcome, memo: memoOf(round) };
      }
      const next = {
        ...{ ...round, left: left.slice(1) },
        done: [...round.done, to],
        refused:
          outcome.kind === 'rejected'
            ? [...round.refused, { to, reason: outcome.reason, detail: outcome.detail }]
            : round.refused,
      };
      return next.left.length > 0 ? post(values, next) : over(next);
    },
  };
}

function over(round: Round): Outcome {
  const { done, refused } = round;
  const memo = memoOf(round);
  const said = refused.map(({ to, detail }) => `${to}: ${detail}`).join('; ');
  if (refused.length === done.length) return { kind: 'rejected', reason: refused[0]!.reason, detail: said, memo };
  const sent = `sent to ${done.length - refused.length} of ${done.length}`;
  return { kind: 'delivered', detail: said === '' ? sent : `${sent}; ${said}`, memo };
}

type Before = Pick<Round, 'done' | 'refused'>;

const memoOf = ({ key, done, refused }: Round): string => JSON.stringify({ key, done, refused });

/** Of this very message; of an earlier one, or in another form, it means nothing. */
function roundBefore(memo: string | null, key: string): Before {
  const kept = jsonMembers(memo ?? '');
  const done = listOf(kept.get('done'), (value) => typeof value === 'string');
  const refused = listOf(kept.get('refused'), isRefused);
  return kept.get('key') === key && done !== null && refused !== null ? { done, refused } : { done: [], refused: [] };
}

const listOf = <T>(value: unknown, is: (element: unknown) => element is T): readonly T[] | null =>
  Array.isArray(value) && value.every(is) ? value : null;

function isRefused(value: unknown): value is Refused {
  const members = membersOf(value);
  return ['to', 'reason', 'detail'].every((name) => typeof members.get(name) === 'string');
}
