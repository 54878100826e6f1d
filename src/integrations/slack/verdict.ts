// What Slack's answers mean, by the word it gives for what is wrong. A word that is not in the table is refused for
// good, as Alertmanager does with all of them.
import type { FailureReason, Outcome } from '../../notify/outcome.ts';
import { askedToWait, byStatus, inWords } from '../http/judge.ts';
import { byJson } from '../http/judge-json.ts';
import type { HttpAnswer, HttpPost } from '../http/request.ts';

export type Verdict =
  /** It may go better by itself. */
  | { readonly kind: 'retry'; readonly reason: FailureReason; readonly mayHaveArrived: boolean }
  /** Too large or malformed for Slack: plain text may pass. */
  | { readonly kind: 'shrink' }
  /** What was to be edited is out of reach, be it the message or its channel; a refusal of anything else. */
  | { readonly kind: 'gone'; readonly reason: FailureReason; readonly hint: string }
  | { readonly kind: 'refused'; readonly reason: FailureReason; readonly hint: string };

const retried = (reason: FailureReason, mayHaveArrived = false): Verdict => ({ kind: 'retry', reason, mayHaveArrived });
const refused = (hint: string, reason: FailureReason = 'clientError'): Verdict => ({ kind: 'refused', reason, hint });
const gone = (hint: string): Verdict => ({ kind: 'gone', reason: 'clientError', hint });
const all = (words: string, verdict: Verdict): readonly (readonly [string, Verdict])[] =>
  words.split(' ').map((word) => [word, verdict] as const);

const NEW_TOKEN = 'give app_token a token of the app as it is installed now';
const NOT_THERE = 'invite the app to the channel, or grant it chat:write.public';
const VERDICTS: ReadonlyMap<string, Verdict> = new Map([
  ...all('ratelimited rate_limited message_limit_exceeded', retried('rateLimited')),
  ...all('internal_error fatal_error request_timeout service_unavailable rollup_error', retried('serverError', true)),
  ...all('team_added_to_org accesslimited', retried('serverError')),
  ...all('invalid_blocks invalid_blocks_format msg_too_long msg_blocks_too_long invalid_attachments', {
    kind: 'shrink',
  }),
  ...all('too_many_attachments attachment_payload_limit_exceeded invalid_payload', { kind: 'shrink' }),
  ...all('message_not_found cant_update_message edit_window_closed', gone('')),
  ...all('invalid_auth not_authed token_revoked token_expired', refused(NEW_TOKEN, 'authError')),
  ...all('account_inactive', refused('the app was removed from the workspace: install it again', 'authError')),
  ...all('missing_scope', refused('grant the app chat:write, and install it again', 'authError')),
  ...all('no_permission not_allowed_token_type', refused('the app may not do this: grant it chat:write', 'authError')),
  ...all(
    'ekm_access_denied access_denied org_login_required',
    refused('ask the workspace administrators', 'authError'),
  ),
  ...all('team_access_not_granted', refused('an organization administrator must let the app in', 'authError')),
  ...all('channel_not_found', gone(`no such channel, or a private one without the app: ${NOT_THERE}`)),
  ...all('not_in_channel', gone(NOT_THERE)),
  ...all('is_archived channel_is_archived is_inactive', gone('unarchive the channel, or name another')),
  ...all('restricted_action action_prohibited', refused('an administrator has forbidden it', 'authError')),
  ...all('posting_to_general_channel_denied', refused('an administrator has closed the channel to apps')),
  ...all('no_service no_active_hooks', refused('the webhook was removed or switched off: make a new one')),
  ...all('no_team team_disabled', refused('the workspace is gone or switched off')),
  ...all('invalid_token', refused('the webhook URL is not complete, or was replaced', 'authError')),
  ...all('user_not_found', refused('no such user to write to')),
]);

const UNKNOWN: Verdict = refused('');

export const verdictOf = (word: string): Verdict => VERDICTS.get(word) ?? UNKNOWN;

/** What is shown of a refusal: what Slack said, and what to do about it. */
export const withHint = (said: string, hint: string): string => (hint === '' ? said : `${said} (${hint})`);

/** A webhook says `ok`, or one word; the Web API, asked as one, says JSON. `shrunk`: what to try when it is too large. */
export function judgeWebhook(shrunk: (() => HttpPost) | null): (answer: HttpAnswer) => Outcome | HttpPost {
  return (answer) => {
    const { said, isOk } = read(answer.body);
    const isSuccess = answer.status >= 200 && answer.status <= 299;
    if (isSuccess && isOk) return byStatus(answer);
    const verdict = VERDICTS.get(said);
    if (verdict?.kind === 'shrink' && shrunk !== null) return shrunk();
    const detail = inWords(answer, said);
    if (verdict?.kind === 'retry') {
      const { reason, mayHaveArrived } = verdict;
      return { kind: 'retry', reason, detail, after: askedToWait(answer), mayHaveArrived };
    }
    if (verdict?.kind === 'refused' || verdict?.kind === 'gone')
      return { kind: 'rejected', reason: verdict.reason, detail: withHint(detail, verdict.hint) };
    return isSuccess ? { kind: 'rejected', reason: 'clientError', detail } : byJson(answer);
  };
}

function read(body: string): { readonly said: string; readonly isOk: boolean } {
  const text = body.trim();
  if (!text.startsWith('{')) return { said: text, isOk: text === 'ok' };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { said: text, isOk: false };
  }
  const isOk = typeof json === 'object' && json !== null && 'ok' in json && json.ok === true;
  const error = typeof json === 'object' && json !== null && 'error' in json ? json.error : null;
  return { said: typeof error === 'string' ? error : text, isOk };
}
