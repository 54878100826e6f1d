import { describe, expect, it } from 'vitest';
import { Turns } from '../../src/integrations/slack/send-turns.ts';
import type { Outcome } from '../../src/notify/outcome.ts';
import { createHttpClient } from '../../src/adapters/http-client.ts';
import { fixture, HttpWorld, MemoryFiles } from '../support/http-world.ts';
import { draft, element, sampleMessage, type SampleAlert } from '../support/integration-scene.ts';
import { SlackScene, slackOf, slackSender, VirtualClock } from '../support/slack-scene.ts';
import { integrationContract } from './integration.contract.ts';

const TOKEN = 'xoxb-hidden-token';

integrationContract({
  name: 'slack, to a webhook',
  send: (world, origin, signal) => {
    const entry = element('slack_configs', `api_url: '${origin}/services/hidden-team/hidden-path'`);
    const sender = slackSender(world, new VirtualClock());
    return sender.send(slackOf(draft(entry, sampleMessage())), { signal, mayHaveArrived: false });
  },
  accepted: (_seen, _request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('ok'),
  secrets: ['hidden-team', 'hidden-path'],
});

integrationContract({
  name: 'slack, as an app',
  send: (world, origin, signal) => {
    const yaml = `app_token: ${TOKEN}\nchannel: C0ALERTS1\napp_url: '${origin}/api/chat.postMessage'`;
    const sender = slackSender(world, new VirtualClock());
    return sender.send(slackOf(draft(element('slack_configs', yaml), sampleMessage())), {
      signal,
      mayHaveArrived: false,
    });
  },
  accepted: (_seen, _request, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true,"channel":"C1","ts":"1.1"}'),
  secrets: [TOKEN],
});

const app = async (scene: SlackScene, more = ''): Promise<ReturnType<typeof element>> =>
  element(
    'slack_configs',
    `app_token: ${TOKEN}\nchannel: '#alerts'\napp_url: '${await scene.origin()}/api/chat.postMessage'\n${more}`,
  );
/** A channel that can be searched from the start. */
const byId = async (scene: SlackScene, more = ''): Promise<ReturnType<typeof element>> =>
  element(
    'slack_configs',
    `app_token: ${TOKEN}\nchannel: C0ALERTS1\napp_url: '${await scene.origin()}/api/chat.postMessage'\n${more}`,
  );
const hook = async (scene: SlackScene, more = ''): Promise<ReturnType<typeof element>> =>
  element('slack_configs', `api_url: '${await scene.origin()}/services/T/B/hidden'\n${more}`);

let generation = 0;
function message(
  alerts: Readonly<Record<string, SampleAlert['status']>>,
  reason = 'new alerts added',
  severity = 'critical',
) {
  const list = Object.entries(alerts).map(([instance, status = 'firing']) => ({
    ...{
      status,
      labels: { alertname: 'HighLoad', instance, severity },
      annotations: { summary: `${instance} is busy` },
    },
  }));
  return sampleMessage(list, { reason, idempotencyKey: `key-${++generation}` });
}
const first = (alerts: Readonly<Record<string, SampleAlert['status']>>) => message(alerts, 'first notification');
const textOf = (args: Readonly<Record<string, unknown>>): string => String(args['text']);

describe('an episode in Slack', () => {
  it('is one message that is edited, with a thread of what changed; what fires anew opens another', async () => {
    await using scene = new SlackScene();
    const { slack } = scene;
    const entry = await app(scene);
    await scene.deliver(entry, first({ a: 'firing' }));
    await scene.deliver(entry, message({ a: 'firing', b: 'firing' }));
    await scene.deliver(entry, message({ a: 'resolved', b: 'firing' }, 'some alerts resolved'));
    await scene.deliver(entry, message({ b: 'firing' }, 'repeat interval elapsed'));
    await scene.deliver(entry, message({ b: 'resolved' }, 'all alerts resolved'));
    expect(slack.heads()).toHaveLength(1);
    const [head] = slack.heads();
    expect(textOf(head!.args)).toContain('✅ RESOLVED: HighLoad');
    expect(head!.edits).toHaveLength(4);
    expect(slack.thread(head!.ts).map(({ args }) => [textOf(args), args['reply_broadcast']])).toEqual([
      ['🔴 1 more\n•  b: b is busy', undefined],
      ['✅ 1 resolved\n•  RESOLVED a: a is busy', undefined],
      [expect.stringMatching(/^1 still firing, since <!date\^\d+\^.*>, for 4m$/), 'true'],
      ['✅ RESOLVED, after 4m', undefined],
    ]);
    await scene.deliver(entry, first({ c: 'firing' }));
    expect(slack.heads()).toHaveLength(2);
    expect(slack.thread(slack.heads()[1]!.ts)).toEqual([]);
    expect(scene.outcomes.map(({ kind, detail }) => `${kind}, ${detail}`)).toEqual([
      'delivered, posted: the first message',
      ...Array.from({ length: 3 }, () => 'delivered, edited: the episode goes on'),
      'delivered, edited: the episode ends',
      'delivered, posted: firing anew',
    ]);
    expect(slack.calls.filter(({ said }) => said !== 'ok')).toEqual([]);
  });

  it('shows in the channel as well when it gets worse', async () => {
    await using scene = new SlackScene();
    const entry = await app(scene);
    await scene.deliver(entry, message({ a: 'firing' }, 'first notification', 'warning'));
    await scene.deliver(entry, message({ b: 'firing' }, 'new alerts added', 'critical'));
    const [reply] = scene.slack.thread(scene.slack.heads()[0]!.ts);
    expect(reply!.args['reply_broadcast']).toBe('true');
  });

  it.each(['message_not_found', 'cant_update_message', 'edit_window_closed'])(
    'goes on in a new message after %s',
    async (error) => {
      await using scene = new SlackScene();
      const entry = await app(scene);
      await scene.deliver(entry, first({ a: 'firing' }));
      scene.slack.fail({ kind: 'word', method: 'chat.update', error });
      const outcome = await scene.deliver(entry, message({ a: 'firing', b: 'firing' }));
      expect(outcome.detail).toBe('posted: the last message cannot be edited');
      expect(scene.slack.heads()).toHaveLength(2);
      await scene.deliver(entry, message({ a: 'resolved', b: 'resolved' }, 'all alerts resolved'));
      expect(scene.slack.heads().map(({ edits }) => edits.length)).toEqual([0, 1]);
    },
  );

  it.each(['channel_not_found', 'not_in_channel', 'is_archived', 'channel_is_archived', 'is_inactive'])(
    'goes on in a new message when the channel of the last one is out of reach: %s',
    async (error) => {
      await using scene = new SlackScene();
      const entry = await app(scene);
      await scene.deliver(entry, first({ a: 'firing' }));
      scene.slack.fail({ kind: 'word', method: 'chat.update', error });
      expect((await scene.deliver(entry, message({ a: 'firing', b: 'firing' }))).kind).toBe('delivered');
      expect(scene.slack.heads()).toHaveLength(2);
    },
  );

  it('goes on in the channel of the same name, when the app has moved to another workspace', async () => {
    await using before = new SlackScene();
    await using after = new SlackScene({ channels: { C0MOVED11: 'alerts' } });
    await before.deliver(await app(before), first({ a: 'firing' }));
    after.memo = before.memo;
    for (const b of ['firing', 'resolved'] as const) {
      expect((await after.deliver(await app(after), message({ a: 'firing', b }))).kind).toBe('delivered');
    }
    expect(after.slack.heads('C0MOVED11').map(({ edits }) => edits.length)).toEqual([1]);
  });

  it('is refused as the channel refuses it, and goes on once the channel takes it', async () => {
    await using scene = new SlackScene();
    const entry = await app(scene);
    await scene.deliver(entry, first({ a: 'firing' }));
    scene.slack.archived.add('C0ALERTS1');
    const refused = await scene.deliver(entry, message({ a: 'firing', b: 'firing' }));
    expect(refused).toMatchObject({ kind: 'rejected', reason: 'clientError' });
    expect(refused.detail).toBe('chat.postMessage: is_archived (unarchive the channel, or name another)');
    scene.slack.archived.clear();
    expect((await scene.deliver(entry, message({ a: 'firing', b: 'firing' }))).kind).toBe('delivered');
  });

  it('opens anew in the channel it is moved to', async () => {
    await using scene = new SlackScene({ channels: { C0ALERTS1: 'alerts', C0OTHER11: 'other' } });
    await scene.deliver(await app(scene), first({ a: 'firing' }));
    const moved = await app(scene, '').then(() => scene.origin());
    const yaml = `app_token: ${TOKEN}\nchannel: other\napp_url: '${moved}/api/chat.postMessage'`;
    const outcome = await scene.deliver(element('slack_configs', yaml), message({ a: 'firing', b: 'firing' }));
    expect(outcome.detail).toBe('posted: another channel');
    expect(scene.slack.heads('C0OTHER11')).toHaveLength(1);
  });

  it('is delivered all the same when only its thread is refused', async () => {
    await using scene = new SlackScene();
    const entry = await app(scene);
    await scene.deliver(entry, first({ a: 'firing' }));
    scene.slack.fail({ kind: 'word', method: 'chat.postMessage', error: 'restricted_action' });
    const outcome = await scene.deliver(entry, message({ a: 'firing', b: 'firing' }));
    expect(outcome).toMatchObject({
      kind: 'delivered',
      detail: expect.stringContaining('did not take the reply') as string,
    });
  });
});

describe('update_message', () => {
  const mine = 'title: "{{ .Status }} {{ len .Alerts }}"';

  it('edits Alertmanager’s message without a word', async () => {
    await using scene = new SlackScene();
    const entry = await app(scene, `update_message: true\n${mine}`);
    await scene.deliver(entry, first({ a: 'firing' }));
    await scene.deliver(entry, message({ a: 'firing', b: 'firing' }));
    const [head, ...more] = scene.slack.heads();
    expect(more).toEqual([]);
    expect(head!.args['attachments']).toMatchObject([{ title: 'firing 2' }]);
    expect(scene.slack.thread(head!.ts)).toEqual([]);
    await scene.deliver(entry, message({ a: 'resolved' }, 'all alerts resolved'));
    await scene.deliver(entry, first({ a: 'firing' }));
    expect(scene.slack.heads()).toHaveLength(2);
  });

  it('is not the default: each notification is a message', async () => {
    await using scene = new SlackScene();
    const entry = await app(scene, mine);
    await scene.deliver(entry, first({ a: 'firing' }));
    await scene.deliver(entry, message({ a: 'firing', b: 'firing' }));
    expect(scene.slack.heads()).toHaveLength(2);
  });
});

describe('a message that may have arrived', () => {
  it('is found in the channel, not posted twice, when its answer was lost', async () => {
    await using scene = new SlackScene();
    const entry = await app(scene);
    await scene.deliver(entry, first({ a: 'firing' }));
    await scene.deliver(entry, message({ a: 'resolved' }, 'all alerts resolved'));
    scene.slack.fail({ kind: 'cut after', method: 'chat.postMessage' });
    const outcome = await scene.deliver(entry, first({ a: 'firing' }));
    expect(outcome.detail).toBe('found: firing anew');
    expect(scene.slack.heads()).toHaveLength(2);
    await scene.deliver(entry, message({ a: 'firing', b: 'firing' }));
    expect(scene.slack.heads()).toHaveLength(2);
    expect(scene.slack.heads()[1]!.edits).toHaveLength(1);
  });

  it('is found behind pages of what others say', async () => {
    await using scene = new SlackScene();
    const entry = await byId(scene);
    scene.slack.fail({ kind: 'cut after', method: 'chat.postMessage' });
    const fire = first({ a: 'firing' });
    expect(await scene.attempt(entry, fire)).toMatchObject({ kind: 'retry', mayHaveArrived: true });
    for (let i = 0; i < 40; i++) await scene.deliver(await app(scene, 'title: x'), first({ z: 'firing' }));
    scene.restart();
    scene.memo = null;
    expect(await scene.attempt(entry, fire, { mayHaveArrived: true })).toMatchObject({
      detail: 'found: the first message',
    });
    expect(scene.slack.called('conversations.history').length).toBe(3);
  });

  it('is edited by the generation after it, which nobody told that it arrived', async () => {
    await using scene = new SlackScene();
    const entry = await byId(scene);
    scene.slack.fail({ kind: 'cut after', method: 'chat.postMessage' });
    await scene.attempt(entry, first({ a: 'firing' }));
    // An edit alone would alarm nobody: what is new shows in the channel, once, even when its answer is lost as well.
    scene.slack.fail({ kind: 'cut after', method: 'chat.postMessage' });
    await scene.deliver(entry, first({ a: 'firing', b: 'firing' }));
    const [head, ...more] = scene.slack.heads();
    expect(more).toEqual([]);
    expect(textOf(head!.args)).toContain('FIRING 2: HighLoad a, b');
    expect(scene.slack.thread(head!.ts).map(({ args }) => [textOf(args), args['reply_broadcast']])).toEqual([
      ['🔴 1 more\n•  b: b is busy', 'true'],
    ]);
    await scene.deliver(entry, message({ a: 'firing', b: 'resolved' }, 'some alerts resolved'));
    expect(scene.slack.heads().map(({ edits }) => edits.length)).toEqual([3]);
  });

  it('is found by the third generation when the second was lost as well', async () => {
    await using scene = new SlackScene();
    const entry = await byId(scene);
    const lose = async () => {
      scene.slack.fail({ kind: 'cut after', method: 'chat.postMessage' });
      await scene.attempt(entry, first({ a: 'firing' }));
    };
    await lose();
    scene.slack.forget(scene.slack.heads()[0]!.ts);
    await lose();
    await scene.deliver(entry, first({ a: 'firing', b: 'firing' }));
    expect(scene.slack.heads()).toHaveLength(1);
  });

  it('is left alone when it told of an end', async () => {
    await using scene = new SlackScene();
    const entry = await byId(scene);
    scene.slack.fail({ kind: 'cut after', method: 'chat.postMessage' });
    await scene.attempt(entry, message({ a: 'resolved' }, 'fired and resolved while undeliverable'));
    await scene.deliver(entry, first({ a: 'firing' }));
    expect(scene.slack.heads().map(({ edits }) => edits.length)).toEqual([0, 0]);
  });

  it('is not edited in silence where no thread can tell what is new', async () => {
    await using scene = new SlackScene();
    const entry = await byId(scene, 'title: x\nupdate_message: true');
    scene.slack.fail({ kind: 'cut after', method: 'chat.postMessage' });
    await scene.attempt(entry, first({ a: 'firing' }));
    await scene.deliver(entry, first({ a: 'firing', b: 'firing' }));
    expect(scene.slack.heads().map(({ edits }) => edits.length)).toEqual([0, 0]);
  });

  it.each(['', 'title: x', 'title: x\nupdate_message: true'])(
    'is not posted twice after a restart, when nobody knows of the attempt but the memo: %j',
    async (more) => {
      await using scene = new SlackScene();
      const entry = await byId(scene, more);
      scene.slack.fail({ kind: 'cut after', method: 'chat.postMessage' });
      const fire = first({ a: 'firing' });
      expect(await scene.attempt(entry, fire)).toMatchObject({ kind: 'retry', mayHaveArrived: true });
      scene.restart();
      expect((await scene.deliver(entry, fire)).detail).toMatch(/^found: /);
      expect(scene.slack.heads()).toHaveLength(1);
    },
  );

  it('is not said twice in the thread after a restart', async () => {
    await using scene = new SlackScene();
    const entry = await app(scene);
    await scene.deliver(entry, first({ a: 'firing' }));
    const worse = message({ a: 'firing', b: 'firing' });
    scene.slack.fail({ kind: 'cut after', method: 'chat.postMessage' });
    expect(await scene.attempt(entry, worse)).toMatchObject({ kind: 'retry', mayHaveArrived: true });
    scene.restart();
    await scene.deliver(entry, worse);
    expect(scene.slack.thread(scene.slack.heads()[0]!.ts)).toHaveLength(1);
  });

  it('is left alone where each notification is a message, and when it is long ago', async () => {
    await using scene = new SlackScene();
    for (const [more, later] of [
      ['title: x', 0],
      ['', 2 * 3_600_000],
    ] as const) {
      const entry = await byId(scene, more);
      const before = scene.slack.heads().length;
      scene.slack.fail({ kind: 'cut after', method: 'chat.postMessage' });
      const lost = first({ a: 'firing' });
      await scene.attempt(entry, lost);
      await scene.deliver(entry, { ...first({ a: 'firing', b: 'firing' }), at: lost.at + later });
      expect(scene.slack.heads()).toHaveLength(before + 2);
    }
  });

  it('is not said twice in the thread', async () => {
    await using scene = new SlackScene();
    const entry = await app(scene);
    await scene.deliver(entry, first({ a: 'firing' }));
    scene.slack.fail({ kind: 'cut after', method: 'chat.postMessage' });
    await scene.deliver(entry, message({ a: 'firing', b: 'firing' }));
    expect(scene.slack.thread(scene.slack.heads()[0]!.ts)).toHaveLength(1);
  });

  it('is posted again where the app may not look, and says so', async () => {
    await using scene = new SlackScene({ scopes: ['chat:write'] });
    const entry = await app(scene);
    await scene.deliver(entry, first({ a: 'firing' }));
    await scene.deliver(entry, message({ a: 'resolved' }, 'all alerts resolved'));
    scene.slack.fail({ kind: 'cut after', method: 'chat.postMessage' });
    const outcome = await scene.deliver(entry, first({ a: 'firing' }));
    expect(outcome.detail).toMatch(
      /^posted: firing anew; not searched for an earlier copy: .*missing_scope \(needed: channels:history\)/,
    );
    expect(scene.slack.heads()).toHaveLength(3);
  });

  it('is looked for later while Slack does not let us look', async () => {
    await using scene = new SlackScene();
    const entry = await app(scene);
    await scene.deliver(entry, first({ a: 'firing' }));
    await scene.deliver(entry, message({ a: 'resolved' }, 'all alerts resolved'));
    scene.slack.fail(
      { kind: 'cut after', method: 'chat.postMessage' },
      { kind: 'status', method: 'conversations.history', status: 429, retryAfter: 30 },
    );
    await scene.deliver(entry, first({ a: 'firing' }));
    expect(scene.slack.heads()).toHaveLength(2);
    const [refused, allowed] = scene.slack.called('conversations.history');
    expect(allowed!.at - refused!.at).toBeGreaterThanOrEqual(30_000);
  });
});

describe('http_config', () => {
  const said = { 'content-type': 'application/json' };

  it('is how an app is carried: its proxy, its CA, its headers, its token', async () => {
    await using world = new HttpWorld();
    const files = new MemoryFiles({ '/etc/belfry/ca.crt': fixture('tls/ca.crt'), '/etc/belfry/token': 'xoxb-file\n' });
    await using client = createHttpClient({ files, env: {}, clock: { now: () => 0 } });
    const tls = { key: fixture('tls/server.key'), cert: fixture('tls/server.crt') };
    const origin = await world.serveTls(tls, (_seen, _request, response) => {
      response.writeHead(200, said).end('{"ok":true,"channel":"C1","ts":"1.1"}');
    });
    const proxy = await world.serveProxy(null);
    const entry = element(
      'slack_configs',
      `api_url: ${origin}/api/chat.postMessage
channel: alerts
http_config:
  proxy_url: ${proxy}
  tls_config: {ca_file: ca.crt}
  authorization: {credentials_file: token}
  http_headers: {X-Team: {values: [sre]}}`,
    );
    const sender = slackSender({ http: client, files }, new VirtualClock());
    const patient = { signal: AbortSignal.timeout(5000), mayHaveArrived: false };
    const outcome = await sender.send(slackOf(draft(entry, sampleMessage())), patient);
    expect(outcome).toMatchObject({ kind: 'delivered', memo: expect.stringContaining('"ts":"1.1"') as string });
    expect(world.proxied).toHaveLength(1);
    expect(world.seen[0]).toMatchObject({
      url: '/api/chat.postMessage',
      headers: { authorization: 'Bearer xoxb-file', 'x-team': 'sre', 'user-agent': 'Belfry/1' },
    });
  });

  it('does not keep a token that is read from a file', async () => {
    await using world = new HttpWorld();
    const files = new MemoryFiles({ token: 'one' });
    await using client = createHttpClient({ files, env: {}, clock: { now: () => 0 } });
    const origin = await world.serve((_seen, _request, response) => {
      response.writeHead(200, said).end('{"ok":false,"error":"invalid_auth"}');
    });
    const yaml = `app_token_file: token\nchannel: c\napp_url: ${origin}/chat.postMessage`;
    const sender = slackSender({ http: client, files }, new VirtualClock());
    for (const token of ['one', 'two']) {
      files.set('token', `${token}\n`);
      const made = slackOf(draft(element('slack_configs', yaml), sampleMessage()));
      await sender.send(made, { signal: AbortSignal.timeout(5000), mayHaveArrived: false });
      expect(world.seen.at(-1)!.headers.authorization).toBe(`Bearer ${token}`);
    }
    files.set('token', '');
    const made = slackOf(draft(element('slack_configs', yaml), sampleMessage()));
    expect(await sender.send(made, { signal: AbortSignal.timeout(5000), mayHaveArrived: false })).toMatchObject({
      ...{ kind: 'retry', reason: 'other', detail: 'the app_token_file is empty' },
    });
  });
});

describe('the pace of Slack', () => {
  it('is kept: one message a second to a channel, however many groups speak', async () => {
    await using scene = new SlackScene();
    const entry = await app(scene, 'title: x');
    for (let i = 0; i < 12; i++) await scene.deliver(entry, first({ [`host-${i}`]: 'firing' }));
    expect(scene.slack.heads()).toHaveLength(12);
    expect(scene.slack.calls.filter(({ said }) => said !== 'ok')).toEqual([]);
  });

  it('is kept for webhooks', async () => {
    await using scene = new SlackScene();
    const entry = await hook(scene);
    for (let i = 0; i < 5; i++) await scene.deliver(entry, first({ a: 'firing' }));
    expect(scene.slack.called('webhook').map(({ said }) => said)).toEqual(Array.from({ length: 5 }, () => 'ok'));
  });

  it.each(['app', 'webhook'] as const)('is what Slack asks for: %s', async (kind) => {
    await using scene = new SlackScene();
    const entry = kind === 'app' ? await app(scene, 'title: x') : await hook(scene);
    const method = kind === 'app' ? 'chat.postMessage' : 'webhook';
    scene.slack.fail({ kind: 'status', method, status: 429, retryAfter: 20 });
    expect(await scene.attempt(entry, first({ a: 'firing' }))).toMatchObject({
      ...{ kind: 'retry', reason: 'rateLimited', after: 20_000 },
    });
    const held = await scene.attempt(entry, first({ b: 'firing' }));
    expect(held).toMatchObject({ kind: 'retry', reason: 'rateLimited', detail: 'waits as long as Slack has asked' });
    expect(scene.slack.called(method)).toHaveLength(1);
  });

  it('holds up one channel and not another', async () => {
    await using scene = new SlackScene({ channels: { C0ALERTS1: 'alerts', C0OTHER11: 'other' } });
    const url = `app_url: '${await scene.origin()}/api/chat.postMessage'`;
    const to = (channel: string) =>
      element('slack_configs', `app_token: ${TOKEN}\nchannel: ${channel}\n${url}\ntitle: x`);
    scene.slack.fail({ kind: 'status', method: 'chat.postMessage', status: 429, retryAfter: 60 });
    await scene.attempt(to('alerts'), first({ a: 'firing' }));
    expect(await scene.attempt(to('other'), first({ a: 'firing' }))).toMatchObject({ kind: 'delivered' });
    expect(await scene.attempt(to('alerts'), first({ a: 'firing' }))).toMatchObject({ kind: 'retry' });
  });
});

describe('Turns', () => {
  /** Whoever sleeps goes on, and it is as late as it was. */
  const standing = { now: () => 1000, sleepUntil: () => Promise.resolve() };
  const line = { name: 'c', isChannel: true };
  const work = () => Promise.resolve({ kind: 'done' } as const);

  it('sits out a short wait, and asks to come back after a long one', async () => {
    const turns = new Turns(standing);
    const kinds: string[] = [];
    for (let i = 0; i < 7; i++) kinds.push((await turns.take(line, AbortSignal.timeout(1000), work)).kind);
    expect(kinds).toEqual(['done', 'done', 'done', 'done', 'done', 'done', 'retry']);
    expect(await turns.take(line, AbortSignal.timeout(1000), work)).toMatchObject({
      reason: 'rateLimited',
      after: 7000,
    });
  });

  it('keeps back those that wait, once Slack has asked to wait', async () => {
    let at = 1000;
    // Who sleeps wakes once those that are awake have done what they can.
    const sleepUntil = (end: number) =>
      end > at ? new Promise<void>((resolve) => setImmediate(resolve)) : Promise.resolve();
    const clock = {
      now: () => at,
      sleepUntil: (end: number) => sleepUntil(end).then(() => void (at = Math.max(at, end))),
    };
    const turns = new Turns(clock);
    const never = AbortSignal.timeout(10_000);
    const tooFast = () => Promise.resolve({ kind: 'retry', reason: 'rateLimited', detail: '', after: 7000 } as const);
    const [first, second, third] = await Promise.all([
      turns.take(line, never, tooFast),
      turns.take(line, never, () => expect.fail('it is posted')),
      turns.take(line, never, () => expect.fail('it is posted')),
    ]);
    expect(first).toMatchObject({ after: 7000 });
    const waits = { kind: 'retry', reason: 'rateLimited', detail: 'waits as long as Slack has asked' };
    expect([second, third]).toMatchObject([waits, waits]);
  });

  it('does nothing for who has been stopped meanwhile', async () => {
    const given = await new Turns(standing).take(line, AbortSignal.abort(), () => expect.fail('it works'));
    expect(given).toMatchObject({ kind: 'retry', reason: 'contextCanceled' });
  });
});

describe('what Slack says', () => {
  const said = async (error: string, more = 'title: x'): Promise<[Outcome, SlackScene]> => {
    const scene = new SlackScene();
    scene.slack.fail({ kind: 'word', method: 'chat.postMessage', error });
    return [await scene.attempt(await app(scene, more), first({ a: 'firing' })), scene];
  };

  it.each([
    ['ratelimited', 'retry', 'rateLimited'],
    ['internal_error', 'retry', 'serverError'],
    ['fatal_error', 'retry', 'serverError'],
    ['request_timeout', 'retry', 'serverError'],
    ['service_unavailable', 'retry', 'serverError'],
    ['invalid_auth', 'rejected', 'authError'],
    ['token_revoked', 'rejected', 'authError'],
    ['account_inactive', 'rejected', 'authError'],
    ['missing_scope', 'rejected', 'authError'],
    ['no_permission', 'rejected', 'authError'],
    ['channel_not_found', 'rejected', 'clientError'],
    ['not_in_channel', 'rejected', 'clientError'],
    ['is_archived', 'rejected', 'clientError'],
    ['never_heard_of', 'rejected', 'clientError'],
  ])('%s: %s, %s', async (error, kind, reason) => {
    const [outcome, scene] = await said(error);
    await using _ = scene;
    expect(outcome).toMatchObject({ kind, reason });
    expect(outcome.detail).toContain(error);
  });

  it.each([
    ['not_in_channel', 'invite the app to the channel'],
    ['invalid_auth', 'give app_token a token of the app'],
    ['is_archived', 'unarchive the channel'],
  ])('about %s comes with what to do', async (error, hint) => {
    const [outcome, scene] = await said(error);
    await using _ = scene;
    expect(outcome.detail).toContain(hint);
  });

  it.each(['invalid_blocks', 'msg_too_long', 'msg_blocks_too_long', 'invalid_attachments', 'too_many_attachments'])(
    'about a message it cannot take, %s, makes it plain text at once',
    async (error) => {
      const [outcome, scene] = await said(error, '');
      await using _ = scene;
      expect(outcome).toMatchObject({ kind: 'delivered', detail: expect.stringContaining(error) as string });
      const [head] = scene.slack.heads();
      expect(head!.args).toMatchObject({ blocks: [], attachments: [] });
      expect(textOf(head!.args)).toContain('FIRING: HighLoad');
    },
  );

  it('about a message that is too long for a webhook, too', async () => {
    await using scene = new SlackScene();
    const long = 'title: x\ntext: "{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}"';
    scene.slack.fail({ kind: 'word', method: 'webhook', error: 'invalid_attachments' });
    expect(await scene.attempt(await hook(scene, long), first({ a: 'firing' }))).toMatchObject({ kind: 'delivered' });
    const [, second] = scene.slack.called('webhook');
    expect(second!.args).toEqual({
      username: 'Alertmanager',
      text: expect.stringContaining('a is busy') as string,
      blocks: [],
      attachments: [],
    });
  });

  it('is believed when it is a refusal with status 200', async () => {
    await using scene = new SlackScene();
    const entry = element('slack_configs', `api_url: '${await scene.origin()}/elsewhere/hidden'`);
    const outcome = await scene.attempt(entry, first({ a: 'firing' }));
    expect(outcome).toMatchObject({
      kind: 'rejected',
      detail: expect.stringContaining('the webhook was removed') as string,
    });
  });

  it.each([
    ['', 'retry'],
    ['null', 'retry'],
    ['"ok"', 'retry'],
    ['[]', 'retry'],
    ['<html>Sign in</html>', 'retry'],
    ['{"ok":false}', 'retry'],
    ['{"ok":false,"error":{"a":1}}', 'retry'],
    ['{"ok":true', 'retry'],
    ['{"ok":true}', 'delivered'],
    ['{"ok":true,"channel":7,"ts":null}', 'delivered'],
  ])('is taken for no more than it is: %j', async (text, kind) => {
    await using world = new HttpWorld();
    const files = new MemoryFiles();
    await using client = createHttpClient({ files, env: {}, clock: { now: () => 0 } });
    const origin = await world.serve((_seen, _request, response) => {
      response.writeHead(200, { 'content-type': 'application/gzip' }).end(text);
    });
    const yaml = `app_token: ${TOKEN}\nchannel: c\napp_url: ${origin}/chat.postMessage`;
    const sender = slackSender({ http: client, files }, new VirtualClock());
    const made = slackOf(draft(element('slack_configs', yaml), sampleMessage()));
    const outcome = await sender.send(made, { signal: AbortSignal.timeout(5000), mayHaveArrived: false });
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === 'retry') expect(outcome).toMatchObject({ mayHaveArrived: true });
    else expect(outcome.memo).toBeUndefined();
  });

  it('never shows the token, even when the other side repeats it', async () => {
    await using scene = new SlackScene({ token: 'xoxb-another' });
    const outcome = await scene.attempt(await app(scene), first({ a: 'firing' }));
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'authError' });
    scene.slack.fail({ kind: 'word', method: 'chat.postMessage', error: TOKEN.replaceAll('-', '_') });
    const repeated = await scene.attempt(await app(scene), first({ a: 'firing' }));
    expect(JSON.stringify([scene.outcomes, repeated, scene.memo])).not.toContain(TOKEN);
  });

  it.each([TOKEN, encodeURIComponent('s3cret/of/the=proxy')])(
    'never shows a piece of a secret either, wherever it is cut: %s',
    async (secret) => {
      await using scene = new SlackScene();
      const proxy = `http_config: {http_headers: {X-Key: {secrets: ['s3cret/of/the=proxy']}}}`;
      for (let before = 150; before < 200; before++) {
        const messages = [`${'.'.repeat(before)}${secret}`];
        scene.slack.fail({ kind: 'word', method: 'chat.postMessage', error: 'never_heard_of', messages });
        const { detail } = await scene.attempt(await app(scene, `title: x\n${proxy}`), first({ a: 'firing' }));
        expect(detail).not.toContain(secret.slice(0, 4));
      }
    },
  );
});
