// Where the keys of a message to SNS come from, in the order of AWS's library, and how long they are kept.
import { describe, expect, it } from 'vitest';
import type { HttpResult } from '../../../src/ports/http-client.ts';
import {
  AT_EIGHT,
  entryOf,
  forms,
  fromSts,
  inJson,
  noAnswer,
  peerOf,
  published,
  sendFrom,
  signers,
  type Setup,
} from '../../support/aws-machine.ts';
import { saying } from '../../support/played.ts';

const spent = saying('<Error><Code>ExpiredToken</Code><Message>over</Message></Error>', 403);
const STS = 'POST https://sts.eu-west-1.amazonaws.com/';
const SNS = 'POST https://sns.eu-west-1.amazonaws.com/';

const pairs = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(text.split(', ').map((pair) => pair.split(': ') as [string, string]));

const detailOf = async (setup: Setup, answers: readonly HttpResult[] = []): Promise<string> => {
  const { outcome } = await sendFrom(setup, answers);
  expect(outcome.kind).toBe('retry');
  return outcome.detail;
};

describe('the keys of sns_configs', () => {
  const places: readonly [name: string, setup: Setup, answers: readonly HttpResult[], key: string][] = [
    ['sigv4', { sigv4: 'access_key: AKSIG, secret_key: s' }, [], 'AKSIG'],
    ['the environment', { env: { AWS_ACCESS_KEY_ID: 'AKENV', AWS_SECRET_ACCESS_KEY: 's' } }, [], 'AKENV'],
    [
      'a web identity',
      { env: { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn' }, files: { '/token': 'hidden-jwt' } },
      [fromSts('ASIAWEB')],
      'ASIAWEB',
    ],
    [
      'the profile',
      { credentials: '[default]\naws_access_key_id=AKPROFILE\naws_secret_access_key=s' },
      [],
      'AKPROFILE',
    ],
    [
      'a container by its path',
      { env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x' } },
      [inJson('ASIAPATH')],
      'ASIAPATH',
    ],
    [
      'a container by its URL',
      { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/x' } },
      [inJson('ASIAURL')],
      'ASIAURL',
    ],
    ['EC2', {}, [saying('hidden-imds-token'), saying('role\n'), inJson('ASIAEC')], 'ASIAEC'],
  ];
  const merged = (from: number): Setup =>
    places.slice(from).reduceRight<Setup>(
      (all, [, one]) => ({
        ...{ ...all, ...one },
        env: { ...all.env, ...one.env },
        files: { ...all.files, ...one.files },
      }),
      {},
    );

  it.each(places.map(([name, , answers, key], index) => ({ name, answers, key, setup: merged(index) })))(
    'are those of $name before all that follow',
    async ({ answers, key, setup }) => {
      const { peer, outcome } = await sendFrom(setup, [...answers, published]);
      expect([outcome.kind, signers(peer).at(-1)]).toEqual(['delivered', key]);
    },
  );

  it('are those of sigv4.profile before the environment', async () => {
    const credentials = '[ops]\naws_access_key_id=AKOPS\naws_secret_access_key=s\naws_session_token=hidden-session';
    const { peer } = await sendFrom({ ...merged(1), sigv4: 'profile: ops', credentials }, [published]);
    expect(signers(peer)[0]).toBe('AKOPS');
    expect(peer.asked[0]!.headers['X-Amz-Security-Token']).toBe('hidden-session');
  });

  it('have a token of the environment with those of the environment only', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'AKENV', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 'hidden-session' };
    const own = await sendFrom({ env }, [published]);
    expect(own.peer.asked[0]!.headers['X-Amz-Security-Token']).toBe('hidden-session');
    const other = await sendFrom({ env, sigv4: 'access_key: A, secret_key: s' }, [published]);
    expect(other.peer.asked[0]!.headers).not.toHaveProperty('X-Amz-Security-Token');
  });

  it('sign for the role of sigv4, wherever they are from', async () => {
    const setup = { sigv4: 'role_arn: arn:r, external_id: hidden-id' };
    const { peer } = await sendFrom(setup, [
      saying('t'),
      saying('role'),
      inJson('ASIAEC'),
      fromSts('ASIAROLE'),
      published,
    ]);
    expect(peer.lines.slice(2)).toEqual([
      'GET http://169.254.169.254/latest/meta-data/iam/security-credentials/role',
      STS,
      SNS,
    ]);
    expect([signers(peer)[3], signers(peer)[4]]).toEqual(['ASIAEC', 'ASIAROLE']);
    expect(peer.asked[3]!.headers['X-Amz-Security-Token']).toBe('hidden-session-ASIAEC');
    expect(forms(peer)[3]).toMatchObject({ Action: 'AssumeRole', RoleArn: 'arn:r', ExternalId: 'hidden-id' });
  });

  it('are looked for everywhere, and where is told when there are none', async () => {
    const looked =
      'no AWS credentials: looked in sigv4, AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE, profile "default"';
    expect(await detailOf({}, [noAnswer('timed out'), noAnswer('timed out')])).toBe(
      `${looked} (no such file: /h/.aws/config, no such file: /h/.aws/credentials), metadata of EC2: timed out`,
    );
    expect(await detailOf({ env: { HOME: '', AWS_EC2_METADATA_DISABLED: 'TRUE' } })).toBe(
      `${looked} (HOME is not set), metadata of EC2: AWS_EC2_METADATA_DISABLED is set`,
    );
  });
});

describe('a web identity', () => {
  const env = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn:web', AWS_ROLE_SESSION_NAME: 'pod-1' };

  it('asks STS without a signature', async () => {
    const { peer } = await sendFrom({ env, files: { '/token': 'hidden-jwt\n' } }, [fromSts('ASIAWEB'), published]);
    expect(peer.lines).toEqual([STS, SNS]);
    expect(peer.asked[0]!.headers).not.toHaveProperty('Authorization');
    expect(forms(peer)[0]).toEqual({
      ...{ Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15' },
      ...{ RoleArn: 'arn:web', RoleSessionName: 'pod-1', WebIdentityToken: 'hidden-jwt' },
    });
  });

  it.each<[name: string, setup: Setup, answers: readonly HttpResult[], detail: string]>([
    [
      'without a role',
      { env: { ...env, AWS_ROLE_ARN: '' } },
      [],
      'no AWS credentials: AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not',
    ],
    ['without its file', { env }, [], 'unable to read the web_identity_token_file: no such file: /token'],
    [
      'of a provider that is away',
      { env, files: { '/token': 'hidden-jwt' } },
      [saying('<Code>IDPCommunicationError</Code><Message>hidden-jwt</Message>', 400)],
      'the role was refused: status 400: IDPCommunicationError: <secret>',
    ],
  ])('%s is tried again', async (_, setup, answers, detail) => {
    expect(await detailOf(setup, answers)).toBe(detail);
  });
});

describe('keys that end', () => {
  const setup = { env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/c' } };
  const entry = entryOf(setup);
  const CONTAINER = 'GET http://169.254.170.2/c';

  it.each<[name: string, ends: string | null, minutes: number]>([
    ['at a time', '2026-11-20T05:30:00Z', 29],
    ['late', AT_EIGHT, 59],
    ['at a time nobody tells', null, 14],
  ])('%s are kept until shortly before, an hour at most', async (_, ends, minutes) => {
    const peer = peerOf(setup);
    await peer.send(entry, [inJson('ASIA1', ends), published]);
    expect(peer.lines).toEqual([CONTAINER, SNS]);
    peer.now += minutes * 60_000 - 1;
    await peer.send(entry, [published]);
    expect([peer.lines, signers(peer)[0]]).toEqual([[SNS], 'ASIA1']);
    peer.now += 1;
    await peer.send(entry, [inJson('ASIA2'), published]);
    expect([peer.lines, signers(peer)[1]]).toEqual([[CONTAINER, SNS], 'ASIA2']);
  });

  it('have ended already are used once, for AWS may have stretched them', async () => {
    const peer = peerOf(setup);
    const past = '2026-11-20T04:00:00Z';
    expect(await peer.send(entry, [inJson('ASIA1', past), published])).toMatchObject({ kind: 'delivered' });
    await peer.send(entry, [inJson('ASIA1', past), published]);
    expect(peer.lines).toEqual([CONTAINER, SNS]);
  });

  it('are asked for anew when they are refused, the one below a role too', async () => {
    const peer = peerOf(setup);
    await peer.send(entry, [inJson('ASIA1'), published]);
    await peer.send(entry, [spent, inJson('ASIA2'), published]);
    expect(peer.lines).toEqual([SNS, CONTAINER, SNS]);
    const role = entryOf({ sigv4: 'role_arn: r' });
    await peer.send(role, [fromSts('ASIAROLE1'), published]);
    const outcome = await peer.send(role, [spent, spent, inJson('ASIA3'), fromSts('ASIAROLE2'), published]);
    expect([peer.lines, outcome.kind]).toEqual([[SNS, STS, CONTAINER, STS, SNS], 'delivered']);
    expect(signers(peer).at(-1)).toBe('ASIAROLE2');
  });

  it('are not tried again once they are refused, though there are no others yet', async () => {
    const peer = peerOf(setup);
    await peer.send(entry, [inJson('ASIA1'), published]);
    expect(await peer.send(entry, [spent, noAnswer('late')])).toMatchObject({ kind: 'retry', mayHaveArrived: false });
    await peer.send(entry, [inJson('ASIA2'), published]);
    expect(peer.lines).toEqual([CONTAINER, SNS]);
  });

  it('of a role are those of who took it on', async () => {
    const peer = peerOf(setup);
    const role = entryOf({ sigv4: 'role_arn: r' });
    await peer.send(role, [inJson('ASIA1'), fromSts('ASIAROLE1'), published]);
    peer.variables.set('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', '/other');
    await peer.send(role, [inJson('ASIA2'), fromSts('ASIAROLE2'), published]);
    expect(signers(peer)).toEqual(['-', 'ASIA2', 'ASIAROLE2']);
  });

  it.each([
    'role_arn: other',
    'role_arn: r, external_id: e',
    'role_arn: r, access_key: AKTWO',
    'role_arn: r, region: x',
  ])('of one role are not those of another: %s', async (other) => {
    const peer = peerOf({});
    const entry = (more: string) => {
      const values = { access_key: 'AKONE', secret_key: 's', ...pairs(more) };
      return entryOf({
        sigv4: Object.entries(values)
          .map(([key, value]) => `${key}: ${value}`)
          .join(', '),
      });
    };
    await peer.send(entry('role_arn: r'), [fromSts('ASIA1'), published]);
    await peer.send(entry('role_arn: r'), [published]);
    await peer.send(entry(other), [fromSts('ASIA2'), published]);
    expect(signers(peer).at(-1)).toBe('ASIA2');
  });

  it('are told to nobody, though the other side repeats them', async () => {
    const repeated = saying('hidden-session-ASIA1 hidden-key', 400);
    const { outcome } = await sendFrom(setup, [inJson('ASIA1'), repeated]);
    expect(outcome).toMatchObject({ kind: 'rejected', detail: 'status 400: <secret> <secret>' });
  });
});
