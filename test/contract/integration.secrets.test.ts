// What a provider repeats of a secret is not shown: what a template made of it, what the end of a long answer cuts, and
// the ways to spell it in JSON.
import { expect, it } from 'vitest';
import type { HttpRequest } from '../../src/ports/http-client.ts';
import { MemoryFiles } from '../support/http-world.ts';
import { element, sendThrough } from '../support/integration-scene.ts';

/** `said`: what the other side says to a request. */
async function detailOf(key: string, yaml: string, said: (request: HttpRequest) => string): Promise<string> {
  const world = {
    http: {
      request: (_config: unknown, request: HttpRequest) =>
        Promise.resolve({ kind: 'answer', status: 400, headers: new Map(), body: said(request) } as const),
    },
    files: new MemoryFiles(),
    clock: { now: () => 0 },
  };
  return (await sendThrough(world, element(key, yaml), AbortSignal.timeout(5000))).detail;
}

const asIs = ({ url, headers, body }: HttpRequest): string =>
  decodeURIComponent(`${url} ${headers['Authorization'] ?? ''} ${typeof body === 'string' ? body : ''}`);
const onlyThe = (request: HttpRequest): string => /\/?canary[\w/-]*/.exec(asIs(request))?.[0] ?? 'it is not in there';

const TEMPLATED = `'{{ printf "can%s" "ary" }}-key'`;

it.each([
  ['webhook_configs', `url: 'http://h/{{ printf "can%s" "ary" }}-path?q={{ "ca" }}nary-query'`],
  ['opsgenie_configs', `api_url: http://h\napi_key: ${TEMPLATED}`],
  ['pagerduty_configs', `routing_key: ${TEMPLATED}`],
  ['pagerduty_configs', `service_key: ${TEMPLATED}`],
  ['pushover_configs', `user_key: ${TEMPLATED}\ntoken: tokens`],
  ['pushover_configs', `user_key: users1\ntoken: ${TEMPLATED}`],
  ['wechat_configs', `corp_id: c\napi_secret: ${TEMPLATED}`],
])('what a template made of a secret of %s: %s', async (key, yaml) => {
  expect(await detailOf(key, yaml, onlyThe)).toMatch(/^status 400: .*<secret>/);
});

const PLAIN = 'url: http://h/services/canary-path/of/the/hook';

it.each([185, 190, 195, 199])('a secret across the end of what is shown, from %i', async (before) => {
  const detail = await detailOf('webhook_configs', PLAIN, ({ url }) => 'x'.repeat(before) + new URL(url).pathname);
  expect(detail).toMatch(/^status 400: x+<s?e?c?r?e?t?>?$/);
  expect(detail).toHaveLength('status 400: '.length + Math.min(200, before + '<secret>'.length));
});

it.each(['webhook_configs', 'slack_configs'])('one segment of the URL of %s', async (key) => {
  const yaml = key === 'slack_configs' ? 'channel: c\napi_url: http://h/services/T0/CANARYTOKEN' : PLAIN;
  const last = ({ url }: HttpRequest): string =>
    `hook ${url.split('/')[key === 'slack_configs' ? 5 : 4]} is switched off`;
  expect(await detailOf(key, yaml, last)).toBe('status 400: hook <secret> is switched off');
});

it('a path whose slashes are escaped', async () => {
  const escaped = ({ url }: HttpRequest): string => `{"path":"${new URL(url).pathname.replaceAll('/', '\\/')}"`;
  expect(await detailOf('webhook_configs', PLAIN, escaped)).toBe('status 400: {"path":"<secret>"');
});

it('a key with quotes, as JSON has it', async () => {
  const quoted = "api_url: http://h\napi_key: 'canary\"-\\key'";
  expect(await detailOf('opsgenie_configs', quoted, () => String.raw`not JSON: "canary\"-\\key"`)).toBe(
    'status 400: not JSON: "<secret>"',
  );
});

it('a secret that is the beginning of another', async () => {
  const both = 'account_sid: canary\nauth_token: canary-and-more\nfrom: "1"\nto: "2"';
  const detail = await detailOf('twilio_configs', both, () => 'canary-and-more canary');
  expect(detail).toBe('2: status 400: <secret> <secret>');
});
