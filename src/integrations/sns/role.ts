// Roles that are taken on: STS hands out keys of its own, to who signs with other keys or shows a token of an identity
// provider.
import type { Outcome } from '../../notify/outcome.ts';
import type { HttpConfig } from '../../outbound/http-config.ts';
import type { Handed, HttpAnswer } from '../http/request.ts';
import { byAwsCode, formPost, isSpent, signedForm, textIn, type Form } from './aws.ts';
import { credentialsOf, handedKeys, handedOf, type Keys } from './keys.ts';

/** How STS is spoken to. */
export interface Sts {
  readonly http: HttpConfig;
  readonly url: string;
  readonly region: string;
}

export interface Role {
  readonly arn: string;
  readonly externalId: string;
  readonly sessionName: string;
  readonly seconds: number;
}

export const LIFETIME_SECONDS = 900;
export const SESSION_NAME = 'belfry';
const VERSION: Form[number] = ['Version', '2011-06-15'];

/** A role taken on with other keys, which may be a role's themselves. */
export function roleKeys(from: Keys, { arn, externalId, sessionName, seconds }: Role, sts: Sts): Keys {
  const form: Form = [
    ['Action', 'AssumeRole'],
    ['DurationSeconds', String(seconds)],
    ...(externalId === '' ? [] : [['ExternalId', externalId] as const]),
    ['RoleArn', arn],
    ['RoleSessionName', sessionName],
    VERSION,
  ];
  const { http, url, region } = sts;
  return handedKeys({
    key: (secret) => JSON.stringify([url, form, credentialsOf(from, secret)]),
    ask: {
      ...from,
      ...{ http, timeout: null },
      write: (secret, at) => signedForm(url, form, { region, service: 'sts', at, ...credentialsOf(from, secret) }),
      judge: keysIn,
    },
    isSpent,
  });
}

/** A role for who shows the token in a file, which is renewed by others. */
export function webIdentityKeys(tokenFile: string, role: Pick<Role, 'arn' | 'sessionName'>, { http, url }: Sts): Keys {
  return handedKeys({
    key: () => JSON.stringify([url, tokenFile, role]),
    ask: {
      ...{ http, timeout: null },
      secrets: { web_identity_token: { kind: 'file', path: tokenFile } },
      write: (secret) =>
        formPost(url, [
          ['Action', 'AssumeRoleWithWebIdentity'],
          ['RoleArn', role.arn],
          ['RoleSessionName', role.sessionName],
          VERSION,
          ['WebIdentityToken', secret('web_identity_token')],
        ]),
      judge: keysIn,
    },
    isSpent,
  });
}

function keysIn(answer: HttpAnswer): Handed | Outcome {
  const outcome = byAwsCode(answer);
  if (outcome.kind !== 'delivered') return { ...outcome, detail: `the role was refused: ${outcome.detail}` };
  const handed = handedOf(
    {
      accessKey: textIn(answer, 'AccessKeyId'),
      secretKey: textIn(answer, 'SecretAccessKey'),
      sessionToken: textIn(answer, 'SessionToken'),
      expiration: textIn(answer, 'Expiration'),
    },
    answer.at,
  );
  return handed ?? { kind: 'rejected', reason: 'authError', detail: 'STS handed out no keys for the role' };
}
