// Secrets of every kind of receiver, against providers that repeat all they are told: none of it is in a log, an error,
// an answer of the API, a metric or the history.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { firing, postAlerts, until } from '../chaos/ask.ts';

const CANARY = 'canary-5ecret';
const secret = (name: string): string => `${CANARY}-${name}`;

/** Elements by kind. `at` is where the provider is; secrets are what `secret()` makes. */
const ELEMENTS = (at: string): Readonly<Record<string, string>> => ({
  aliyunsms: `api_url: ${at}, access_key_id: ${secret('id')}, access_key_secret: ${secret('s')}, sign_name: x, template_code: y, to: '1'`,
  dingtalk: `api_url: ${at}, access_token: ${secret('token')}, secret: ${secret('sign')}`,
  discord: `webhook_url: '${at}/${secret('hook')}'`,
  feishu: `webhook_url: '${at}/${secret('hook')}', secret: ${secret('sign')}`,
  msteamsv2: `webhook_url: '${at}/${secret('hook')}'`,
  ntfy: `url: ${at}, topic: x, token: ${secret('token')}`,
  opsgenie: `api_url: ${at}, api_key: ${secret('key')}`,
  pagerduty: `url: ${at}, routing_key: ${secret('key')}`,
  telegram: `api_url: ${at}, bot_token: ${secret('token')}, chat_id: 1`,
  twilio: `api_url: ${at}, account_sid: ${secret('sid')}, auth_token: ${secret('token')}, from: '1', to: '2'`,
  victorops: `api_url: '${at}/', api_key: ${secret('key')}, routing_key: x`,
  webex: `api_url: ${at}, room_id: x, http_config: {authorization: {credentials: ${secret('token')}}}`,
  webhook: `url: '${at.replace('//', `//u:${secret('pw')}@`)}/${secret('path')}?q=${secret('q')}', signature: {secret: ${secret('sign')}}, http_config: {basic_auth: {username: u, password: ${secret('basic')}}}`,
  wecom: `api_url: ${at}, key: ${secret('key')}`,
});

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
  const at = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
  const kinds = Object.entries(ELEMENTS(at));
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
  expect((await settled()).every(({ answer }) => answer.includes('status 400: '))).toBe(true);
  expect(shown.preview.split('"integration"')).toHaveLength(kinds.length + 1);
}, 60_000);
