// Secrets of every kind of receiver, against providers that repeat all they are told: none of it is in a log, an error,
// an answer of the API, a metric or the history.
import { createServer, type Server } from 'node:http';
import { createServer as createMailServer, type AddressInfo, type Server as MailServer } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { firing, postAlerts, until } from '../chaos/ask.ts';

const CANARY = 'canary-5ecret';
const secret = (name: string): string => `${CANARY}-${name}`;

/** The same, made by a template. */
const rendered = (name: string): string => `{{ printf "canary-%s" "5ecret" }}-${name}`;

/** Elements by kind. `at` is where the provider is; secrets are what `secret()` makes. */
const ELEMENTS = (at: string): Readonly<Record<string, string>> => ({
  aliyunsms: `api_url: ${at}, access_key_id: ${secret('id')}, access_key_secret: ${secret('s')}, sign_name: x, template_code: y, to: '1'`,
  dingtalk: `api_url: ${at}, access_token: ${secret('token')}, secret: ${secret('sign')}`,
  discord: `webhook_url: '${at}/${secret('hook')}'`,
  feishu: `webhook_url: '${at}/${secret('hook')}', secret: ${secret('sign')}`,
  incidentio: `url: '${at}/alerts', alert_source_token: ${secret('token')}`,
  jira: `api_url: ${at}, api_type: datacenter, project: X, issue_type: Bug, http_config: {basic_auth: {username: u, password: ${secret('pw')}}}`,
  mattermost: `webhook_url: '${at}/${secret('hook')}'`,
  msteams: `webhook_url: '${at}/${secret('hook')}'`,
  msteamsv2: `webhook_url: '${at}/${secret('hook')}'`,
  ntfy: `url: ${at}, topic: x, token: ${secret('token')}`,
  opsgenie: `api_url: ${at}, api_key: ${secret('key')}`,
  pagerduty: `url: ${at}, routing_key: '${rendered('key')}'`,
  rocketchat: `api_url: ${at}, token: ${secret('token')}, token_id: ${secret('id')}`,
  slack: `api_url: '${at}/${secret('hook')}', channel: '#x'`,
  sns: `api_url: ${at}, topic_arn: 'arn:aws:sns:eu-west-1:1:x', sigv4: {region: eu-west-1, access_key: AKIDEXAMPLE, secret_key: ${secret('key')}}`,
  telegram: `api_url: ${at}, bot_token: ${secret('token')}, chat_id: 1`,
  twilio: `api_url: ${at}, account_sid: ${secret('sid')}, auth_token: ${secret('token')}, from: '1', to: '2'`,
  victorops: `api_url: '${at}/', api_key: ${secret('key')}, routing_key: x`,
  webex: `api_url: ${at}, room_id: x, http_config: {authorization: {credentials: ${secret('token')}}}`,
  webhook: `url: '${at.replace('//', `//u:${secret('pw')}@`)}/${rendered('path')}?q=${secret('q')}', signature: {secret: ${secret('sign')}}, http_config: {basic_auth: {username: u, password: ${secret('basic')}}}`,
  wechat: `api_url: ${at}, api_secret: ${secret('key')}, corp_id: c`,
  wecom: `api_url: ${at}, key: ${secret('key')}`,
});

/** A mail server that repeats the login it refuses. */
async function startEchoMail(): Promise<MailServer & AsyncDisposable> {
  const server = createMailServer((socket) => {
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    socket.on('error', () => {});
    say('220 echo');
    createInterface(socket).on('line', (line) => {
      const [verb = '', , credentials = ''] = line.split(' ');
      if (/^(EHLO|HELO)$/i.test(verb)) socket.write('250-echo\r\n250 AUTH PLAIN\r\n');
      else if (/^AUTH$/i.test(verb))
        say(`535 no: ${line} ${Buffer.from(credentials, 'base64').toString()}`.replaceAll('\0', ' '));
      else say('221 bye');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Answers with all it was sent, as an error. */
async function startEcho(): Promise<Server & AsyncDisposable> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const told = { url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() };
      // Last, where a cut would not take it away.
      response
        .writeHead(400)
        .end(`${decodeURIComponent(request.url ?? '')} ${JSON.stringify(told.headers)} ${told.body}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

it('no secret of a receiver shows anywhere', async () => {
  await using echo = await startEcho();
  await using mail = await startEchoMail();
  const at = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
  const smarthost = `127.0.0.1:${(mail.address() as AddressInfo).port}`;
  const email = `to: a@b.example, from: c@d.example, smarthost: '${smarthost}', require_tls: false, auth_username: u, auth_password: ${secret('pw')}`;
  const kinds = Object.entries({ ...ELEMENTS(at), email });
  const config = [
    'route: {receiver: all, group_wait: 0s, group_interval: 1m}',
    `receivers:\n- name: all`,
    ...kinds.map(([kind, element]) => `  ${kind}_configs: [{${element}}]`),
  ].join('\n');
  await using belfry = await startBelfry({ config, args: ['--log.level=debug'] });
  await postAlerts(belfry.url, firing({ alertname: 'Canary' }));
  const base = `${belfry.url}/api/belfry/v1`;
  const text = async (url: string, method = 'GET'): Promise<string> => (await fetch(url, { method })).text();
  const settled = async (): Promise<readonly { readonly answer: string }[]> => {
    const { items } = JSON.parse(await text(`${base}/notifications?state=parked&limit=100`)) as {
      readonly items: readonly { readonly answer: string }[];
    };
    return items;
  };
  await until('every provider has refused', 20_000, async () => (await settled()).length === kinds.length);
  const broken = await belfry.reload(`${config}\n  nope_configs: [{url: '${at}/${secret('excerpt')}'}]`);
  const shown = {
    history: await text(`${base}/notifications?limit=100`),
    events: await text(`${base}/events?limit=100`),
    preview: await text(`${base}/receivers/all/preview`, 'POST'),
    test: await text(`${base}/receivers/all/test`, 'POST'),
    status: await text(`${belfry.url}/api/v2/status`),
    flags: await text(`${belfry.url}/api/v1/status/flags`),
    metrics: await text(`${belfry.url}/metrics`),
    reload: await broken.text(),
    log: belfry.output,
  };
  expect(Object.entries(shown).flatMap(([where, what]) => (what.includes(CANARY) ? [where] : []))).toEqual([]);
  // What the providers said is there all the same.
  const answers = (await settled()).map(({ answer }) => answer);
  expect(answers.filter((answer) => !/status 400: |535 no|invalid payload|HTTP 400/i.test(answer))).toEqual([]);
  expect(shown.preview.split('"integration"')).toHaveLength(kinds.length + 1);
}, 60_000);

it('no secret of a configuration that is refused shows anywhere', async () => {
  const frame = 'route: {receiver: a}\nreceivers: [{name: a}]\n';
  const http = (keys: string): string =>
    `route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: 'http://h/', http_config: {${keys}}}]}]\n`;
  const refused = [
    `${frame}global: {slack_api_url: hooks.slack.com/services/T0/B0/${CANARY}}\n`,
    `${frame}global: {slack_api_url: https:/hooks.slack.com/${CANARY}, smtp_pasword: ${CANARY}}\n`,
    `${frame}global:\n  smtp_auth_password:\n  - ${CANARY}\n`,
    `${frame}global: {smtp_auth_password: ${CANARY}: [}\n`,
    `${frame}prometheus: u:${CANARY}@prometheus:9090\n`,
    http(`http_headers: {X-Key: {secrets: ${CANARY}}}`),
    http(`proxy_url: 'http://p:1', proxy_connect_header: {Proxy-Authorization: Basic ${CANARY}}`),
    http(`proxy_url: u:${CANARY}@proxy:3128, nope: 1`),
    http(`tls_config: {ca: x, cert: x, key: ${CANARY}}`),
    `route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: 'http://h/${CANARY}{{ if'}]}]\n`,
  ];
  await using belfry = await startBelfry({ config: frame });
  const answers: string[] = [];
  for (const config of refused) {
    const answer = await belfry.reload(config);
    answers.push(`${answer.status} ${await answer.text()}`);
  }
  expect(answers.filter((answer) => !answer.startsWith('500 '))).toEqual([]);
  const events = await (await fetch(`${belfry.url}/api/belfry/v1/events?limit=100`)).text();
  expect(events.split('"ok":false').length).toBeGreaterThan(refused.length);
  expect([...answers, events, belfry.output].filter((shown) => shown.includes(CANARY))).toEqual([]);
}, 60_000);
