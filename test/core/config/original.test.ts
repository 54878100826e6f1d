import { describe, expect, it } from 'vitest';
import { compileConfig } from '../../../src/config/compile.ts';

function original(text: string): string {
  const compiled = compileConfig(
    { file: '/etc/belfry/alertmanager.yml', text },
    { matcherMode: 'fallback', retention: Number.MAX_SAFE_INTEGER },
  );
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join(', '));
  return compiled.value.original;
}

describe('`original`', () => {
  it('fills the defaults in, and only keys that amtool 0.25 knows', () => {
    expect(original('route: {receiver: team}\nreceivers: [{name: team, webhook_configs: [{url: http://x}]}]\n')).toBe(`\
global:
  resolve_timeout: 5m
  http_config:
    follow_redirects: true
    enable_http2: true
  smtp_hello: localhost
  smtp_require_tls: true
  pagerduty_url: https://events.pagerduty.com/v2/enqueue
  opsgenie_api_url: https://api.opsgenie.com/
  wechat_api_url: https://qyapi.weixin.qq.com/cgi-bin/
  victorops_api_url: https://alert.victorops.com/integrations/generic/20131114/alert/
  telegram_api_url: https://api.telegram.org
  webex_api_url: https://webexapis.com/v1/messages
route:
  receiver: team
  continue: false
receivers:
- name: team
  webhook_configs:
  - send_resolved: true
    http_config:
      follow_redirects: true
      enable_http2: true
    url: http://<secret>
    max_alerts: 0
templates: []
`);
  });

  it('hides every secret', () => {
    const text = original(`global:
  smtp_auth_password: hush1
  smtp_auth_secret: hush2
  slack_api_url: https://hooks.slack.com/hush3
  opsgenie_api_key: hush4
  victorops_api_key: hush5
  telegram_bot_token: hush6
  wechat_api_secret: hush7
  rocketchat_token: hush8
  rocketchat_token_id: hush9
  mattermost_webhook_url: https://example.org/hush10
  http_config:
    basic_auth: {username: shown, password: hush11}
    proxy_url: http://shown:hush12@proxy:3128
    proxy_connect_header: {X-Key: [hush13]}
    http_headers: {X-Key: {values: [shown], secrets: [hush14]}}
    tls_config: {cert: shown, key: hush15}
route: {receiver: team}
receivers:
- name: team
  webhook_configs:
  - url: https://example.org/hush16
    http_config: {authorization: {credentials: hush17}}
  - url: https://example.org/hush18
    http_config: {bearer_token: hush19}
  - url: https://hush20:hush21@example.org/
    http_config: {oauth2: {client_id: shown, client_secret: hush22, token_url: http://x}}
`);
    expect(text).not.toContain('hush');
    expect(text.match(/<secret>/g)).toHaveLength(20);
    expect(text).toContain('proxy_url: http://shown:xxxxx@proxy:3128');
    expect(original('global: {slack_app_token: hush}\nroute: {receiver: a}\nreceivers: [{name: a}]\n')).not.toContain(
      'hush',
    );
  });

  it('shows a bearer token as the authorization it is', () => {
    const text = original(
      'global: {http_config: {bearer_token_file: t}}\nroute: {receiver: a}\nreceivers: [{name: a}]\n',
    );
    expect(text).toContain('    authorization:\n      type: Bearer\n      credentials_file: /etc/belfry/t\n');
    expect(text).not.toContain('bearer_token');
  });

  it('writes the older matchers where they were, and the newer ones sorted, one each', () => {
    const text = original(`route:
  receiver: team
  routes:
  - matchers: ['c=d,a!~"x y"', '"b c"=1']
    match: {z: 1}
    match_re: {y: 'n|off'}
    continue: yes
    repeat_interval: 36h
receivers: [{name: team}]
`);
    expect(text).toContain(`\
  routes:
  - match:
      z: "1"
    match_re:
      "y": n|off
    matchers:
    - a!~"x y"
    - '"b c"="1"'
    - c="d"
    continue: true
    repeat_interval: 1d12h
`);
  });

  it('keeps an explicit empty group_by, which overrides', () => {
    expect(
      original('route: {receiver: a, group_by: [x], routes: [{group_by: []}]}\nreceivers: [{name: a}]\n'),
    ).toContain('  - group_by: []\n');
  });

  it('writes ranges as names and numbers', () => {
    const text = original(`route: {receiver: a}
receivers: [{name: a}]
mute_time_intervals:
- name: 'off'
  time_intervals:
  - times: [{start_time: 09:00, end_time: 24:00}]
    weekdays: [Monday:friday, sunday]
    days_of_month: ['-3:-1']
    months: [january:march, may]
    years: [2026]
    location: Europe/Berlin
`);
    expect(text).toContain(`\
mute_time_intervals:
- name: "off"
  time_intervals:
  - times:
    - start_time: "09:00"
      end_time: "24:00"
    weekdays:
    - monday:friday
    - sunday
    days_of_month:
    - "-3:-1"
    months:
    - "1:3"
    - "5"
    years:
    - "2026"
    location: Europe/Berlin
`);
  });

  it('keeps a payload with its types', () => {
    const text = original(`route: {receiver: a}
receivers:
- name: a
  webhook_configs:
  - url: http://x
    timeout: 90s
    payload: {text: '{{ .Status }}', number: 1.5, list: [true, 'true', null, '', '012']}
`);
    expect(text).toContain(`\
    timeout: 1m30s
    payload:
      text: "{{ .Status }}"
      number: 1.5
      list:
      - true
      - "true"
      - null
      - ""
      - "012"
`);
  });

  it('shows integrations that amtool does not know as comments', () => {
    const text = original(`route: {receiver: a}
receivers:
- name: a
  file_configs: [{path: outbox}, {path: /srv/outbox, send_resolved: false}]
- name: b
`);
    expect(text).toContain(`\
receivers:
- name: a
  # file_configs:
  # - send_resolved: true
  #   path: /etc/belfry/outbox
  # - send_resolved: false
  #   path: /srv/outbox
- name: b
`);
  });
});
