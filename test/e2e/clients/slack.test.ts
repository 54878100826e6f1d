// Slack as an app of it speaks: the real process, and a Slack that keeps to its limits, its pace and its words.
import { expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { FakeSlack } from '../../support/fake-slack.ts';
import { HttpWorld } from '../../support/http-world.ts';

const TOKEN = 'xoxb-very-secret-token';
const PATIENCE = { timeout: 20_000, interval: 50 };

const config = (origin: string): string => `
route: {receiver: team, group_by: [alertname], group_wait: 50ms, group_interval: 1s, repeat_interval: 1h}
receivers:
  - name: team
    slack_configs:
      - app_token: ${TOKEN}
        app_url: ${origin}/api/chat.postMessage
        channel: '#alerts'
        send_resolved: true
`;

async function tell(belfry: RouterProcess, state: 'firing' | 'resolved', ...alerts: readonly string[]): Promise<void> {
  const now = Date.now();
  const body = alerts.map((each) => {
    const [alertname, instance] = each.split('/');
    const startsAt = new Date(now - 60_000).toISOString();
    const endsAt = new Date(state === 'firing' ? now + 3_600_000 : now - 1000).toISOString();
    return { labels: { alertname, instance, severity: 'critical' }, startsAt, endsAt };
  });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${belfry.url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
}

it('an episode is one message with a thread, through a kill, a lost answer, a pause and a burst', async () => {
  await using world = new HttpWorld();
  const slack = new FakeSlack({ now: () => Date.now(), token: TOKEN, burst: 3 });
  await using belfry = await startBelfry({ config: config(await world.serve(slack.handler)) });
  const headsOf = (name: string) => slack.heads().filter(({ args }) => String(args['text']).includes(name));
  const threadOf = (name: string): readonly string[] =>
    headsOf(name).flatMap(({ ts }) => slack.thread(ts).map(({ args }) => String(args['text']).split('\n')[0]!));

  await tell(belfry, 'firing', 'HighLoad/a');
  await expect.poll(() => headsOf('HighLoad').length, PATIENCE).toBe(1);
  await tell(belfry, 'firing', 'HighLoad/b');
  await expect.poll(() => threadOf('HighLoad'), PATIENCE).toEqual(['🔴 1 more']);
  await expect.poll(() => slack.calls.at(-1)?.said, PATIENCE).toBe('ok');
  await belfry.restart('SIGKILL');
  await tell(belfry, 'resolved', 'HighLoad/a', 'HighLoad/b');
  await expect
    .poll(() => threadOf('HighLoad').at(-1), PATIENCE)
    .toMatch(/^✅ RESOLVED, after 5\ds|^✅ RESOLVED, after 1m/);
  expect(headsOf('RESOLVED 2: HighLoad')).toHaveLength(1);
  await tell(belfry, 'firing', 'HighLoad/a');
  await expect.poll(() => headsOf('HighLoad').length, PATIENCE).toBe(2);

  slack.fail({ kind: 'cut after', method: 'chat.postMessage' });
  await tell(belfry, 'firing', 'DiskFull/c');
  await expect.poll(() => slack.called('conversations.history').length, PATIENCE).toBe(1);
  await tell(belfry, 'firing', 'DiskFull/d');
  await expect.poll(() => threadOf('DiskFull'), PATIENCE).toEqual(['🔴 1 more']);
  expect(headsOf('DiskFull')).toHaveLength(1);

  slack.fail({ kind: 'status', method: 'chat.postMessage', status: 429, retryAfter: 3 });
  const before = slack.calls.length;
  await tell(belfry, 'firing', 'NetDown/e');
  await expect.poll(() => headsOf('NetDown').length, PATIENCE).toBe(1);
  const [refused, accepted] = slack.calls.slice(before).filter(({ method }) => method === 'chat.postMessage');
  expect(refused!.said).toBe('status 429');
  expect(accepted!.at - refused!.at).toBeGreaterThanOrEqual(3000);

  const burst = Array.from({ length: 8 }, (_, i) => `Burst${i}/x`);
  await tell(belfry, 'firing', ...burst);
  await expect.poll(() => headsOf('Burst').length, PATIENCE).toBe(8);
  expect(slack.calls.filter(({ said }) => said === 'ratelimited')).toEqual([]);

  const shown = ['/api/v2/status', '/api/belfry/v1/notifications?limit=100', '/api/belfry/v1/events?limit=100'];
  const pages = await Promise.all(shown.map((path) => fetch(belfry.url + path).then((answer) => answer.text())));
  expect(pages[1]).toContain('posted: firing anew');
  for (const text of [...pages, belfry.output]) expect(text).not.toContain(TOKEN);
});

it('a refusal is parked with what Slack said and what to do about it', async () => {
  await using world = new HttpWorld();
  const slack = new FakeSlack({ now: () => Date.now(), token: TOKEN, burst: 3 });
  slack.notIn.add('C0ALERTS1');
  await using belfry = await startBelfry({ config: config(await world.serve(slack.handler)) });
  await tell(belfry, 'firing', 'HighLoad/a');
  const parked = (): Promise<string> =>
    fetch(`${belfry.url}/api/belfry/v1/notifications?state=parked`).then((answer) => answer.text());
  await expect.poll(parked, PATIENCE).toContain('chat.postMessage: not_in_channel (invite the app to the channel');
});
