// A role that is taken on with the keys of the configuration: STS hands out keys of its own for a quarter of an hour.
import type { Outcome } from '../../notify/outcome.ts';
import type { Handed, HttpAnswer, Pass } from '../http/request.ts';
import { byAwsCode, endpointOf, isSpent, signedForm, textIn } from './aws.ts';

export interface RoleValues {
  readonly region: string;
  readonly accessKey: string;
  readonly roleArn: string;
  readonly externalId: string;
  readonly useFipsStsEndpoint: boolean;
}

const LIFETIME_SECONDS = 900;
/** Keys are not used in the last minute of their life. */
const MARGIN_MS = 60_000;

export function passForRole(values: RoleValues): Pass {
  const { region, accessKey, roleArn, externalId, useFipsStsEndpoint } = values;
  const url = endpointOf(useFipsStsEndpoint ? 'sts-fips' : 'sts', region);
  return {
    key: (secret) => JSON.stringify([url, accessKey, secret('secret_key'), roleArn, externalId]),
    write: (secret, at) =>
      signedForm(
        url,
        [
          ['Action', 'AssumeRole'],
          ['DurationSeconds', String(LIFETIME_SECONDS)],
          ...(externalId === '' ? [] : [['ExternalId', externalId] as const]),
          ['RoleArn', roleArn],
          ['RoleSessionName', 'belfry'],
          ['Version', '2011-06-15'],
        ],
        { region, service: 'sts', at, accessKey, secretKey: secret('secret_key'), sessionToken: '' },
      ),
    read: keysIn,
    isSpent,
  };
}

function keysIn(answer: HttpAnswer): Handed | Outcome {
  const outcome = byAwsCode(answer);
  if (outcome.kind !== 'delivered') return { ...outcome, detail: `the role was refused: ${outcome.detail}` };
  const secrets = new Map([
    ['role_access_key', textIn(answer, 'AccessKeyId')],
    ['role_secret_key', textIn(answer, 'SecretAccessKey')],
    ['role_session_token', textIn(answer, 'SessionToken')],
  ]);
  if ([...secrets.values()].includes('')) {
    return { kind: 'rejected', reason: 'authError', detail: 'STS handed out no keys for the role' };
  }
  return { kind: 'handed', secrets, lifetime: LIFETIME_SECONDS * 1000 - MARGIN_MS };
}
