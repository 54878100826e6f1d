// Keys of AWS as the real process finds them: in its environment, from a container, from a machine, for a role. None of
// them shows, whoever repeats them, and nobody waits for a machine that does not answer.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createSilentServer, type AddressInfo, type Socket } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { startWebhookSink } from '../../support/e2e/webhook-sink.ts';
import { firing, postAlerts, until } from '../chaos/ask.ts';

const CANARY = 'canary-5ecret';
const ENDS = new Date(Date.now() + 3_600_000).toISOString();
/** What the machine that runs the test may have of its own. */
const NO_KEYS = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '', AWS_PROFILE: '' };

const keysFor = (who: string) => ({
  AccessKeyId: `AK${who}`,
  SecretAccessKey: `${CANARY}-key-${who}`,
  Token: `${CANARY}-session-${who}`,
  Expiration: ENDS,
});

const folder = mkdtempSync(join(tmpdir(), 'belfry-aws-'));
const JWT = join(folder, 'jwt');
writeFileSync(JWT, `${CANARY}-jwt`);
afterAll(() => rmSync(folder, { recursive: true }));

interface Asked {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** All of AWS behind one port. `refuses` is the path that says no to everything, and repeats it. */
async function startAws(
  refuses: string,
): Promise<{ readonly server: Server & AsyncDisposable; readonly at: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const said: Readonly<Record<string, string>> = {
    '/latest/api/token': `${CANARY}-metadata`,
    '/latest/meta-data/iam/security-credentials/': 'machine-role',
    '/latest/meta-data/iam/security-credentials/machine-role': JSON.stringify({
      Code: 'Success',
      ...keysFor('machine'),
    }),
    '/container': JSON.stringify(keysFor('container')),
    '/sts': `<AccessKeyId>AKrole</AccessKeyId><SecretAccessKey>${CANARY}-key-role</SecretAccessKey><SessionToken>${CANARY}-session-role</SessionToken><Expiration>${ENDS}</Expiration>`,
    '/sns': '<MessageId>m-1</MessageId>',
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url = '', headers } = request;
      const body = Buffer.concat(chunks).toString();
      asked.push({ line: `${method} ${url}`, headers, body });
      if (url === refuses) response.writeHead(400).end(`no: ${JSON.stringify(headers)} ${decodeURIComponent(body)}`);
      else response.writeHead(url in said ? 200 : 404).end(said[url]);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, at: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const configWith = (sigv4: string, more = ''): string =>
  [
    'route: {receiver: all, group_wait: 0s, group_interval: 1m}',
    'receivers:',
    '- name: all',
    `  sns_configs: [{topic_arn: 'arn:aws:sns:eu-west-1:1:x', sigv4: {${sigv4}}}]`,
    more,
  ].join('\n');

interface Told {
  readonly state: string;
  readonly answer: string;
}

async function told({ url }: RouterProcess): Promise<readonly Told[]> {
  const answer = await fetch(`${url}/api/belfry/v1/notifications?limit=10`);
  return ((await answer.json()) as { readonly items: readonly Told[] }).items;
}

const METADATA = [
  'PUT /latest/api/token',
  'GET /latest/meta-data/iam/security-credentials/',
  'GET /latest/meta-data/iam/security-credentials/machine-role',
];

it.each<{
  readonly name: string;
  readonly sigv4?: string;
  readonly env?: (at: string) => Readonly<Record<string, string>>;
  readonly refuses: string;
  readonly lines: readonly string[];
  readonly shown: RegExp;
}>([
  {
    name: 'of the environment',
    env: () => ({ AWS_ACCESS_KEY_ID: `AK-${CANARY}`, AWS_SECRET_ACCESS_KEY: CANARY, AWS_SESSION_TOKEN: `${CANARY}-t` }),
    refuses: '/sns',
    lines: ['POST /sns'],
    shown: /^status 400: no: /,
  },
  {
    name: 'of a machine, for a role',
    sigv4: "role_arn: 'arn:aws:iam::1:role/r'",
    refuses: '/sns',
    lines: [...METADATA, 'POST /sts', 'POST /sns'],
    shown: /^status 400: no: /,
  },
  {
    name: 'of a machine that refuses',
    refuses: METADATA[2]!.slice(4),
    lines: METADATA,
    shown: /^no AWS credentials: .* metadata of EC2: status 400: no: /,
  },
  {
    name: 'of a container that refuses',
    env: (at) => ({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${at}/container`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: `${CANARY}-container`,
    }),
    refuses: '/container',
    lines: ['GET /container'],
    shown: /^no AWS credentials: the container's credentials: status 400: no: /,
  },
  {
    name: 'for a token of an identity provider that STS refuses',
    env: () => ({ AWS_WEB_IDENTITY_TOKEN_FILE: JWT, AWS_ROLE_ARN: 'arn:r' }),
    refuses: '/sts',
    lines: ['POST /sts'],
    shown: /^the role was refused: status 400: no: /,
  },
])('keys $name sign, and show nowhere', async ({ sigv4 = '', env, refuses, lines, shown }) => {
  const { server, at, asked } = await startAws(refuses);
  await using _ = server;
  const config = configWith(sigv4);
  await using belfry = await startBelfry({
    ...{ config, args: ['--log.level=debug'] },
    env: {
      ...{ ...NO_KEYS, HOME: '/nowhere', AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_SERVICE_ENDPOINT: at },
      ...{ AWS_ENDPOINT_URL_STS: `${at}/sts`, AWS_ENDPOINT_URL_SNS: `${at}/sns`, ...env?.(at) },
    },
  });
  await postAlerts(belfry.url, firing({ alertname: 'Canary' }));
  await until('it is refused', 20_000, async () => (await told(belfry)).some(({ answer }) => answer !== ''));
  expect(asked.slice(0, lines.length).map(({ line }) => line)).toEqual(lines);
  expect(JSON.stringify(asked)).toContain(CANARY);
  expect((await told(belfry))[0]!.answer).toMatch(shown);
  const base = `${belfry.url}/api/belfry/v1`;
  const text = async (url: string, method = 'GET'): Promise<string> => (await fetch(url, { method })).text();
  const seen = {
    history: await text(`${base}/notifications?limit=10`),
    events: await text(`${base}/events?limit=10`),
    preview: await text(`${base}/receivers/all/preview`, 'POST'),
    test: await text(`${base}/receivers/all/test`, 'POST'),
    status: await text(`${belfry.url}/api/v2/status`),
    metrics: await text(`${belfry.url}/metrics`),
    log: belfry.output,
  };
  expect(Object.entries(seen).flatMap(([where, what]) => (what.includes(CANARY) ? [where] : []))).toEqual([]);
});

it('nobody waits for a machine that does not answer', async () => {
  const sockets = new Set<Socket>();
  await using silent = createSilentServer((socket) => void sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  // It closes once nobody is connected.
  using _ = { [Symbol.dispose]: () => sockets.forEach((socket) => socket.destroy()) };
  await using sink = await startWebhookSink();
  const started = Date.now();
  await using belfry = await startBelfry({
    config: configWith('', `  webhook_configs: [{url: '${sink.url}/'}]`),
    env: {
      ...{ ...NO_KEYS, HOME: '/nowhere', AWS_REGION: 'eu-west-1' },
      AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    },
  });
  await postAlerts(belfry.url, firing({ alertname: 'First' }));
  await until('the webhook has it', 5000, () => sink.received().length === 1);
  const failed = async (): Promise<readonly Told[]> =>
    (await told(belfry)).filter(({ answer }) => answer.startsWith('no AWS credentials'));
  await until('it is told that there are no keys', 10_000, async () => (await failed()).length === 1);
  // A second for a token, a second without.
  expect(Date.now() - started).toBeGreaterThan(2000);
  expect(sink.received()[0]!.at).toBeLessThan(Date.now() - 1000);
  expect((await failed())[0]!.answer).toMatch(
    /looked in sigv4, .*, profile "default" \(\/nowhere.*\), metadata of EC2: no answer .* in time$/,
  );
  expect(belfry.output).toContain('will be tried again');
});
