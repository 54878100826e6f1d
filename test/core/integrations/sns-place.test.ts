// The region of a message to SNS, and where SNS and STS are for it.
import { describe, expect, it } from 'vitest';
import { fromSts, published, sendFrom, type Setup } from '../../support/aws-machine.ts';

const NO_REGION = { AWS_REGION: '' };
const keys = (key: string): string => `aws_access_key_id=${key}\naws_secret_access_key=s\n`;

describe('the region', () => {
  const config = `[default]\nregion=from-config\n${keys('A')}`;

  it.each<[name: string, files: Setup, sigv4: string, region: string]>([
    ['sigv4', { config, env: { AWS_REGION: 'from-env' } }, 'region: from-sigv4', 'from-sigv4'],
    ['AWS_REGION', { config, env: { AWS_REGION: 'from-env', AWS_DEFAULT_REGION: 'no' } }, '', 'from-env'],
    ['AWS_DEFAULT_REGION', { config, env: { AWS_DEFAULT_REGION: 'from-default' } }, '', 'from-default'],
    ['the profile', { config }, '', 'from-config'],
    [
      'the profile that sigv4 names',
      { config: `${config}[profile x]\nregion=from-x\n${keys('B')}` },
      'profile: x',
      'from-x',
    ],
  ])('is that of %s', async (_, { env, ...files }, sigv4, region) => {
    expect((await sendFrom({ ...files, sigv4, env: { ...NO_REGION, ...env } }, [published])).peer.lines).toEqual([
      `POST https://sns.${region}.amazonaws.com/`,
    ]);
  });

  it.each<[env: Readonly<Record<string, string>>, detail: string]>([
    [
      {},
      'no AWS region: looked in sigv4, AWS_REGION, AWS_DEFAULT_REGION, profile "default" (/h/.aws/config, /h/.aws/credentials)',
    ],
    [{ AWS_REGION: 'a.example/' }, '"a.example/" is no AWS region'],
  ])('is missing with %j, and asked for again', async (env, detail) => {
    expect((await sendFrom({ config: '', credentials: '', env: { ...NO_REGION, ...env } }, [])).outcome).toMatchObject({
      kind: 'retry',
      detail,
    });
  });
});

describe('an endpoint', () => {
  const role = 'region: eu-west-1, access_key: A, secret_key: s, role_arn: r';
  const services =
    '[default]\nservices = mine\nendpoint_url = http://all\n[services mine]\nsts =\n  endpoint_url = http://sts\n';

  it.each<[name: string, files: Setup, lines: readonly string[]]>([
    [
      'a variable of its own',
      { env: { AWS_ENDPOINT_URL_STS: 'http://s', AWS_ENDPOINT_URL_SNS: 'http://n', AWS_ENDPOINT_URL: 'http://x' } },
      ['http://s/', 'http://n/'],
    ],
    [
      'a variable for all before files',
      { config: services, env: { AWS_ENDPOINT_URL: 'http://x/y' } },
      ['http://x/y', 'http://x/y'],
    ],
    ['the profile', { config: services }, ['http://sts/', 'http://all/']],
    [
      'nothing that counts',
      { config: services, env: { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' } },
      ['https://sts.eu-west-1.amazonaws.com/', 'https://sns.eu-west-1.amazonaws.com/'],
    ],
    [
      'FIPS',
      { env: { AWS_USE_FIPS_ENDPOINT: 'true' } },
      ['https://sts-fips.eu-west-1.amazonaws.com/', 'https://sns-fips.eu-west-1.amazonaws.com/'],
    ],
    [
      'both stacks',
      { config: '[default]\nuse_dualstack_endpoint=true' },
      ['https://sts.eu-west-1.api.aws/', 'https://sns.eu-west-1.api.aws/'],
    ],
  ])('is where %s says', async (_, files, urls) => {
    const { peer } = await sendFrom({ ...files, sigv4: role }, [fromSts('ONE'), published]);
    expect(peer.lines).toEqual(urls.map((url) => `POST ${url}`));
  });

  it('of GovCloud is one of FIPS as it is', async () => {
    const env = { AWS_USE_FIPS_ENDPOINT: 'true' };
    const { peer } = await sendFrom({ env, sigv4: role.replace('eu-west-1', 'us-gov-west-1') }, [
      fromSts('ONE'),
      published,
    ]);
    expect(peer.lines[1]).toBe('POST https://sns.us-gov-west-1.amazonaws.com/');
  });

  it('that is none is told', async () => {
    const { outcome } = await sendFrom({ env: { AWS_ENDPOINT_URL_SNS: 'sns:1' }, sigv4: role }, []);
    expect(outcome).toMatchObject({
      kind: 'retry',
      detail: 'no usable endpoint URL of sns: unsupported scheme "sns" for URL',
    });
  });
});
