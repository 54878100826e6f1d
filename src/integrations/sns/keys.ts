// Keys to sign with: as they stand somewhere, or handed out for a while by somebody who has to be asked. Either way
// they are the secrets access_key, secret_key and session_token of the request they sign.
import { Secret } from '../../input/secret.ts';
import { parseTime } from '../../model/rfc3339.ts';
import type { Instant } from '../../model/time.ts';
import type { Outcome } from '../../notify/outcome.ts';
import type { SecretSource } from '../../outbound/http-config.ts';
import type { Handed, HttpPost, Reader } from '../http/request.ts';
import type { Credentials } from './sigv4.ts';

export type Keys = Pick<HttpPost, 'secrets' | 'pass'>;

export const inline = (text: string): SecretSource => ({ kind: 'inline', secret: new Secret(text) });

export const givenKeys = (accessKey: string, secretKey: SecretSource, sessionToken = ''): Keys => ({
  secrets: {
    access_key: inline(accessKey),
    secret_key: secretKey,
    ...(sessionToken === '' ? {} : { session_token: inline(sessionToken) }),
  },
});

export const handedKeys = (pass: NonNullable<HttpPost['pass']>): Keys => ({ secrets: {}, pass });

export const credentialsOf = ({ secrets, pass }: Keys, secret: Reader): Credentials => ({
  accessKey: secret('access_key'),
  secretKey: secret('secret_key'),
  sessionToken: pass !== undefined || 'session_token' in secrets ? secret('session_token') : '',
});

export const noKeys = (detail: string): Outcome => ({
  kind: 'retry',
  reason: 'authError',
  detail: `no AWS credentials: ${detail}`,
  after: null,
});

export interface KeyTexts {
  readonly accessKey: unknown;
  readonly secretKey: unknown;
  readonly sessionToken: unknown;
  /** RFC 3339. */
  readonly expiration: unknown;
}

/** Keys are not used in the last minute of their life. */
const MARGIN_MS = 60_000;
/** What a machine may do is changed now and then: its keys are asked for anew. */
const LONGEST_MS = 3_600_000;
/** Of keys that do not say when they end. */
const UNSAID_MS = 900_000;

/** null when one is missing. */
export function handedOf({ accessKey, secretKey, sessionToken, expiration }: KeyTexts, now: Instant): Handed | null {
  if (typeof accessKey !== 'string' || typeof secretKey !== 'string' || accessKey === '' || secretKey === '')
    return null;
  const ends = typeof expiration === 'string' && expiration !== '' ? parseTime(expiration) : null;
  const life = ends?.ok === true && ends.stamp !== null ? ends.stamp.at - now : UNSAID_MS;
  return {
    kind: 'handed',
    secrets: new Map([
      ['access_key', accessKey],
      ['secret_key', secretKey],
      ['session_token', typeof sessionToken === 'string' ? sessionToken : ''],
    ]),
    lifetime: Math.min(life, LONGEST_MS) - MARGIN_MS,
  };
}
