// What went wrong with a mail server, in words that are safe to show and say what to change.
import { spoken } from '../../outbound/answer-text.ts';
import { withoutSecrets } from '../../outbound/secrets.ts';
import type { Failure } from './report.ts';
import type { Smarthost } from './request.ts';

/** Thrown within the sender, never out of it. */
export class MailFailure extends Error {
  override readonly name = 'MailFailure';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.words);
    this.failure = failure;
  }
}

/** What was said, before it is known whether anybody may see all of it. */
const MOST_HEARD = 8000;
const LONGEST_WORDS = 300;

export const wordsOf = (text: string): string => spoken(text, MOST_HEARD);

/** Hidden first: what a cut leaves of a secret would not be found any more. */
export const shownWords = (words: string, secrets: readonly string[]): string =>
  spoken(withoutSecrets(words, secrets), LONGEST_WORDS);

export type Phase = 'connect' | 'greeting' | 'login' | 'envelope' | 'data';

const PHASES: Readonly<Record<Phase, string>> = {
  connect: 'connecting',
  greeting: 'the greeting',
  login: 'the login',
  envelope: 'the addresses',
  data: 'the mail itself',
};

export interface Where {
  readonly smarthost: Smarthost;
  readonly phase: Phase;
  /** All of the mail is out, its final dot too. */
  readonly mayHaveArrived: boolean;
}

const peerOf = ({ host, port }: Smarthost): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

function broken(where: Where, reason: 'timeout' | 'canceled' | 'other', words: string): MailFailure {
  return new MailFailure({
    kind: 'broken',
    reason: reason === 'timeout' ? 'contextDeadlineExceeded' : reason === 'canceled' ? 'contextCanceled' : 'other',
    words: wordsOf(`${peerOf(where.smarthost)}: ${words}`),
    mayHaveArrived: where.mayHaveArrived,
  });
}

export function tooLate(where: Where): MailFailure {
  const { phase, smarthost } = where;
  const hint =
    phase === 'greeting' && smarthost.security !== 'implicit'
      ? ' (if the port speaks TLS from the start, as 465 does, set force_implicit_tls: true)'
      : '';
  return broken(where, 'timeout', `no answer in time to ${PHASES[phase]}${hint}`);
}

/** The attempt's own time is up, or we are stopping. */
export function stopped({ reason }: AbortSignal, where: Where): MailFailure {
  const isLate = reason instanceof Error && reason.name === 'TimeoutError';
  return isLate ? tooLate(where) : broken(where, 'canceled', 'given up');
}

/** Of the library or the socket. */
export function failureOf(error: unknown, where: Where): MailFailure {
  if (error instanceof MailFailure) return error;
  const { code, responseCode, response, command, message } = fieldsOf(error);
  if (command === 'STARTTLS' || (command === 'EHLO' && where.smarthost.security === 'starttls')) {
    if (responseCode > 0) return noStartTls(where, response);
  }
  if (responseCode > 0) {
    const isAboutUs = where.phase === 'login' || [530, 534, 535, 538].includes(responseCode);
    return new MailFailure({ kind: 'answer', code: responseCode, words: wordsOf(response), isAboutUs });
  }
  // The library's own limit on what the server has told us it takes.
  if (code === 'EMESSAGE')
    return new MailFailure({ kind: 'answer', code: 552, words: wordsOf(message), isAboutUs: false });
  return broken(
    where,
    'other',
    `${wordsOf(message) || code} during ${PHASES[where.phase]}${tlsHint(code, message, where)}`,
  );
}

function noStartTls(where: Where, response: string): MailFailure {
  const words = `'require_tls' is true (default) but ${peerOf(where.smarthost)} does not offer STARTTLS (${response})`;
  const hint =
    'a port that speaks TLS from the start wants force_implicit_tls: true; require_tls: false sends in the clear';
  // Somebody between us may have taken it out: it may be there again at the next attempt.
  const reason = 'other';
  return new MailFailure({ kind: 'broken', reason, words: wordsOf(`${words}: ${hint}`), mayHaveArrived: false });
}

function tlsHint(code: string, message: string, { smarthost }: Where): string {
  if (/WRONG_VERSION_NUMBER|wrong version number|packet length too long/i.test(`${code} ${message}`)) {
    return smarthost.security === 'implicit'
      ? ': the port does not speak TLS from the start; STARTTLS (587, 25) wants force_implicit_tls: false'
      : '';
  }
  const isDoubted = /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_)|certificate|altnames/i;
  return isDoubted.test(code) || isDoubted.test(message) ? ': see ca_file and server_name in tls_config' : '';
}

interface ErrorFields {
  readonly code: string;
  readonly responseCode: number;
  readonly response: string;
  readonly command: string;
  readonly message: string;
}

function fieldsOf(error: unknown): ErrorFields {
  const found = error instanceof Error ? new Map<string, unknown>(Object.entries(error)) : new Map<string, unknown>();
  const text = (key: string): string => {
    const value = found.get(key);
    return typeof value === 'string' ? value : '';
  };
  const responseCode = found.get('responseCode');
  return {
    code: text('originalCode') || text('code'),
    responseCode: typeof responseCode === 'number' ? responseCode : 0,
    response: text('response'),
    command: text('command'),
    message: error instanceof Error ? error.message : '',
  };
}
