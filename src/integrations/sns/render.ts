// A message of Amazon SNS: one signed form, with the keys of the configuration or those of a role taken on with them.
import { compareUtf8 } from '../../model/order.ts';
import { cutBytes, cutRunes } from '../../notify/cut-text.ts';
import { groupHash } from '../../notify/group-hash.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import { httpUrlFault } from '../../outbound/url.ts';
import { refusedDraft, type Draft } from '../draft.ts';
import type { Scene } from '../scene.ts';
import { byAwsCode, endpointOf, signedForm, type Form } from './aws.ts';
import { passForRole, type RoleValues } from './role.ts';

export interface SnsValues {
  readonly httpConfig: HttpConfig;
  readonly apiUrl: string;
  readonly sigv4: RoleValues & { readonly secretKey: SecretSource | null };
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

export function renderSns(values: SnsValues, scene: Scene): Draft {
  const { sigv4 } = values;
  const { region } = sigv4;
  const url = scene.address(values.apiUrl).trim() || endpointOf('sns', region);
  const fault = httpUrlFault(url);
  if (fault !== null) return refusedDraft(`no usable api_url: ${fault}`);
  const target = targetOf(values, scene);
  if (target[0]![1] === '') return refusedDraft(`no usable ${target[0]![0]}: it is empty`);
  const form = [
    ['Action', 'Publish'] as const,
    ...formOf(values, scene),
    ...target,
    ['Version', '2010-03-31'] as const,
  ];
  const isRole = sigv4.roleArn !== '';
  return {
    kind: 'http',
    request: {
      http: values.httpConfig,
      timeout: null,
      secrets: sigv4.secretKey === null ? {} : { secret_key: sigv4.secretKey },
      ...(isRole ? { pass: passForRole(sigv4) } : {}),
      write: (secret, at) =>
        signedForm(
          url,
          form.toSorted(([a], [b]) => compareUtf8(a, b)),
          {
            ...{ region, service: 'sns', at },
            accessKey: isRole ? secret('role_access_key') : sigv4.accessKey,
            secretKey: isRole ? secret('role_secret_key') : secret('secret_key'),
            sessionToken: isRole ? secret('role_session_token') : '',
          },
        ),
      judge: byAwsCode,
    },
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
