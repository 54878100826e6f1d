// A real Prometheus that evaluates rules and tells their alerts to Belfry: they arrive, their end arrives, Prometheus is
// content, and a Belfry that is killed in between tells nobody twice and forgets no end.
import { once } from 'node:events';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { startPrometheus, type Prometheus } from '../../support/e2e/prometheus.ts';
import { run } from '../../support/e2e/run-program.ts';
import { startWebhookSink, type WebhookSink } from '../../support/e2e/webhook-sink.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { untilAnswersKept } from '../chaos/ask.ts';
import { describeBeside } from '../peers.ts';

const PATIENCE = { timeout: 30_000, interval: 100 };

const tlsFile = (name: string): string => fileURLToPath(new URL(`../../fixtures/api/tls/${name}`, import.meta.url));

/** Each rule is a group of its own, which hears of a new alert after 200 ms and of its end within a second. */
const config = (sink: WebhookSink): string => `
route: {receiver: hook, group_by: [alertname], group_wait: 200ms, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: hook, webhook_configs: [{url: '${sink.url}/hook'}]}]
`;

/** `Always` fires; `Until` fires for some seconds from now. */
function rules(seconds: number): readonly object[] {
  const until = Math.round(Date.now() / 1000) + seconds;
  const always = {
    alert: 'Always',
    expr: 'vector(1)',
    labels: { severity: 'info' },
    annotations: { summary: 'it is {{ $value }}' },
  };
  return [{ name: 'rules', rules: [always, { alert: 'Until', expr: `vector(time()) < ${until}` }] }];
}

const alerting = (host: string, more: object = {}): object => ({
  alertmanagers: [{ static_configs: [{ targets: [host] }], ...more }],
});

/** What arrived about each alert, in order. */
function told(sink: WebhookSink): Readonly<Record<string, string>> {
  const said: Record<string, string> = {};
  for (const { body } of sink.received('/hook')) {
    const { alerts } = JSON.parse(body) as { alerts: { status: string; labels: { alertname: string } }[] };
    for (const { status, labels } of alerts)
      said[labels.alertname] = `${said[labels.alertname] ?? ''} ${status}`.trim();
  }
  return said;
}

const BOTH_FIRE = { Always: 'firing', Until: 'firing' };
const ONE_ENDED = { Always: 'firing', Until: 'firing resolved' };

async function expectContent(prometheus: Prometheus, url: string): Promise<void> {
  expect(await prometheus.get('/alertmanagers')).toEqual({
    activeAlertmanagers: [{ url: `${url}/api/v2/alerts` }],
    droppedAlertmanagers: [],
  });
  expect(await prometheus.metric('prometheus_notifications_sent_total')).toBeGreaterThan(0);
}

/** What Prometheus evaluates in its first seconds it drops: it has not looked yet whom to tell. */
const dropped = (prometheus: Prometheus): Promise<number | null> =>
  prometheus.metric('prometheus_notifications_dropped_total');

async function expectNoErrors(prometheus: Prometheus, droppedBefore: number | null): Promise<void> {
  expect(await prometheus.metric('prometheus_notifications_errors_total')).toBe(0);
  expect(await dropped(prometheus)).toBe(droppedBefore);
}

/** The status of a request over TLS, trusting our own authority. */
async function statusOf(url: string, auth?: string): Promise<number | undefined> {
  const asked = request(url, { ca: await readFile(tlsFile('ca.cert.pem')), ...(auth !== undefined && { auth }) });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describeBeside('Prometheus', ['prometheus', 'amtool'], ({ prometheus: binary, amtool }) => {
  it.concurrent('tells Belfry of alerts, which tells of them and of their end', async ({ expect }) => {
    await using sink = await startWebhookSink();
    await using belfry = await startBelfry({ config: config(sink) });
    const host = belfry.url.replace('http://', '');
    await using prometheus = await startPrometheus({ binary, groups: rules(11), alerting: alerting(host) });
    await expect.poll(() => told(sink), PATIENCE).toEqual(BOTH_FIRE);
    const before = await dropped(prometheus);
    await expect.poll(() => told(sink), PATIENCE).toEqual(ONE_ENDED);
    await expectContent(prometheus, belfry.url);
    await expectNoErrors(prometheus, before);
    const listed = (await (await fetch(`${belfry.url}/api/v2/alerts`)).json()) as { generatorURL: string }[];
    expect(listed).toMatchObject([
      { labels: { alertname: 'Always', severity: 'info' }, annotations: { summary: 'it is 1' } },
    ]);
    expect(listed[0]?.generatorURL).toContain('/graph?g0.expr=vector%281%29');
  });

  it.concurrent('and a Belfry that was killed in between tells nobody twice, and of the end all the same', async ({
    expect,
  }) => {
    await using sink = await startWebhookSink();
    const host = `127.0.0.1:${await freePort()}`;
    await using belfry = await startBelfry({ config: config(sink), args: [`--web.listen-address=${host}`] });
    await using prometheus = await startPrometheus({ binary, groups: rules(14), alerting: alerting(host) });
    await expect.poll(() => told(sink), PATIENCE).toEqual(BOTH_FIRE);
    await untilAnswersKept(belfry.url);
    await belfry.restart('SIGKILL');
    await expect.poll(() => told(sink), PATIENCE).toEqual(ONE_ENDED);
    // Every group has its tick, twice: were there more to say, it would be said.
    const sent = (await prometheus.metric('prometheus_notifications_sent_total')) ?? 0;
    const sentNow = (): Promise<number | null> => prometheus.metric('prometheus_notifications_sent_total');
    await expect.poll(sentNow, PATIENCE).toBeGreaterThan(sent + 4);
    expect(told(sink)).toEqual(ONE_ENDED);
    await expectContent(prometheus, `http://${host}`);
  });

  it.concurrent('through TLS and with a password, which amtool knows as well and nobody else does', async ({
    expect,
  }) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'belfry-e2e-'));
    const webConfig = join(folder.path, 'web.yml');
    // Of `secret`, at the lowest cost there is.
    const hash = '$2b$04$LWL//NimdJma5L1GEMFS6OrErF4csHDddCY0z/m9/sGnYQLNOBr0i';
    const pair = { cert_file: tlsFile('server.cert.pem'), key_file: tlsFile('server.key.pem') };
    await writeFile(webConfig, JSON.stringify({ tls_server_config: pair, basic_auth_users: { alice: hash } }));
    const login = {
      basic_auth: { username: 'alice', password: 'secret' },
      tls_config: { ca_file: tlsFile('ca.cert.pem') },
    };
    const httpConfig = join(folder.path, 'http.yml');
    await writeFile(httpConfig, JSON.stringify(login));

    await using sink = await startWebhookSink();
    await using belfry = await startBelfry({ config: config(sink), args: [`--web.config.file=${webConfig}`] });
    const url = belfry.url.replace('http:', 'https:');
    await using prometheus = await startPrometheus({
      binary,
      groups: rules(11),
      alerting: alerting(belfry.url.replace('http://', ''), { scheme: 'https', ...login }),
    });
    await expect.poll(() => told(sink), PATIENCE).toEqual(BOTH_FIRE);
    const before = await dropped(prometheus);
    await expect.poll(() => told(sink), PATIENCE).toEqual(ONE_ENDED);
    await expectContent(prometheus, url);
    await expectNoErrors(prometheus, before);

    const flags = [`--alertmanager.url=${url}`, `--http.config.file=${httpConfig}`];
    const queried = await run(amtool, [...flags, 'alert', 'query'], { env: { HOME: folder.path } });
    expect(queried.code).toBe(0);
    expect(queried.stdout).toContain('Always');
    expect(await statusOf(`${url}/api/v2/alerts`)).toBe(401);
    expect(await statusOf(`${url}/api/v2/alerts`, 'alice:guessed')).toBe(401);
    expect(await statusOf(`${url}/api/v2/alerts`, 'alice:secret')).toBe(200);
    await expect(fetch(`${belfry.url}/api/v2/alerts`)).rejects.toThrow('fetch failed');
  });
});
