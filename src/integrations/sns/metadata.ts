// The keys of an EC2 machine: its metadata service hands out a token, names the machine's role, and gives its keys.
import type { Outcome } from '../../notify/outcome.ts';
import { httpUrlFault } from '../../outbound/url.ts';
import { byStatus } from '../http/judge.ts';
import { jsonAnswer } from '../http/judge-json.ts';
import type { Handed, HttpAnswer, HttpPost } from '../http/request.ts';
import { isSpent } from './aws.ts';
import { keysInJson, NEARBY } from './container.ts';
import { handedKeys, inline, noKeys, type Keys } from './keys.ts';
import { isOn, settingOf, type Local } from './local.ts';

/** It answers at once or, where there is none, never. */
const TIMEOUT_MS = 1000;
const TOKEN_SECONDS = '300';
const ROLES = '/latest/meta-data/iam/security-credentials/';

/** `looked`: where keys were looked for before. */
export function metadataKeys(local: Local, looked: string): Keys | Outcome {
  const fail = (why: string): Outcome => noKeys(`looked in ${looked}, metadata of EC2: ${why}`);
  if (isOn(local.variable('AWS_EC2_METADATA_DISABLED'))) return fail('AWS_EC2_METADATA_DISABLED is set');
  const endpoint = endpointOf(local);
  const fault = httpUrlFault(endpoint);
  if (fault !== null) return fail(`no usable endpoint: ${fault}`);
  const mayGoWithoutToken = !isOn(settingOf(local, 'AWS_EC2_METADATA_V1_DISABLED', 'ec2_metadata_v1_disabled'));
  return handedKeys({
    key: () => endpoint,
    ask: tokenPost({ endpoint, fail, mayGoWithoutToken }),
    isSpent,
  });
}

function endpointOf(local: Local): string {
  const own = settingOf(local, 'AWS_EC2_METADATA_SERVICE_ENDPOINT', 'ec2_metadata_service_endpoint');
  const mode = settingOf(local, 'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE', 'ec2_metadata_service_endpoint_mode');
  return own || (mode.toLowerCase() === 'ipv6' ? 'http://[fd00:ec2::254]' : 'http://169.254.169.254');
}

interface Service {
  readonly endpoint: string;
  readonly fail: (why: string) => Outcome;
  readonly mayGoWithoutToken: boolean;
}

type Ask = HttpPost<Handed>;

function tokenPost(service: Service): Ask {
  const { endpoint, fail, mayGoWithoutToken } = service;
  const url = new URL('/latest/api/token', endpoint).href;
  const headers = { 'X-aws-ec2-metadata-token-ttl-seconds': TOKEN_SECONDS };
  // A container on the machine may be one hop too far away for a token, and yet be answered.
  const without = (why: string): Ask | Outcome => (mayGoWithoutToken ? rolePost(service, '') : fail(why));
  return {
    ...{ http: NEARBY, timeout: TIMEOUT_MS, secrets: {} },
    write: () => ({ kind: 'wire', method: 'PUT', url, headers, body: '' }),
    judge: (answer) => {
      const token = answer.body.trim();
      if (answer.status === 200 && /^[\x21-\x7e]+$/.test(token)) return rolePost(service, token);
      const { detail } = byStatus(answer);
      return answer.status === 400 ? fail(detail) : without(detail);
    },
    unanswered: ({ detail }) => without(detail),
  };
}

function rolePost(service: Service, token: string): Ask {
  return getting(service, ROLES, token, (answer) => {
    const role = answer.body.split('\n')[0]!.trim();
    if (answer.status === 200 && /^[\w+=,.@-]+$/.test(role)) return keysPost(service, role, token);
    return service.fail(answer.status === 404 || answer.status === 200 ? 'the machine has no role' : said(answer));
  });
}

const keysPost = (service: Service, role: string, token: string): Ask =>
  getting(service, `${ROLES}${role}`, token, (answer) => {
    if (answer.status !== 200) return service.fail(said(answer));
    const code = jsonAnswer(answer).get('Code');
    const handed = code === undefined || code === 'Success' ? keysInJson(answer) : null;
    return handed ?? service.fail(`no keys for the role ${role}${typeof code === 'string' ? `: ${code}` : ''}`);
  });

function getting(
  { endpoint, fail }: Service,
  path: string,
  token: string,
  judge: (answer: HttpAnswer) => Handed | Outcome | Ask,
): Ask {
  const url = new URL(path, endpoint).href;
  return {
    ...{ http: NEARBY, timeout: TIMEOUT_MS, judge },
    secrets: token === '' ? {} : { metadata_token: inline(token) },
    write: (secret) => {
      const headers: Record<string, string> =
        token === '' ? {} : { 'X-aws-ec2-metadata-token': secret('metadata_token') };
      return { kind: 'wire', method: 'GET', url, headers, body: '' };
    },
    unanswered: ({ detail }) => fail(detail),
  };
}

const said = (answer: HttpAnswer): string => byStatus(answer).detail;
