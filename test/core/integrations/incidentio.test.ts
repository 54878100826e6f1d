import { describe, expect, it } from 'vitest';
import type { SampleAlert } from '../../support/integration-scene.ts';
import { compileElement, draft, element, sampleMessage, wireOf } from '../../support/integration-scene.ts';
import { Peer, saying } from '../../support/played.ts';

const yaml = 'url: https://io.example/v2/alerts\nalert_source_token: tok-123';
const needed =
  'at least one of alert_source_token, alert_source_token_file or http_config.authorization must be configured';
const excluded = 'cannot specify alert_source_token or alert_source_token_file when using http_config.authorization';

describe('incidentio_configs', () => {
  it.each([
    ['alert_source_token: t', '1:1 one of url or url_file must be configured'],
    ['url: http://h\nurl_file: f\nalert_source_token: t', '2:1 at most one of url & url_file must be configured'],
    ['url: ftp://h\nalert_source_token: t', '1:6 invalid URL: unsupported scheme "ftp" for URL'],
    [
      `${yaml}\nalert_source_token_file: f`,
      '3:1 at most one of alert_source_token & alert_source_token_file must be configured',
    ],
    [`${yaml}\nhttp_config: {authorization: {credentials: c}}`, `2:1 ${excluded}`],
    ['url: http://h\nhttp_config: {follow_redirects: false}', `1:1 ${needed}`],
  ])('refuses %j', (text, problem) => {
    expect(compileElement('incidentio_configs', text).problems).toEqual([problem]);
  });

  it('reads its URL and its token from files', async () => {
    const peer = new Peer();
    const entry = element('incidentio_configs', 'url_file: /etc/url\nalert_source_token_file: /etc/token');
    peer.files.set('/etc/url', 'https://io.example/x\n');
    peer.files.set('/etc/token', 'tok-456\n');
    await peer.send(entry, [saying({ status: 'success' }, 202)]);
    expect(peer.lines).toEqual(['POST https://io.example/x']);
    expect(peer.asked[0]!.headers).toMatchObject({ Authorization: 'Bearer tok-456' });
    peer.files.set('/etc/url', 'not a url');
    expect(await peer.send(entry, [])).toMatchObject({
      kind: 'rejected',
      detail: 'no usable url: unsupported scheme "" for URL',
    });
  });

  const sent = (alerts: readonly SampleAlert[], more = '') => {
    const { body } = wireOf(draft(element('incidentio_configs', `${yaml}\n${more}`), sampleMessage(alerts)));
    const json = JSON.parse(body) as { alerts: { annotations: Record<string, string> }[]; truncatedAlerts: number };
    return { bytes: Buffer.byteLength(body), shown: json.alerts, more: json.truncatedAlerts };
  };
  const alerts = (count: number, length: number): readonly SampleAlert[] =>
    Array.from({ length: count }, (_, i) => ({
      ...{ labels: { alertname: 'A', instance: String(i) }, annotations: { text: '告"'.repeat(length) } },
    }));

  it('says as many alerts as fit into 512 KiB, and how many more there are', () => {
    const { bytes, shown, more } = sent(alerts(500, 500));
    expect(bytes).toBeLessThanOrEqual(512 * 1024);
    expect(bytes).toBeGreaterThan(480 * 1024);
    expect(shown.length + more).toBe(500);
    expect(sent(alerts(5, 5), 'max_alerts: 2')).toMatchObject({ more: 3 });
  });

  it('shortens what is written about a single alert that is larger', () => {
    const { bytes, shown, more } = sent(alerts(2, 100_000));
    expect(bytes).toBeLessThanOrEqual(512 * 1024);
    expect([shown.length, more]).toEqual([1, 1]);
    expect(shown[0]!.annotations['text']).toMatch(/^(告")+告?…$/);
  });

  it.each([
    [202, { status: 'success' }, 'delivered'],
    [401, { message: 'Invalid token', errors: ['bad_token'] }, 'rejected'],
    [422, { error: 'bad payload' }, 'rejected'],
    [429, { message: 'Slow down' }, 'retry'],
    [503, '', 'retry'],
  ])('takes %i %j for %s', async (status, body, kind) => {
    expect(await new Peer().send(element('incidentio_configs', yaml), [saying(body, status)])).toMatchObject({ kind });
  });
});
