import { expect, test } from 'vitest';
import { compileConfig } from '../../../src/config/compile.ts';
import { hideSecrets } from '../../../src/config/hidden-excerpt.ts';

test.each([
  ['    password: hunter2', '    password: *******'],
  ["{routing_key: 'a b', service_kye: x}", '{routing_key: *****, service_kye: x}'],
  ['smtp_auth_password: "a \\" b" # note', 'smtp_auth_password: ******** # note'],
  ["  'api_key': k-1", "  'api_key': ***"],
  ['- {token: t, to: x}', '- {token: *, to: x}'],
  ['key: -----BEGIN', 'key: **********'],
  ["- url: 'ftp://h/secret'", "- url: 'ftp://h/******'"],
  ['slack_api_url: https://hooks.slack.com/services/T/B/x', 'slack_api_url: https://hooks.slack.com/**************'],
  ['proxy_url: http://user:pw@proxy:3128', 'proxy_url: http://*******@proxy:3128'],
  ['password_file: /run/pw', 'password_file: /run/pw'],
  ['routing_key_file: /run/key', 'routing_key_file: /run/key'],
  ['opsgenie_api_url: https://api.example/x', 'opsgenie_api_url: https://api.example/x'],
  ['summary: a token: is no key', 'summary: a token: *********'],
  ['monkey: banana', 'monkey: banana'],
])('hideSecrets() of %s', (line, shown) => expect(hideSecrets(line)).toBe(shown));

test.each([
  'route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: "ftp://u:canary@h/canary", bad: 1}]}]',
  'global: {smtp_auth_password: canary, nope: 1}\nroute: {receiver: a}\nreceivers: [{name: a}]',
  'global: {slack_api_url: "gopher://h/canary"}\nroute: {receiver: a}\nreceivers: [{name: a}]',
  'global: {smtp_auth_password: canary: [}',
])('no problem shows a secret: %s', (text) => {
  const compiled = compileConfig({ file: 'belfry.yml', text }, { matcherMode: 'fallback', retention: 1e9 });
  expect(compiled.ok).toBe(false);
  expect(JSON.stringify(compiled)).not.toContain('canary');
});
