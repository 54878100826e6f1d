// sns_configs: a message to a topic, an endpoint or a phone number of Amazon SNS.
import type { Section } from '../../outbound/section.ts';
import { integrationKind } from '../form/kind.ts';
import { block, http, templates } from '../form/nested.ts';
import { bool, omitEmpty } from '../form/scalar.ts';
import { secret } from '../form/secret.ts';
import { address, plainText, template } from '../form/text.ts';
import { renderSns } from './render.ts';

const TARGETS = ['topic_arn', 'phone_number', 'target_arn'];

function check(section: Section): void {
  const targets = TARGETS.filter((key) => section.text(key) !== '');
  if (targets.length !== 1) {
    const message = 'must provide either a Target ARN, Topic ARN, or Phone Number for SNS config';
    const code = targets.length === 0 ? 'config/required' : 'config/exclusive-keys';
    section.refuse(targets[1] ?? 'topic_arn', code, message, 'one of them, and one only');
  }
  const sigv4 = section.section('sigv4');
  if (sigv4 !== null) checkKeys(sigv4);
}

function checkKeys(sigv4: Section): void {
  const hasAccess = sigv4.text('access_key') !== '';
  const hasSecret = sigv4.text('secret_key') !== '' || sigv4.text('secret_key_file') !== '';
  if (hasAccess !== hasSecret) {
    const message =
      'must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 config';
    sigv4.refuse(hasAccess ? 'access_key' : 'secret_key', 'config/required', message);
  }
  if (sigv4.text('external_id') !== '' && sigv4.text('role_arn') === '') {
    sigv4.refuse('external_id', 'config/required', 'external_id can only be used with role_arn');
  }
}

export const sns = integrationKind({
  kind: 'sns',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    api_url: address(),
    sigv4: block({
      region: plainText(),
      access_key: plainText(),
      secret_key: secret({}),
      profile: plainText(),
      role_arn: plainText(),
      external_id: plainText(),
      use_fips_sts_endpoint: omitEmpty(bool()),
      // Messages are signed for sns, whatever it says: upstream reads it and does the same.
      service_name: plainText(),
    }),
    topic_arn: address(),
    phone_number: address(),
    target_arn: address(),
    subject: template('{{ template "sns.default.subject" . }}'),
    message: template('{{ template "sns.default.message" . }}'),
    attributes: templates(),
    // Both of upstream's clients heed TLS and proxy of http_config; ours is one and does.
    use_aws_http_client: omitEmpty(bool()),
  },
  check,
  render: renderSns,
});
