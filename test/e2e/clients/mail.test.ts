// Mails as they arrive: at a real Postfix, and, beside those of Alertmanager, at a server that looks at them closely.
import { expect, it } from 'vitest';
import { startAlertmanager } from '../../support/e2e/alertmanager.ts';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { startPostfix } from '../../support/e2e/postfix.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { mailText } from '../../support/mail-text.ts';
import { OUR_CA } from '../../support/mail-scene.ts';
import { headerOf, readMail, SmtpWorld } from '../../support/smtp-world.ts';
import { startWebhookSink } from '../../support/e2e/webhook-sink.ts';
import { describeBeside, describeBesideAlertmanager } from '../peers.ts';

const PATIENCE = { timeout: 30_000, interval: 100 };
const ROUTE = 'route: {receiver: team, group_by: [alertname], group_wait: 100ms, group_interval: 1s}';

async function post(router: RouterProcess, ...alerts: readonly object[]): Promise<void> {
  const answer = await fetch(`${router.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  expect(answer.status).toBe(200);
}

const alert = (instance: string, over: object = {}): object => ({
  labels: { alertname: 'DiskFull', instance, severity: 'critical' },
  annotations: { summary: `硬盘满了 on ${instance}` },
  ...over,
});

const ended = (): object => ({ endsAt: new Date().toISOString() });

describeBeside('Belfry and Postfix', ['postfix'], ({ postfix: daemons }) => {
  it('deliver an episode as one thread, by STARTTLS, beside an address that nobody has', async () => {
    await using postfix = await startPostfix(daemons);
    const config = `global: {smtp_from: Belfry <belfry@example.org>, smtp_smarthost: 'localhost:${postfix.port}'}
${ROUTE}
receivers:
- name: team
  email_configs:
  - to: oncall@example.org, nobody@example.org, boss@example.org
    send_resolved: true
    tls_config: {ca_file: ${OUR_CA}}
`;
    await using belfry = await startBelfry({ config });
    const arrived = async (count: number) => {
      await expect.poll(() => postfix.mails('oncall'), PATIENCE).toHaveLength(count);
      return Promise.all((await postfix.mails('oncall')).map((raw) => readMail(raw)));
    };
    await post(belfry, alert('a:9100'));
    await arrived(1);
    await post(belfry, alert('b:9100'));
    await arrived(2);
    await post(belfry, alert('a:9100', ended()), alert('b:9100', ended()));
    await arrived(3);
    await post(belfry, alert('c:9100'));
    const mails = await arrived(4);
    const [first] = mails;
    expect(mails.map(({ subject }) => subject)).toEqual([
      '[FIRING] DiskFull',
      '[FIRING 2] DiskFull',
      '[RESOLVED 2] DiskFull',
      '[FIRING] DiskFull',
    ]);
    const id = first!.messageId;
    expect(mails.map(({ inReplyTo, references }) => [inReplyTo, references])).toEqual([
      ...[
        [undefined, undefined],
        [id, id],
        [id, id],
      ],
      [undefined, undefined],
    ]);
    expect(first!.text).toContain('硬盘满了 on a:9100');
    expect(first!.html).toContain('硬盘满了 on a:9100');
    expect(headerOf(first!, 'auto-submitted')).toBe('auto-generated');
    expect(headerOf(first!, 'received')).toContain('with ESMTPS');
    expect(await postfix.mails('boss')).toHaveLength(4);
    const history = await fetch(`${belfry.url}/api/belfry/v1/notifications`).then((answer) => answer.text());
    expect(history).toContain('550 5.1.1');
    expect(belfry.output).not.toMatch(/level=(?:error|warn)/);
  });

  it('deliver a mail that is too big as a shorter one, over TLS from the start', async () => {
    await using postfix = await startPostfix(daemons);
    const config = `${ROUTE}
receivers:
- name: team
  email_configs:
  - to: oncall@example.org
    from: belfry@example.org
    smarthost: localhost:${postfix.tlsPort}
    force_implicit_tls: true
    html: '{{ range .Alerts }}{{ .Annotations.long }}{{ end }}'
    tls_config: {ca_file: ${OUR_CA}}
`;
    await using belfry = await startBelfry({ config });
    await post(belfry, alert('a:9100', { annotations: { long: 'long '.repeat(10_000) } }));
    await expect.poll(() => postfix.mails('oncall'), PATIENCE).toHaveLength(1);
    const mail = await readMail((await postfix.mails('oncall'))[0]!);
    expect(mail.html).toBeUndefined();
    expect(mail.text).toContain('DiskFull');
  });
});

it('a mail server that says nothing holds up nobody else, in the same receiver', async () => {
  await using world = new SmtpWorld();
  await using sink = await startWebhookSink();
  const silent = await world.serveRaw(() => {});
  const config = `${ROUTE}
receivers:
- name: team
  email_configs:
  - {to: a@example.org, from: b@example.org, smarthost: 'localhost:${silent}'}
  webhook_configs:
  - {url: '${sink.url}/hook'}
`;
  await using belfry = await startBelfry({ config });
  for (const [count, instance] of ['a', 'b', 'c'].entries()) {
    await post(belfry, alert(instance));
    await expect.poll(() => sink.received('/hook').length, { timeout: 3000, interval: 50 }).toBe(count + 1);
  }
  expect(world.connections).toBeGreaterThan(0);
});

describeBesideAlertmanager('Belfry and Alertmanager', ({ binary }) => {
  it('send the same mail where the file says all of it', async () => {
    await using world = new SmtpWorld();
    const port = await world.serve();
    const config = `global: {smtp_from: 'Alerts <alerts@example.org>', smtp_smarthost: 'localhost:${port}'}
${ROUTE}
receivers:
- name: team
  email_configs:
  - to: '"Doe, Jane" <jane@example.org>, oncall@example.org'
    hello: sender.example.org
    html: '{{ template "email.default.html" . }}'
    text: '{{ range .Alerts }}{{ .Labels.instance }}: {{ .Annotations.summary }} {{ .StartsAt }}{{ end }}'
    headers: {Subject: '{{ template "email.default.subject" . }}', X-Team: '{{ .Receiver }}', Reply-To: boss@example.org}
    tls_config: {insecure_skip_verify: true}
`;
    const args = ['--web.external-url=http://am.example'];
    const fires = alert('a:9100', { startsAt: '2026-01-01T00:00:00Z' });
    for (const start of [
      startBelfry,
      (options: Parameters<typeof startBelfry>[0]) => startAlertmanager(binary, options),
    ]) {
      const before = world.received.length;
      await using router = await start({ config, args });
      await post(router, fires);
      await expect.poll(() => world.received.length, PATIENCE).toBe(before + 1);
    }
    const [ours, theirs] = world.received;
    expect([ours!.from, ours!.to, ours!.isSecure]).toEqual([theirs!.from, theirs!.to, theirs!.isSecure]);
    const [our, their] = await world.mails();
    const said = (mail: typeof our) => [mail!.subject, mail!.text?.trim(), mailText(mail!.html ?? '')];
    expect(said(our)).toEqual(said(their));
    for (const name of ['x-team', 'reply-to']) expect(headerOf(our!, name)).toBe(headerOf(their!, name));
    const names = new Set(our!.headers.map(({ key }) => key));
    expect(their!.headers.map(({ key }) => key).filter((key) => !names.has(key))).toEqual([]);
    const parts = (raw: string) => raw.match(/^Content-Type: [a-z/]+/gim);
    expect(parts(ours!.raw)).toEqual(parts(theirs!.raw));
  });
});
