// Profiles: which of two files says what, where their keys come from, and what is wrong with them.
import { describe, expect, it } from 'vitest';
import type { HttpResult } from '../../../src/ports/http-client.ts';
import {
  forms as formsOf,
  fromSts as handed,
  published,
  sendFrom,
  signers,
  type Setup,
} from '../../support/aws-machine.ts';
import { saying } from '../../support/played.ts';

const keys = (key: string): string => `aws_access_key_id=${key}\naws_secret_access_key=s\n`;

const DISABLED = { AWS_EC2_METADATA_DISABLED: 'true' };

async function send(setup: Setup, answers: readonly HttpResult[]) {
  const { peer, outcome } = await sendFrom(
    { config: '', credentials: '', ...setup, env: { ...DISABLED, ...setup.env } },
    answers,
  );
  return { outcome, used: signers(peer), forms: formsOf(peer) };
}

describe('a profile', () => {
  it.each<[name: string, files: Setup, key: string]>([
    ['default', { config: `[default]\n${keys('A')}` }, 'A'],
    ['profile default before default', { config: `[profile default]\n${keys('A')}[default]\n${keys('B')}` }, 'A'],
    [
      'in credentials before config',
      { config: `[default]\n${keys('A')}`, credentials: `[default]\n${keys('B')}` },
      'B',
    ],
    [
      'of AWS_PROFILE',
      { config: `[profile x]\n${keys('A')}`, env: { AWS_PROFILE: 'x', AWS_DEFAULT_PROFILE: 'y' } },
      'A',
    ],
    ['of AWS_DEFAULT_PROFILE', { credentials: `[x]\n${keys('A')}`, env: { AWS_DEFAULT_PROFILE: 'x' } }, 'A'],
    [
      'with half of a pair in the other file',
      { config: '[default]\naws_access_key_id=A', credentials: `[default]\n${keys('B')}` },
      'B',
    ],
  ])('is found: %s', async (_, files, key) => {
    expect((await send(files, [published])).used).toEqual([key]);
  });

  it('stands in files that variables name', async () => {
    const env = { AWS_CONFIG_FILE: '/none', AWS_SHARED_CREDENTIALS_FILE: '/h/.aws/config' };
    expect((await send({ config: `[default]\n${keys('A')}`, env }, [published])).used).toEqual(['A']);
  });

  it.each<[name: string, config: string, used: readonly string[], forms: readonly object[]]>([
    [
      'another profile, for a role',
      `[default]\nsource_profile=base\nrole_arn=arn:r\nexternal_id=e\nrole_session_name=me\nduration_seconds=1800\n${keys('NOT')}[profile base]\n${keys('BASE')}`,
      ['BASE', 'ONE'],
      [{ Action: 'AssumeRole', RoleArn: 'arn:r', ExternalId: 'e', RoleSessionName: 'me', DurationSeconds: '1800' }],
    ],
    [
      'itself, for a role',
      `[default]\nsource_profile=default\nrole_arn=arn:r\nduration_seconds=60\n${keys('SELF')}`,
      ['SELF', 'ONE'],
      [{ RoleArn: 'arn:r', RoleSessionName: 'belfry', DurationSeconds: '900' }],
    ],
    [
      'a profile that takes on a role itself',
      `[default]\nsource_profile=b\nrole_arn=arn:2\n[profile b]\nsource_profile=c\nrole_arn=arn:1\n[profile c]\n${keys('BASE')}`,
      ['BASE', 'ONE', 'TWO'],
      [{ RoleArn: 'arn:1' }, { RoleArn: 'arn:2' }],
    ],
    [
      'the environment, for a role',
      '[profile x]\ncredential_source = Environment\nrole_arn=arn:r',
      ['ENV', 'ONE'],
      [{ RoleArn: 'arn:r' }],
    ],
    [
      'a web identity',
      '[profile x]\nweb_identity_token_file=/token\nrole_arn=arn:r\nrole_session_name=me',
      ['-', 'ONE'],
      [
        {
          Action: 'AssumeRoleWithWebIdentity',
          RoleArn: 'arn:r',
          RoleSessionName: 'me',
          WebIdentityToken: 'hidden-jwt',
        },
      ],
    ],
  ])('takes its keys from %s', async (_, config, used, forms) => {
    const isNamed = config.startsWith('[profile x]');
    const env = isNamed ? { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' } : {};
    const files = { '/token': 'hidden-jwt' };
    const answers = [...forms.map((_form, index) => handed(['ONE', 'TWO'][index]!)), published];
    const sent = await send({ config, env, files, sigv4: isNamed ? 'profile: x' : '' }, answers);
    expect(sent.used).toEqual(used);
    expect(sent.forms).toMatchObject([...forms, { Action: 'Publish' }]);
  });

  it('takes its keys from the container it stands in', async () => {
    const config = '[default]\ncredential_source=EcsContainer\nrole_arn=arn:r';
    const env = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/c' };
    const own = saying({ AccessKeyId: 'ECS', SecretAccessKey: 's', Token: 't' });
    expect((await send({ config, env }, [own, handed('ONE'), published])).used).toEqual(['-', 'ECS', 'ONE']);
  });

  it('takes its keys from the machine it stands on', async () => {
    const config = '[default]\ncredential_source=Ec2InstanceMetadata\nrole_arn=arn:r';
    const own = [saying('t'), saying('role'), saying({ AccessKeyId: 'EC', SecretAccessKey: 's', Token: 't' })];
    const env = { AWS_EC2_METADATA_DISABLED: 'false', AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/c' };
    const sent = await send({ config, env }, [...own, handed('ONE'), published]);
    expect(sent.used).toEqual(['-', '-', '-', 'EC', 'ONE']);
  });

  it.each<[name: string, files: Setup, detail: string]>([
    ['nowhere', { env: { AWS_PROFILE: 'x' } }, 'there is no profile "x" (/h/.aws/config, /h/.aws/credentials)'],
    [
      'without its prefix in config',
      { config: '[x]\nregion=r', env: { AWS_PROFILE: 'x' } },
      'there is no profile "x" (/h/.aws/config, /h/.aws/credentials)',
    ],
    [
      'with a prefix in credentials',
      { credentials: '[profile x]\nregion=r', env: { AWS_PROFILE: 'x' } },
      'there is no profile "x" (/h/.aws/config, /h/.aws/credentials)',
    ],
    [
      'with half a pair',
      { credentials: '[default]\n\naws_secret_access_key=s' },
      '/h/.aws/credentials:3: profile "default" has one of aws_access_key_id and aws_secret_access_key only',
    ],
    [
      'with a source that is not there',
      { config: '[default]\nrole_arn=r\nsource_profile=x' },
      '/h/.aws/config:3: source_profile of profile "default": there is no profile "x"',
    ],
    [
      'with a source that has no keys',
      { config: '[default]\nrole_arn=r\nsource_profile=x\n[profile x]\nregion=r' },
      'profile "x" has none, and profile "default" takes them from it',
    ],
    [
      'in a circle',
      { config: '[default]\nrole_arn=r\nsource_profile=x\n[profile x]\nrole_arn=r\nsource_profile=default' },
      'profile "default" has none, and profile "x" takes them from it',
    ],
    [
      'with a source and no role',
      { config: '[default]\nsource_profile=x' },
      '/h/.aws/config:2: source_profile of profile "default": role_arn is missing',
    ],
    [
      'with two sources',
      { config: '[default]\nrole_arn=r\nsource_profile=x\nweb_identity_token_file=/t' },
      '/h/.aws/config:4: web_identity_token_file of profile "default": source_profile says already where keys come from',
    ],
    [
      'with an unknown source',
      { config: '[default]\nrole_arn=r\ncredential_source=Moon' },
      '/h/.aws/config:3: credential_source of profile "default": it is none of Environment, EcsContainer, Ec2InstanceMetadata',
    ],
    [
      'with the environment, which is empty,',
      { config: '[default]\nrole_arn=r\ncredential_source=Environment' },
      '/h/.aws/config:3: credential_source of profile "default": AWS_ACCESS_KEY_ID is not set',
    ],
    [
      'with a container that is none',
      { config: '[default]\nrole_arn=r\ncredential_source=EcsContainer' },
      '/h/.aws/config:3: credential_source of profile "default": this is no container of ECS or EKS',
    ],
    [
      'with a program',
      { config: '[default]\ncredential_process = /bin/keys' },
      '/h/.aws/config:2: credential_process of profile "default": it is not supported',
    ],
    [
      'with SSO',
      { config: '[default]\nsso_session = me\n[sso-session me]\nsso_region=r' },
      '/h/.aws/config:2: sso_session of profile "default": it is not supported',
    ],
    [
      'with a second factor',
      { config: `[default]\nrole_arn=r\nmfa_serial=m\nsource_profile=default\n${keys('A')}` },
      '/h/.aws/config:3: mfa_serial of profile "default": there is nobody to type a code',
    ],
  ])('%s is told with its place, and tried again', async (_, files, detail) => {
    const { outcome } = await send(files, []);
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'authError', detail: `no AWS credentials: ${detail}` });
  });

  it('has keys of its own beside a program or SSO', async () => {
    const config = `[default]\ncredential_process=x\nsso_region=y\n${keys('A')}`;
    expect((await send({ config }, [published])).used).toEqual(['A']);
  });
});
