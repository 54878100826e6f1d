// Signatures of AWS, against examples it has published and a request of its own library for Go.
import { describe, expect, it } from 'vitest';
import type { Wire } from '../../../src/integrations/http/request.ts';
import { signed } from '../../../src/integrations/sns/sigv4.ts';
import { recordedElements } from '../../support/recorded.ts';

const KEYS = {
  accessKey: 'AKIDEXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: '',
};
const AT = Date.UTC(2015, 7, 30, 12, 36);
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

const get = (url: string, headers: Record<string, string> = {}): Wire => ({
  ...{ kind: 'wire', method: 'GET', url, headers, body: '' },
});

describe('signed()', () => {
  it.each<[name: string, wire: Wire, service: string, names: string, signature: string]>([
    [
      'get-vanilla',
      get('https://example.amazonaws.com/'),
      'service',
      'host;x-amz-date',
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ],
    [
      'get-vanilla-query-order-key-case',
      get('https://example.amazonaws.com/?Param2=value2&Param1=value1'),
      'service',
      'host;x-amz-date',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'post-x-www-form-urlencoded',
      { ...get('https://example.amazonaws.com/', FORM), method: 'POST', body: 'Param1=value1' },
      'service',
      'content-type;host;x-amz-date',
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
    [
      'ListUsers of IAM',
      get('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08', {
        'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
      }),
      'iam',
      'content-type;host;x-amz-date',
      '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    ],
  ])('signs %s as AWS does', (_, wire, service, names, signature) => {
    const { headers } = signed(wire, KEYS, { region: 'us-east-1', service, at: AT });
    expect(headers['Authorization']).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/${service}/aws4_request, SignedHeaders=${names}, Signature=${signature}`,
    );
    expect(headers['X-Amz-Date']).toBe('20150830T123600Z');
  });

  it('signs what a role says as the library of upstream does', () => {
    const role = recordedElements('sns').find(({ name }) => name === 'role')!;
    const headers = {
      ...{ ...FORM, 'amz-sdk-invocation-id': 'fa2c3f46-dc46-44d0-8c5c-34f7549cb003', 'content-length': '2187' },
      'amz-sdk-request': 'attempt=1; max=3',
    };
    const { body } = role.requests['naughty']![1]!;
    const wire = { ...get('http://127.0.0.1:41870/sns-role', headers), method: 'POST', body } as const;
    const keys = { accessKey: 'ASIAEXAMPLE', secretKey: 'temp+secret', sessionToken: 'session+token==' };
    const made = signed(wire, keys, { region: 'eu-west-1', service: 'sns', at: Date.UTC(2026, 10, 20, 8, 36, 7) });
    expect(made.headers['Authorization']).toContain(
      'SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;x-amz-date;x-amz-security-token, Signature=64f4fe83a3255421e11c1b94d774361d7184597483d7311a29d8b83a5fb9f90e',
    );
  });
});
