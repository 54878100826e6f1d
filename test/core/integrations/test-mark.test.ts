// A test says that it is one, even where the receiver's templates use nothing that bears the mark already.
import { expect, test } from 'vitest';
import { previewOf } from '../../../src/integrations/preview.ts';
import { integrationKinds } from '../../../src/integrations/registry.ts';
import { draft, element, NOW, sampleMessage, templateSet } from '../../support/integration-scene.ts';

const WORDS = "'it is {{ .Status }} again'";
const at = 'http://peer.example';

/** Elements worded by WORDS; null where nothing is worded: the labels of a test, marked themselves, are what is told. */
const KINDS: Readonly<Record<string, readonly string[] | null>> = {
  aliyunsms: [
    `{access_key_id: a, access_key_secret: b, sign_name: s, template_code: c, to: '1', params: {a: ${WORDS}}}`,
  ],
  dingtalk: [`{access_token: t, title: ${WORDS}, message: ${WORDS}}`],
  discord: [
    `{webhook_url: '${at}', title: ${WORDS}, message: ${WORDS}}`,
    `{webhook_url: '${at}', title: x, message: ''}`,
  ],
  email: [
    `{to: a@example.org, from: b@example.org, smarthost: 'h:25', headers: {Subject: ${WORDS}}, text: ${WORDS}, html: ${WORDS}}`,
  ],
  feishu: [`{webhook_url: '${at}', title: ${WORDS}, message: ${WORDS}}`],
  file: null,
  incidentio: null,
  // What it makes is seen once its search has been answered: jira.test.ts.
  jira: [],
  mattermost: [`{webhook_url: '${at}', title: ${WORDS}, text: ${WORDS}, fallback: ${WORDS}}`],
  msteams: [`{webhook_url: '${at}', title: ${WORDS}, text: ${WORDS}, summary: ${WORDS}}`],
  msteamsv2: [`{webhook_url: '${at}', title: ${WORDS}, text: ${WORDS}}`],
  ntfy: [`{topic: t, title: ${WORDS}, message: ${WORDS}}`],
  opsgenie: [`{api_key: k, message: ${WORDS}, description: ${WORDS}}`],
  pagerduty: [`{routing_key: k, description: ${WORDS}}`, `{service_key: k, description: ${WORDS}}`],
  pushover: [`{user_key: u, token: t, title: ${WORDS}, message: ${WORDS}}`],
  rocketchat: [`{token: t, token_id: i, title: ${WORDS}, text: ${WORDS}}`],
  slack: [
    `{api_url: '${at}', channel: c, title: ${WORDS}, text: ${WORDS}, fallback: ${WORDS}}`,
    `{api_url: '${at}', channel: c, title: ${WORDS}, fallback: ${WORDS}}`,
    `{api_url: '${at}', channel: c}`,
  ],
  sns: [`{topic_arn: a, sigv4: {region: r, access_key: a, secret_key: s}, subject: ${WORDS}, message: ${WORDS}}`],
  telegram: [
    `{bot_token: 't', chat_id: 1, message: ${WORDS}}`,
    `{bot_token: 't', chat_id: 1, message: ${WORDS}, parse_mode: ''}`,
  ],
  twilio: [`{account_sid: s, auth_token: t, from: '1', to: '2', message: ${WORDS}}`],
  victorops: [`{api_key: k, routing_key: r, entity_display_name: ${WORDS}, state_message: ${WORDS}}`],
  webex: [`{room_id: r, http_config: {authorization: {credentials: t}}, message: ${WORDS}}`],
  webhook: [
    `{url: '${at}', payload: {kind: '{{ .Status }}', text: ${WORDS}}}`,
    `{url: '${at}', payload: {firing: '{{ eq .Status "firing" }}', link: '{{ .ExternalURL }}'}}`,
  ],
  wechat: [`{api_secret: s, corp_id: c, message: ${WORDS}}`],
  wecom: [`{key: k, message: ${WORDS}}`],
};

test('every kind is here', () => {
  expect(Object.keys(KINDS).toSorted()).toEqual(integrationKinds.map(({ kind }) => kind).toSorted());
});

const templates = templateSet('{{ define "belfry.title" }}x{{ end }}{{ define "belfry.summary" }}x{{ end }}');
const shown = (kind: string, yaml: string, reason: string): string => {
  const made = draft(element(`${kind}_configs`, yaml), sampleMessage([{}], { reason }), { templates });
  expect(made.templateError).toBeNull();
  return JSON.stringify(previewOf(made.draft, NOW));
};

const worded = Object.entries(KINDS).flatMap(([kind, elements]) =>
  (elements ?? []).map((yaml) => [kind, yaml] as const),
);

test.each(worded)('a test of %s is marked, and nothing else is: %s', (kind, yaml) => {
  expect(shown(kind, yaml, 'test')).toMatch(/(?:\[|%5B)TEST(?:\]|%5D)|"X-Belfry-Test":"true"/);
  expect(shown(kind, yaml, 'first notification')).not.toMatch(/TEST|X-Belfry-Test/);
});

test('the mark stands once, where people read first', () => {
  const page = "html: '<html><body>x</body></html>'";
  const html = shown('email', KINDS['email']![0]!.replace(`html: ${WORDS}`, page), 'test');
  expect(html).toContain('"Subject":"[TEST] it is firing again"');
  expect(html).toContain('"text":"[TEST] it is firing again"');
  expect(html).toContain('"html":"<html><body>[TEST] x</body></html>"');
  expect(shown('webhook', KINDS['webhook']![0]!, 'test')).toContain(
    String.raw`{\"kind\":\"firing\",\"text\":\"[TEST] it is firing again\"}`,
  );
  expect(shown('discord', KINDS['discord']![0]!.replace(WORDS, "'[TEST] x'"), 'test').match(/TEST/g)).toHaveLength(2);
});
