// What AWS's query APIs have in common: a signed form out, XML back, and errors with a code.
import { unescapeEntities } from '../../template/html-entities.ts';
import type { Instant } from '../../model/time.ts';
import type { Outcome } from '../../notify/outcome.ts';
import { askedToWait, byStatus } from '../http/judge.ts';
import type { HttpAnswer, Wire } from '../http/request.ts';
import { signed, type Credentials } from './sigv4.ts';

export type Form = readonly (readonly [name: string, value: string])[];

export interface Asker extends Credentials {
  readonly region: string;
  readonly service: 'sns' | 'sts';
  readonly at: Instant;
}

export const formPost = (url: string, form: Form): Wire => ({
  ...{ kind: 'wire', method: 'POST', url: new URL(url).href },
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(form.map(([name, value]) => [name, value])).toString(),
});

export const signedForm = (url: string, form: Form, { region, service, at, ...credentials }: Asker): Wire =>
  signed(formPost(url, form), credentials, { region, service, at });

/** The text of the first such element; '' when there is none. */
export const textIn = ({ body }: HttpAnswer, element: string): string =>
  unescapeEntities(new RegExp(`<${element}>([^<]*)</${element}>`).exec(body)?.[1] ?? '').trim();

const SPENT: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException']);

const TOO_MANY: ReadonlySet<string> = new Set([
  'Throttling',
  'ThrottlingException',
  'Throttled',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'KMSThrottling',
]);

/** By the next attempt these may be well: it is signed anew. */
const PASSING: ReadonlySet<string> = new Set([
  ...SPENT,
  'IDPCommunicationError',
  'InvalidIdentityToken',
  'RequestExpired',
  'RequestTimeTooSkewed',
]);

const KEYS: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'InvalidClientTokenId',
  'InvalidSecurity',
  'MissingAuthenticationToken',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

export const isSpent = (answer: HttpAnswer): boolean => SPENT.has(textIn(answer, 'Code'));

/** Most errors are 400; the code tells them apart. */
export function byAwsCode(answer: HttpAnswer): Outcome {
  const code = textIn(answer, 'Code');
  const said = code === '' ? textIn(answer, 'MessageId') || answer.body : `${code}: ${textIn(answer, 'Message')}`;
  const outcome = byStatus(answer, said);
  if (outcome.kind !== 'rejected') return outcome;
  const { detail } = outcome;
  if (TOO_MANY.has(code)) return { kind: 'retry', reason: 'rateLimited', detail, after: askedToWait(answer) };
  if (PASSING.has(code)) return { kind: 'retry', reason: 'authError', detail, after: askedToWait(answer) };
  return KEYS.has(code) ? { ...outcome, reason: 'authError' } : outcome;
}
