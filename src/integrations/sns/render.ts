// A message of Amazon SNS: one signed form. What the configuration does not say of region and keys, this machine does.
import { compareUtf8 } from '../../model/order.ts';
import { cutBytes, cutRunes } from '../../notify/cut-text.ts';
import { groupHash } from '../../notify/group-hash.ts';
import type { Outcome } from '../../notify/outcome.ts';
import type { HttpConfig } from '../../outbound/http-config.ts';
import { httpUrlFault } from '../../outbound/url.ts';
import { refusedDraft, type Draft } from '../draft.ts';
import type { HttpPost, Locally, Machine } from '../http/request.ts';
import type { Scene } from '../scene.ts';
import { byAwsCode, signedForm, type Form } from './aws.ts';
import { endpointOf } from './endpoint.ts';
import { configuredKeys, findKeys, type SigV4 } from './find-keys.ts';
import { credentialsOf, givenKeys, inline, type Keys } from './keys.ts';
import { localOf, placeOf, serviceUrl } from './local.ts';
import { sharedFiles } from './profiles.ts';

export interface SnsValues {
  readonly httpConfig: HttpConfig;
  readonly apiUrl: string;
  readonly sigv4: SigV4;
  readonly topicArn: string;
  readonly phoneNumber: string;
  readonly targetArn: string;
  readonly subject: string;
  readonly message: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Below a hundred characters, on one line. */
const LONGEST_SUBJECT = 99;
/** Of message and attributes together. */
const MOST_BYTES = 256 * 1024;
const MOST_SMS_BYTES = 1600;
/** What says that a message was longer. */
const TRUNCATED: [name: string, text: string] = ['truncated', 'true'];

/** Where a preview does not know the region. */
const UNKNOWN_REGION = 'region-of-the-machine';

export function renderSns(values: SnsValues, scene: Scene): Draft {
  const { sigv4 } = values;
  const apiUrl = scene.address(values.apiUrl).trim();
  const fault = apiUrl === '' ? null : httpUrlFault(apiUrl);
  if (fault !== null) return refusedDraft(`no usable api_url: ${fault}`);
  const target = targetOf(values, scene);
  if (target[0]![1] === '') return refusedDraft(`no usable ${target[0]![0]}: it is empty`);
  const form = [
    ['Action', 'Publish'] as const,
    ...formOf(values, scene),
    ...target,
    ['Version', '2010-03-31'] as const,
  ];
  const publish: Publish = { http: values.httpConfig, form: form.toSorted(([a], [b]) => compareUtf8(a, b)) };
  const region = sigv4.region || UNKNOWN_REGION;
  const guess = {
    region,
    url: apiUrl || endpointOf('sns', { region, useFips: false, useDualStack: false }),
    keys: configuredKeys(sigv4) ?? givenKeys('', inline('')),
  };
  const locally: Locally = { files: sharedFiles, post: (machine) => localPost(publish, { sigv4, apiUrl }, machine) };
  return { kind: 'http', request: { ...signedPost(publish, guess), locally } };
}

interface Publish {
  readonly http: HttpConfig;
  readonly form: Form;
}

/** With the region, the endpoints and the keys that are found here. */
function localPost(
  publish: Publish,
  { sigv4, apiUrl }: { readonly sigv4: SigV4; readonly apiUrl: string },
  machine: Machine,
): HttpPost | Outcome {
  const { http } = publish;
  const local = localOf(machine, sigv4.profile);
  const place = placeOf(sigv4.region, local);
  if ('kind' in place) return place;
  const { region, useFips } = place;
  const url = apiUrl || serviceUrl('sns', place, local);
  const stsUrl = serviceUrl('sts', { ...place, useFips: useFips || sigv4.useFipsStsEndpoint }, local);
  if (typeof url !== 'string') return url;
  if (typeof stsUrl !== 'string') return stsUrl;
  const keys = findKeys(sigv4, local, { http, region, url: stsUrl });
  return 'kind' in keys ? keys : signedPost(publish, { region, url, keys });
}

function signedPost(
  { http, form }: Publish,
  { region, url, keys }: { readonly region: string; readonly url: string; readonly keys: Keys },
): HttpPost {
  return {
    ...keys,
    ...{ http, timeout: null, judge: byAwsCode },
    write: (secret, at) => signedForm(url, form, { region, service: 'sns', at, ...credentialsOf(keys, secret) }),
  };
}

function targetOf({ topicArn, phoneNumber, targetArn }: SnsValues, scene: Scene): Form {
  if (phoneNumber !== '') return [['PhoneNumber', scene.address(phoneNumber)]];
  if (targetArn !== '') return [['TargetArn', scene.address(targetArn)]];
  const arn = scene.address(topicArn);
  if (!arn.endsWith('.fifo')) return [['TopicArn', arn]];
  return [
    ['TopicArn', arn],
    ['MessageGroupId', groupHash(scene.message)],
    // By attempt, not by group as upstream has it: SNS would drop what else a group has to say for five minutes.
    ['MessageDeduplicationId', scene.message.idempotencyKey],
  ];
}

function formOf(values: SnsValues, scene: Scene): Form {
  const attributes = new Map(
    [...values.attributes]
      .map(([name, text]) => [scene.text(name), scene.text(text)] as const)
      // SNS refuses a message for one of them that is empty.
      .filter(([name, text]) => name !== '' && text !== ''),
  );
  const text = scene.body(values.message);
  const taken = [...attributes, TRUNCATED].reduce((sum, entry) => sum + Buffer.byteLength(entry.join('String')), 0);
  const message = cutBytes(text, values.phoneNumber === '' ? MOST_BYTES - taken : MOST_SMS_BYTES);
  if (message !== text) attributes.set(...TRUNCATED);
  const subject = cutRunes(scene.text(values.subject).replaceAll(/\p{Cc}+/gu, ' '), LONGEST_SUBJECT).trim();
  return [
    ['Message', message],
    ...(subject === '' ? [] : [['Subject', subject] as const]),
    ...[...attributes].sort(([a], [b]) => compareUtf8(a, b)).flatMap(attributeForm),
  ];
}

function attributeForm([name, text]: readonly [string, string], index: number): Form {
  const entry = `MessageAttributes.entry.${index + 1}`;
  return [
    [`${entry}.Name`, name],
    [`${entry}.Value.DataType`, 'String'],
    [`${entry}.Value.StringValue`, text],
  ];
}
