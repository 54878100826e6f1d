// Which keys sign a message: those of the configuration, else those AWS's own libraries would find, in their order.
import type { Outcome } from '../../notify/outcome.ts';
import type { SecretSource } from '../../outbound/http-config.ts';
import { environmentKeys } from './environment.ts';
import { givenKeys, noKeys, type Keys } from './keys.ts';
import type { Local } from './local.ts';
import { profileKeys } from './profile-keys.ts';
import { LIFETIME_SECONDS, roleKeys, SESSION_NAME, webIdentityKeys, type Sts } from './role.ts';

export interface SigV4 {
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: SecretSource | null;
  readonly profile: string;
  readonly roleArn: string;
  readonly externalId: string;
  readonly useFipsStsEndpoint: boolean;
}

/** null where the configuration names none. */
export function configuredKeys({ accessKey, secretKey }: SigV4): Keys | null {
  return secretKey === null ? null : givenKeys(accessKey, secretKey);
}

export function findKeys(sigv4: SigV4, local: Local, sts: Sts): Keys | Outcome {
  const found = configuredKeys(sigv4) ?? localKeys(sigv4, local, sts);
  return 'kind' in found ? found : withRole(found, sigv4, sts);
}

function withRole(keys: Keys, { roleArn, externalId }: SigV4, sts: Sts): Keys {
  const role = { arn: roleArn, externalId, sessionName: SESSION_NAME, seconds: LIFETIME_SECONDS };
  return roleArn === '' ? keys : roleKeys(keys, role, sts);
}

function localKeys({ profile }: SigV4, local: Local, sts: Sts): Keys | Outcome {
  if (profile !== '') return profileKeys({ local, sts, looked: '' });
  const { variable } = local;
  return (
    environmentKeys(variable) ??
    webIdentity(local, sts) ??
    profileKeys({ local, sts, looked: 'sigv4, AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE' })
  );
}

function webIdentity({ variable }: Local, sts: Sts): Keys | Outcome | null {
  const tokenFile = variable('AWS_WEB_IDENTITY_TOKEN_FILE');
  if (tokenFile === '') return null;
  const arn = variable('AWS_ROLE_ARN');
  if (arn === '') return noKeys('AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not');
  return webIdentityKeys(tokenFile, { arn, sessionName: variable('AWS_ROLE_SESSION_NAME') || SESSION_NAME }, sts);
}
