// Keys that a container or a machine of EC2 is given: who is asked for them, and what is said when there are none.
import { describe, expect, it } from 'vitest';
import type { HttpResult } from '../../../src/ports/http-client.ts';
import { inJson, noAnswer, published, sendFrom, signers, type Setup } from '../../support/aws-machine.ts';
import { saying } from '../../support/played.ts';

const TOKEN = 'PUT http://169.254.169.254/latest/api/token';
const ROLES = 'GET http://169.254.169.254/latest/meta-data/iam/security-credentials/';
const SNS = 'POST https://sns.eu-west-1.amazonaws.com/';

const detailOf = async (setup: Setup, answers: readonly HttpResult[] = []): Promise<string> => {
  const { outcome } = await sendFrom(setup, answers);
  expect(outcome.kind).toBe('retry');
  return outcome.detail;
};

describe('a container', () => {
  const url = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';
  const token = { AWS_CONTAINER_AUTHORIZATION_TOKEN: 'hidden-token' };

  it.each<[name: string, setup: Setup, asked: string, authorization: string | undefined]>([
    [
      'ECS',
      { env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x?y', [url]: 'http://localhost/no' } },
      'GET http://169.254.170.2/v2/x?y',
      undefined,
    ],
    [
      'a loopback name',
      { env: { [url]: 'http://localhost:81/c', ...token } },
      'GET http://localhost:81/c',
      'hidden-token',
    ],
    ['a loopback address', { env: { [url]: 'http://127.9.9.9/c' } }, 'GET http://127.9.9.9/c', undefined],
    ['a loopback address of IPv6', { env: { [url]: 'http://[::1]:81/c' } }, 'GET http://[::1]:81/c', undefined],
    [
      'EKS',
      {
        env: { [url]: 'http://169.254.170.23/v1/credentials', AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/t', ...token },
        files: { '/t': 'hidden-newer\n' },
      },
      'GET http://169.254.170.23/v1/credentials',
      'hidden-newer',
    ],
    ['EKS by IPv6', { env: { [url]: 'http://[fd00:ec2::23]/v1' } }, 'GET http://[fd00:ec2::23]/v1', undefined],
    ['anybody by TLS', { env: { [url]: 'https://keys.example/c' } }, 'GET https://keys.example/c', undefined],
  ])('is asked: %s', async (_, setup, asked, authorization) => {
    const { peer } = await sendFrom(setup, [inJson('ASIAC'), published]);
    expect(peer.lines).toEqual([asked, SNS]);
    expect(peer.asked[0]!.headers['Authorization']).toBe(authorization);
  });

  it.each<[name: string, setup: Setup, answers: readonly HttpResult[], detail: string]>([
    [
      'somebody else without TLS',
      { env: { [url]: 'http://169.254.169.254.example/c' } },
      [],
      `${url}: 169.254.169.254.example is neither this machine nor ECS nor EKS, and it is not https`,
    ],
    ['no URL', { env: { [url]: 'nope' } }, [], `${url}: unsupported scheme "" for URL`],
    [
      'a path that would name a host',
      { env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '.example/' } },
      [],
      'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with /',
    ],
    [
      'a token of two lines',
      { env: { [url]: 'http://localhost/', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'a\nb' } },
      [],
      'the authorization token of the container is not one line',
    ],
    [
      'a refusal',
      { env: { [url]: 'http://localhost/', ...token } },
      [saying({ code: 'AccessDenied', message: 'no hidden-token' }, 403)],
      "the container's credentials: status 403: no <secret>",
    ],
    ['no answer', { env: { [url]: 'http://localhost/' } }, [noAnswer('late')], "the container's credentials: late"],
    ['no keys', { env: { [url]: 'http://localhost/' } }, [saying({ hidden: 1 })], 'the container was given none'],
  ])('is tried again after %s', async (_, setup, answers, detail) => {
    expect(await detailOf(setup, answers)).toBe(`no AWS credentials: ${detail}`);
  });
});

describe('EC2', () => {
  it('is asked with a token, its role, and the keys of the role', async () => {
    const { peer } = await sendFrom({}, [saying('hidden-imds'), saying('my-role'), inJson('ASIAEC'), published]);
    expect(peer.lines).toEqual([TOKEN, ROLES, `${ROLES}my-role`, SNS]);
    expect(peer.asked[0]!.headers['X-aws-ec2-metadata-token-ttl-seconds']).toBe('300');
    for (const index of [1, 2]) expect(peer.asked[index]!.headers['X-aws-ec2-metadata-token']).toBe('hidden-imds');
  });

  it.each<[name: string, setup: Setup, endpoint: string]>([
    ['a variable', { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:9/' } }, 'http://127.0.0.1:9'],
    ['the profile', { config: '[default]\nec2_metadata_service_endpoint=http://[::1]' }, 'http://[::1]'],
    ['its mode', { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'IPv6' } }, 'http://[fd00:ec2::254]'],
  ])('is asked where %s says', async (_, setup, endpoint) => {
    const { peer } = await sendFrom(setup, [saying('t'), saying('r'), inJson('A'), published]);
    expect(peer.lines[0]).toBe(`PUT ${endpoint}/latest/api/token`);
  });

  it.each<[name: string, first: HttpResult]>([
    ['gives no token', saying('', 404)],
    ['is too far away for one', noAnswer('late')],
  ])('is asked without a token when it %s, unless that is forbidden', async (_, first) => {
    const { peer } = await sendFrom({}, [first, saying('r'), inJson('ASIAEC'), published]);
    expect(signers(peer).at(-1)).toBe('ASIAEC');
    expect(peer.asked[1]!.headers).not.toHaveProperty('X-aws-ec2-metadata-token');
    for (const setup of [
      { env: { AWS_EC2_METADATA_V1_DISABLED: 'true' } },
      { config: '[default]\nec2_metadata_v1_disabled = true' },
    ]) {
      expect(await detailOf(setup, [first])).toMatch(/metadata of EC2: (status 404|late)$/);
    }
  });

  it.each<[name: string, answers: readonly HttpResult[], detail: string]>([
    ['a token that is refused', [saying('bad', 400)], 'status 400: bad'],
    ['no role', [saying('t'), saying('', 404)], 'the machine has no role'],
    ['a role that is none', [saying('t'), saying('<html>')], 'the machine has no role'],
    ['a role that is refused', [saying('t'), saying('', 401)], 'status 401'],
    ['no answer', [saying('t'), noAnswer('late')], 'late'],
    [
      'no keys',
      [saying('t'), saying('r'), saying({ Code: 'AssumeRoleUnauthorizedAccess' })],
      'no keys for the role r: AssumeRoleUnauthorizedAccess',
    ],
    ['keys that are refused', [saying('hidden-imds'), saying('r'), saying('hidden-imds', 500)], 'status 500: <secret>'],
  ])('is tried again after %s', async (_, answers, detail) => {
    expect((await detailOf({}, answers)).split('metadata of EC2: ')[1]).toBe(detail);
  });
});
