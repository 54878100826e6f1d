// The keys of a profile, with whatever it takes them from: another profile, the environment, the machine, a role.
import type { Outcome } from '../../notify/outcome.ts';
import { containerKeys } from './container.ts';
import { environmentKeys } from './environment.ts';
import { givenKeys, inline, noKeys, type Keys } from './keys.ts';
import type { Local } from './local.ts';
import { metadataKeys } from './metadata.ts';
import { textOf, type Profile } from './profiles.ts';
import { LIFETIME_SECONDS, roleKeys, SESSION_NAME, webIdentityKeys, type Role, type Sts } from './role.ts';

/** What one profile takes keys from: one of these, or none. */
const SOURCES = ['source_profile', 'credential_source', 'web_identity_token_file', 'credential_process'];
/** Where AWS's libraries would take keys from, and we do not. */
const BEYOND = [
  'sso_session',
  'sso_account_id',
  'sso_region',
  'sso_role_name',
  'sso_start_url',
  'login_session',
  'credential_process',
];

export interface Seeking {
  readonly local: Local;
  readonly sts: Sts;
  /** Where keys were looked for before. */
  readonly looked: string;
}

/** Those of the chosen profile; where it has none, those of the machine. */
export function profileKeys(seeking: Seeking): Keys | Outcome {
  const { local } = seeking;
  const { profile, profileName, profiles, isNamed } = local;
  if (profile !== undefined) return keysOf(seeking, profile, []);
  if (!isNamed) return machineKeys(seeking);
  return noKeys(`there is no profile ${JSON.stringify(profileName)} (${profiles.where})`);
}

function machineKeys({ local, looked }: Seeking): Keys | Outcome {
  const { profileName, profiles, variable } = local;
  const where = `profile ${JSON.stringify(profileName)} (${profiles.where})`;
  return containerKeys(variable) ?? metadataKeys(local, [looked, where].filter((text) => text !== '').join(', '));
}

/** `above`: the profiles that take their keys from this one. */
function keysOf(seeking: Seeking, profile: Profile, above: readonly string[]): Keys | Outcome {
  const { sts } = seeking;
  // A profile may be its own source: of the keys, not of the role.
  const isOwnSource = above.includes(profile.name);
  const fault = faultOf(profile, isOwnSource);
  if (fault !== null) return fault;
  const arn = isOwnSource ? '' : textOf(profile, 'role_arn');
  // The first one has another source before its own keys, those below it have their own keys before another source.
  const own = above.length > 0 || textOf(profile, 'source_profile') === '' ? given(profile) : null;
  const tokenFile = textOf(profile, 'web_identity_token_file');
  if (own === null && tokenFile !== '') {
    return webIdentityKeys(tokenFile, { arn, sessionName: sessionNameOf(profile) }, sts);
  }
  const from = own ?? sourceOf(seeking, profile, above);
  return 'kind' in from || arn === '' ? from : roleKeys(from, roleOf(profile, arn), sts);
}

function sourceOf(seeking: Seeking, profile: Profile, above: readonly string[]): Keys | Outcome {
  const { profiles, variable } = seeking.local;
  const name = above.includes(profile.name) ? '' : textOf(profile, 'source_profile');
  if (name !== '') {
    const source = profiles.byName.get(name);
    if (source !== undefined) return keysOf(seeking, source, [...above, profile.name]);
    return noKeys(told(profile, 'source_profile', `there is no profile ${JSON.stringify(name)}`));
  }
  const none = (why: string): Outcome => noKeys(told(profile, 'credential_source', why));
  switch (textOf(profile, 'credential_source')) {
    case 'Environment':
      return environmentKeys(variable) ?? none('AWS_ACCESS_KEY_ID is not set');
    case 'EcsContainer':
      return containerKeys(variable) ?? none('this is no container of ECS or EKS');
    case 'Ec2InstanceMetadata':
      return metadataKeys(seeking.local, `profile ${JSON.stringify(profile.name)}`);
    case '':
      return withoutSource(seeking, profile, above);
    default:
      return none('it is none of Environment, EcsContainer, Ec2InstanceMetadata');
  }
}

function withoutSource(seeking: Seeking, profile: Profile, above: readonly string[]): Keys | Outcome {
  const beyond = BEYOND.find((key) => textOf(profile, key) !== '');
  if (beyond !== undefined) return noKeys(told(profile, beyond, 'it is not supported'));
  if (above.length === 0) return machineKeys(seeking);
  const [own, other] = [profile.name, above.at(-1)].map((name) => JSON.stringify(name));
  return noKeys(`profile ${own} has none, and profile ${other} takes them from it`);
}

function given(profile: Profile): Keys | null {
  const [accessKey, secretKey, token] = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'].map((key) =>
    textOf(profile, key),
  );
  return accessKey! && secretKey! ? givenKeys(accessKey, inline(secretKey), token) : null;
}

function faultOf(profile: Profile, isOwnSource: boolean): Outcome | null {
  const { name, lone } = profile;
  if (lone !== null) {
    return noKeys(
      `${lone.at}: profile ${JSON.stringify(name)} has one of aws_access_key_id and aws_secret_access_key only`,
    );
  }
  if (isOwnSource) return null;
  const sources = SOURCES.filter((key) => textOf(profile, key) !== '');
  if (sources.length > 1) return noKeys(told(profile, sources[1]!, `${sources[0]!} says already where keys come from`));
  const [source] = sources;
  if (source !== undefined && source !== 'credential_process' && textOf(profile, 'role_arn') === '') {
    return noKeys(told(profile, source, 'role_arn is missing'));
  }
  const needsCode = textOf(profile, 'role_arn') !== '' && textOf(profile, 'mfa_serial') !== '';
  return needsCode ? noKeys(told(profile, 'mfa_serial', 'there is nobody to type a code')) : null;
}

const told = (profile: Profile, key: string, what: string): string =>
  `${profile.values.get(key)?.at ?? ''}: ${key} of profile ${JSON.stringify(profile.name)}: ${what}`;

const sessionNameOf = (profile: Profile): string => textOf(profile, 'role_session_name') || SESSION_NAME;

function roleOf(profile: Profile, arn: string): Role {
  const seconds = Number(textOf(profile, 'duration_seconds'));
  return {
    ...{ arn, externalId: textOf(profile, 'external_id'), sessionName: sessionNameOf(profile) },
    seconds: Number.isInteger(seconds) && seconds > LIFETIME_SECONDS ? seconds : LIFETIME_SECONDS,
  };
}
