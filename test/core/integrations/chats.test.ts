// Mattermost and Rocket.Chat: what recordings of Alertmanager do not show.
import { describe, expect, it } from 'vitest';
import { compileElement, draft, element, sampleMessage, wireOf } from '../../support/integration-scene.ts';
import { Peer, saying } from '../../support/played.ts';

const long = sampleMessage([{ annotations: { summary: '"告警\n'.repeat(20_000) } }]);

describe('mattermost_configs', () => {
  const hook = 'webhook_url: http://mm.example/hooks/h';

  it.each([
    ['title: x', '1:1 missing webhook_url or webhook_url_file on mattermost_config'],
    [`${hook}\nwebhook_url_file: f`, '2:1 at most one of webhook_url & webhook_url_file must be configured'],
    [`${hook}\nfields: [{value: v}]`, '2:10 missing title in Mattermost field configuration'],
    [`${hook}\nattachments: [{fields: [{title: t}]}]`, '2:25 missing value in Mattermost field configuration'],
    [`${hook}\nprops: {cart: x}`, '2:9 unknown field "cart" in receivers[0].mattermost_configs[0].props'],
  ])('refuses %j', (yaml, problem) => {
    expect(compileElement('mattermost_configs', yaml).problems).toEqual([problem]);
  });

  it('takes the hook of `global`', () => {
    const global = 'mattermost_webhook_url: http://mm.example/hooks/all';
    expect(wireOf(draft(element('mattermost_configs', 'title: x', { global }), sampleMessage())).url).toBe(
      'http://mm.example/hooks/all',
    );
  });

  it('cuts a text at 16383 characters', () => {
    const yaml = `${hook}\ntext: '{{ .CommonAnnotations.summary }}'`;
    const { attachments } = JSON.parse(wireOf(draft(element('mattermost_configs', yaml), long)).body) as {
      attachments: { text: string }[];
    };
    expect([...attachments[0]!.text]).toHaveLength(16_383);
    expect(attachments[0]!.text.endsWith('…')).toBe(true);
  });

  it('cuts all texts where they are too much together', () => {
    const one = "{text: '{{ .CommonAnnotations.summary }}'}";
    const yaml = `${hook}\nattachments: [${Array.from({ length: 20 }, () => one).join(', ')}]`;
    const { body } = wireOf(draft(element('mattermost_configs', yaml), long));
    expect(Buffer.byteLength(body)).toBeGreaterThan(150_000);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(300_000);
  });

  it('says what it has to say when a template fails, and which', () => {
    const yaml = `${hook}\ntext: '{{ .Nope }}'\nfooter: 'by us'`;
    const { body } = wireOf(draft(element('mattermost_configs', yaml), sampleMessage()));
    expect(body).toContain('HighLoad');
    expect(body).toContain('Nope');
    expect(body).toContain('by us');
  });

  it.each([
    [200, 'ok', 'delivered', 'status 200: ok'],
    [400, { message: 'Invalid webhook.', id: 'web.x' }, 'rejected', 'status 400: Invalid webhook.'],
    [403, { message: 'This channel is archived.' }, 'rejected', 'status 403: This channel is archived.'],
    [429, 'limit exceeded', 'retry', 'status 429: limit exceeded'],
    [500, { message: 'out of order' }, 'retry', 'status 500: out of order'],
  ])('takes %i %j for %s', async (status, body, kind, detail) => {
    const outcome = await new Peer().send(element('mattermost_configs', hook), [saying(body, status)]);
    expect(outcome).toMatchObject({ kind, detail });
  });
});

describe('rocketchat_configs', () => {
  const user = 'api_url: https://chat.example/team\ntoken: tok-123\ntoken_id: id-123';

  it.each([
    ['token: x', 'no global Rocketchat TokenID set either inline or in a file'],
    ['token_id: x', 'no global Rocketchat Token set either inline or in a file'],
    [`${user}\ntoken_file: f`, 'at most one of token & token_file must be configured'],
    [`${user}\ntoken_id_file: f`, 'at most one of token_id & token_id_file must be configured'],
  ])('refuses %j', (yaml, problem) => {
    expect(compileElement('rocketchat_configs', yaml).problems.map((text) => text.replace(/^\S+ /, ''))).toEqual([
      problem,
    ]);
  });

  it('takes server and user of `global`, and posts as that user', () => {
    const global = 'rocketchat_token: all-token\nrocketchat_token_id_file: /etc/id';
    const { url, headers } = wireOf(draft(element('rocketchat_configs', 'title: x', { global }), sampleMessage()));
    expect(url).toBe('https://open.rocket.chat/api/v1/chat.postMessage');
    expect(headers).toMatchObject({ 'X-Auth-Token': 'all-token', 'X-User-Id': '<token_id>' });
  });

  it('sends what an action says beside its words', () => {
    const action =
      '{text: a, imageurl: http://i, iswebview: true, webviewheightratio: full, msgprocessingtype: sendMessage}';
    const { body } = wireOf(draft(element('rocketchat_configs', `${user}\nactions: [${action}]`), sampleMessage()));
    expect(JSON.parse(body)).toMatchObject({
      attachments: [
        {
          actions: [
            {
              ...{ type: 'button', text: 'a', image_url: 'http://i', is_webview: true, webview_height_ratio: 'full' },
              ...{ msg_in_chat_window: false, msg_processing_type: 'sendMessage' },
            },
          ],
        },
      ],
    });
  });

  const limited =
    'Error, too many requests. Please slow down. You must wait 20 seconds before trying this endpoint again. [error-too-many-requests]';

  it.each([
    [200, { success: true, ts: 1 }, 'delivered', null],
    [200, { success: false, error: 'error-room-not-found' }, 'rejected', 'status 200: error-room-not-found'],
    [200, '<html>login</html>', 'retry', 'status 200: <html>login</html>'],
    [401, { status: 'error', message: 'You must be logged in to do this.' }, 'rejected', null],
    [400, { success: false, error: '[invalid-channel]' }, 'rejected', 'status 400: [invalid-channel]'],
  ])('takes %i %j for %s', async (status, body, kind, detail) => {
    const outcome = await new Peer().send(element('rocketchat_configs', user), [saying(body, status)]);
    expect(outcome).toMatchObject({ kind, ...(detail === null ? {} : { detail }) });
  });

  it.each([200, 400, 429])('waits as long as it is told to, with %i', async (status) => {
    const answer = saying({ success: false, error: limited }, status);
    expect(await new Peer().send(element('rocketchat_configs', user), [answer])).toMatchObject({
      ...{ kind: 'retry', reason: 'rateLimited', after: 20_000 },
    });
  });
});
