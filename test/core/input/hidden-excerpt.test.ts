import { expect, test } from 'vitest';
import { compileConfig } from '../../../src/config/compile.ts';
import { hideSecrets } from '../../../src/input/hidden-excerpt.ts';

test.each([
  ['    password: hunter2', '    password: *******'],
  ["{routing_key: 'a b', service_kye: x}", '{routing_key: *****, service_kye: x}'],
  ['smtp_auth_password: "a \\" b" # note', 'smtp_auth_password: ******** # note'],
  ["  'api_key': k-1", "  'api_key': ***"],
  ['sigv4: {secret_key: abc}', 'sigv4: {secret_key: ***}'],
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
  ["url: 'http://h/'", "url: 'http://h/'"],
  ['  Auth_Password: hunter2', '  Auth_Password: *******'],
  ["password: 'ab''cd' # x", 'password: ******** # x'],
  ['password: ab,cd, ef}g # x', 'password: *********** # x'],
  ['{password: ab,cd}g, to: x}', '{password: *******, to: x}'],
  ['{"password":"ab","to":"x"}', '{"password":****,"to":"x"}'],
  ['{a: {token: t}, to: x}', '{a: {token: *}, to: x}'],
  ['X-Key: {secrets: [abc, def]}', 'X-Key: {secrets: ***********'],
  ['  - https://hooks.slack.com/T/B/x', '  - https://hooks.slack.com/*****'],
  ['    "https://hooks.slack.com/T/B/x"', '    "https://hooks.slack.com/*****"'],
  ["url: 'http://h/{{ .x }}/y,z'", "url: 'http://h/************'"],
  ['{token: 🔑🔑🔑🔑, secret: abc, url: "http://h/🔑"}', '{token: ****, secret: ***, url: "http://h/*"}'],
  ['password: 🔑🔑 # x', 'password: ** # x'],
])('hideSecrets() of %s', (line, shown) => expect(hideSecrets(line)).toBe(shown));

test('a line of blanks takes no time, and a long one is not shown whole', () => {
  const started = performance.now();
  for (const [before, after] of [
    ['password:', 'x'],
    ['password: x', 'y'],
    ['{password: x', 'y'],
    ['url: http://h/', '@'],
  ] as const) {
    expect(hideSecrets(`${before}${' '.repeat(200_000)}${after}`).length).toBeLessThan(2000);
  }
  expect(performance.now() - started).toBeLessThan(1000);
  const far = `global: {${' '.repeat(5000)}nope: canary}\nroute: {receiver: a}\nreceivers: [{name: a}]`;
  const compiled = compileConfig({ file: 'belfry.yml', text: far }, { matcherMode: 'fallback', retention: 1e9 });
  expect(compiled.ok ? [] : compiled.problems.map(({ at, excerpt }) => [at?.column, excerpt])).toEqual([
    [5010, undefined],
  ]);
});

test.each([
  'route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: "ftp://u:canary@h/canary", bad: 1}]}]',
  'global: {smtp_auth_password: canary, nope: 1}\nroute: {receiver: a}\nreceivers: [{name: a}]',
  'global: {slack_api_url: "gopher://h/canary"}\nroute: {receiver: a}\nreceivers: [{name: a}]',
  'global: {smtp_auth_password: canary: [}',
  'global:\n  smtp_auth_pasword: canary\nroute: {receiver: a}\nreceivers: [{name: a}]',
  'global: {resolve_timeout: 1x, smtp_pw: canary, Tok: {a: canary}}\nroute: {receiver: a}\nreceivers: [{name: a}]',
  "global: {'smtp_pw': canary}\nroute: {receiver: a}\nreceivers: [{name: a}]",
  'global:\n  slack_api_url: hooks.slack.com/services/T0/canary: [',
  'global:\n  smtp_auth_password: >-\n\tcanary\n  - x: [',
  'global:\n  smtp_auth_password:\n    canary: [',
  'a:\n  http_headers:\n    X-Key:\n      secrets:\n      - }canary',
  'a: {proxy_connect_header: {X: [canary}}',
  'global:\n  smtp_auth_password: *canary\n',
  'global:\n  smtp_auth_password: !canary x\n  nope: 1',
  'smtp_auth_password:canary\nroute: {}',
  'global: {smtp_auth_password: a, smtp_auth_password: canary}',
])('no problem shows a secret: %s', (text) => {
  const compiled = compileConfig({ file: 'belfry.yml', text }, { matcherMode: 'fallback', retention: 1e9 });
  expect(compiled.ok).toBe(false);
  expect(JSON.stringify(compiled)).not.toContain('canary');
});
