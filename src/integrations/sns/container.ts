// The keys of a container: its orchestrator tells it by variables whom to ask.
import type { Outcome } from '../../notify/outcome.ts';
import { DEFAULT_HTTP_CONFIG } from '../../outbound/compile.ts';
import type { HttpConfig } from '../../outbound/http-config.ts';
import { httpUrlFault } from '../../outbound/url.ts';
import { byJson, jsonAnswer } from '../http/judge-json.ts';
import type { Handed, HttpAnswer, HttpPost, Reader } from '../http/request.ts';
import { isSpent } from './aws.ts';
import { handedKeys, handedOf, inline, noKeys, type Keys } from './keys.ts';

/** Of the machine itself: neither a proxy nor a login is between. */
export const NEARBY: HttpConfig = { ...DEFAULT_HTTP_CONFIG, followRedirects: false };

const ECS = 'http://169.254.170.2';
/** The machine itself, ECS and EKS: nobody else is asked without TLS. */
const TRUSTED = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|169\.254\.170\.(2|23)|\[fd00:ec2::23\])$/;
const TIMEOUT_MS = 5000;

/** null when this is no such container. */
export function containerKeys(variable: Reader): Keys | Outcome | null {
  const path = variable('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  const url = path === '' ? variable('AWS_CONTAINER_CREDENTIALS_FULL_URI') : `${ECS}${path}`;
  if (url === '') return null;
  const fault = faultOf(url, path);
  if (fault !== null) return noKeys(fault);
  const secrets = tokenSecrets(variable);
  const fail = (failure: Outcome): Outcome => noKeys(`the container's credentials: ${failure.detail}`);
  return handedKeys({
    key: (secret) => JSON.stringify([url, secret('container_authorization_token')]),
    ask: {
      ...{ http: NEARBY, timeout: TIMEOUT_MS, secrets },
      write: (secret) => {
        const token = 'container_authorization_token' in secrets ? secret('container_authorization_token') : '';
        if (/[\r\n]/.test(token)) return noKeys('the authorization token of the container is not one line');
        const authorization = token === '' ? {} : { Authorization: token };
        return {
          kind: 'wire',
          method: 'GET',
          url,
          headers: { Accept: 'application/json', ...authorization },
          body: '',
        };
      },
      judge: (answer) => {
        const outcome = byJson(answer);
        return outcome.kind === 'delivered'
          ? (keysInJson(answer) ?? noKeys('the container was given none'))
          : fail(outcome);
      },
      unanswered: fail,
    },
    isSpent,
  });
}

function faultOf(url: string, path: string): string | null {
  if (path !== '' && !path.startsWith('/')) return 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with /';
  const fault = httpUrlFault(url);
  if (fault !== null) return `AWS_CONTAINER_CREDENTIALS_FULL_URI: ${fault}`;
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || TRUSTED.test(hostname)) return null;
  return `AWS_CONTAINER_CREDENTIALS_FULL_URI: ${hostname} is neither this machine nor ECS nor EKS, and it is not https`;
}

function tokenSecrets(variable: Reader): HttpPost['secrets'] {
  const path = variable('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  if (path !== '') return { container_authorization_token: { kind: 'file', path } };
  const token = variable('AWS_CONTAINER_AUTHORIZATION_TOKEN');
  return token === '' ? {} : { container_authorization_token: inline(token) };
}

/** As containers and EC2 machines are told them. */
export function keysInJson(answer: HttpAnswer): Handed | null {
  const json = jsonAnswer(answer);
  const [accessKey, secretKey] = [json.get('AccessKeyId'), json.get('SecretAccessKey')];
  return handedOf(
    { accessKey, secretKey, sessionToken: json.get('Token'), expiration: json.get('Expiration') },
    answer.at,
  );
}
