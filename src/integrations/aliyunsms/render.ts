// One request for all numbers, signed as Alibaba Cloud's RPC APIs are: parameters in order, encoded, HMAC-SHA1.
import { createHmac } from 'node:crypto';
import { printMillis } from '../../model/rfc3339.ts';
import { commaList } from '../../notify/comma-list.ts';
import { cutRunes } from '../../notify/cut-text.ts';
import { plainText } from '../../notify/plain-text.ts';
import { isTest, TEST_MARK } from '../../notify/test-mark.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import { refusedDraft, type Draft } from '../draft.ts';
import { byCode } from '../http/judge-code.ts';
import { percentEncoded } from '../http/percent.ts';
import type { Scene } from '../scene.ts';

export interface AliyunsmsValues {
  readonly httpConfig: HttpConfig;
  readonly apiUrl: string;
  readonly accessKeyId: SecretSource;
  readonly accessKeySecret: SecretSource;
  readonly signName: string;
  readonly templateCode: string;
  readonly to: string;
  readonly params: ReadonlyMap<string, string>;
}

/** Of one parameter. */
const LONGEST = 35;
const MOST_NUMBERS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const judge = byCode({
  ...{ code: ['Code'], words: ['Message'], well: 'OK' },
  // One a minute, five an hour, to one number.
  tooMany: new Map([
    ['isv.BUSINESS_LIMIT_CONTROL', HOUR_MS],
    ['isv.DAY_LIMIT_CONTROL', HOUR_MS],
    ['Throttling', MINUTE_MS],
    ['Throttling.User', MINUTE_MS],
  ]),
  passing: new Set(['isp.SYSTEM_ERROR', 'isp.RAM_PERMISSION_DENY', 'ServiceUnavailable', 'InternalError']),
  keys: new Set(['InvalidAccessKeyId.NotFound', 'SignatureDoesNotMatch', 'isv.OUT_OF_SERVICE']),
});

export function renderAliyunsms(values: AliyunsmsValues, scene: Scene): Draft {
  const [signName, templateCode] = [scene.address(values.signName).trim(), scene.address(values.templateCode).trim()];
  const to = commaList(scene.address(values.to)).slice(0, MOST_NUMBERS);
  if (to.length === 0) return refusedDraft('no usable number: to is empty');
  const said: Readonly<Record<string, string>> = {
    ...{ Action: 'SendSms', Version: '2017-05-25', RegionId: 'cn-hangzhou', Format: 'JSON' },
    ...{ PhoneNumbers: to.join(','), SignName: signName, TemplateCode: templateCode },
    TemplateParam: JSON.stringify(Object.fromEntries(paramsOf(values, scene))),
  };
  const { accessKeyId: access_key_id, accessKeySecret: access_key_secret } = values;
  return {
    kind: 'http',
    request: {
      http: values.httpConfig,
      timeout: null,
      secrets: { access_key_id, access_key_secret },
      write: (secret, at) => {
        const signed = {
          ...{ ...said, AccessKeyId: secret('access_key_id'), SignatureMethod: 'HMAC-SHA1', SignatureVersion: '1.0' },
          // An attempt is never taken for an earlier one sent again by somebody else.
          SignatureNonce: `${scene.message.idempotencyKey}-${at}`,
          Timestamp: `${printMillis(at).slice(0, 19)}Z`,
        };
        const query = canonical(signed);
        const signature = signatureOf('POST', query, secret('access_key_secret'));
        return {
          ...{ kind: 'wire', method: 'POST', url: `${values.apiUrl.replace(/\/+$/, '')}/` },
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: `Signature=${percentEncoded(signature)}&${query}`,
        };
      },
      judge,
    },
  };
}

/** Each has 35 characters; when a template fails, all say so. */
function paramsOf({ params }: AliyunsmsValues, scene: Scene): readonly (readonly [string, string])[] {
  const plain = scene.plainBecause === null ? null : plainText(scene.message, scene.locale, scene.plainBecause);
  const said = [...params].map(([name, text]) => [name, (plain ?? scene.text(text)).trim()] as const);
  const isMarked = !isTest(scene.message) || said.some(([, text]) => text.startsWith(TEST_MARK));
  return said.map(
    ([name, text], i) => [name, cutRunes(isMarked || i > 0 ? text : scene.marked(text), LONGEST)] as const,
  );
}

export function canonical(parameters: Readonly<Record<string, string>>): string {
  const names = Object.keys(parameters).sort();
  return names.map((name) => `${percentEncoded(name)}=${percentEncoded(parameters[name]!)}`).join('&');
}

export const signatureOf = (method: 'GET' | 'POST', query: string, secret: string): string =>
  createHmac('sha1', `${secret}&`)
    .update(`${method}&%2F&${percentEncoded(query)}`)
    .digest('base64');
