import { describe, expect, it } from 'vitest';
import { compileElement, draft, element, NOW, sampleMessage, wireOf } from '../../support/integration-scene.ts';
import { Peer, saying } from '../../support/played.ts';

const yaml = 'api_secret: secret-123\ncorp_id: corp\nto_user: "@all"\nagent_id: "7"';
const entry = element('wechat_configs', yaml);
const handed = (token: string, seconds = 7200) =>
  saying({ errcode: 0, errmsg: 'ok', access_token: token, expires_in: seconds });
const well = saying({ errcode: 0, errmsg: 'ok', msgid: 'm' });
const said = (errcode: number, errmsg = 'because') => saying({ errcode, errmsg });
const GET = 'GET https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=corp&corpsecret=secret-123';
const send = (token: string): string => `POST https://qyapi.weixin.qq.com/cgi-bin/message/send?access_token=${token}`;

describe('wechat_configs', () => {
  it.each([
    ['corp_id: c', '1:1 no global Wechat Api Secret set either inline or in a file'],
    ['api_secret: s', '1:1 no global Wechat CorpID set'],
    [`${yaml}\napi_secret_file: f`, '5:1 at most one of api_secret & api_secret_file must be configured'],
    [`${yaml}\nmessage_type: card`, '5:15 weChat message type "card" does not match valid options ^(text|markdown)$'],
    [`${yaml}\napi_url: x`, '5:10 invalid URL: unsupported scheme "" for URL'],
  ])('refuses %j', (text, problem) => {
    expect(compileElement('wechat_configs', text).problems).toEqual([problem]);
  });

  it('takes what it has not from `global`', () => {
    const global = 'wechat_api_url: http://wc.example\nwechat_api_secret: s3cret\nwechat_api_corp_id: all';
    const shared = element('wechat_configs', 'to_user: me', { global });
    expect(wireOf(draft(shared, sampleMessage()), NOW, new Map([['access_token', 't/1']])).url).toBe(
      'http://wc.example/message/send?access_token=t%2F1',
    );
  });

  it.each([
    ['text', /^FIRING: A \[x\]\(http:..evil\) \(page\)\nsince /],
    ['markdown', /^\*\*FIRING: A ［x］\(http:..evil\) \(page\)\*\*\n\n\*\*\[［x］/],
  ])('says the headline once to a receiver with a language: %s', (type, expected) => {
    const worded = element('wechat_configs', `${yaml}\nmessage_type: ${type}`, { receiver: 'language: en' });
    const alerts = [{ labels: { alertname: 'A', instance: '[x](http://evil)', severity: 'page' } }];
    const { body } = wireOf(draft(worded, sampleMessage(alerts)), NOW, new Map([['access_token', 't']]));
    const { [type]: said } = JSON.parse(body) as Record<string, { readonly content: string }>;
    expect(said!.content).toMatch(expected);
    expect(said!.content.match(/FIRING/g)).toHaveLength(1);
  });

  it('asks for a token once, and again when its time is up', async () => {
    const peer = new Peer();
    expect(await peer.send(entry, [handed('one'), well])).toMatchObject({
      kind: 'delivered',
      detail: 'status 200: 0 ok',
    });
    expect(peer.lines).toEqual([GET, send('one')]);
    await peer.send(entry, [well]);
    expect(peer.lines).toEqual([send('one')]);
    peer.now += 6900 * 1000;
    await peer.send(entry, [handed('two'), well]);
    expect(peer.lines).toEqual([GET, send('two')]);
  });

  it('has a token for each secret', async () => {
    const peer = new Peer();
    await peer.send(entry, [handed('one'), well]);
    await peer.send(element('wechat_configs', yaml.replace('secret-123', 'secret-456')), [handed('two'), well]);
    expect(peer.lines[1]).toBe(send('two'));
  });

  it.each([40014, 42001])('asks for a new one and sends once more when the old one is spent: %i', async (code) => {
    const peer = new Peer();
    await peer.send(entry, [handed('one'), well]);
    expect(await peer.send(entry, [said(code), handed('two'), well])).toMatchObject({ kind: 'delivered' });
    expect(peer.lines).toEqual([send('one'), GET, send('two')]);
    await peer.send(entry, [well]);
    expect(peer.lines).toEqual([send('two')]);
  });

  it('keeps none that is bad at once, and tries again later', async () => {
    const peer = new Peer();
    const outcome = await peer.send(entry, [handed('hidden-token'), said(42001, 'hidden-token expired')]);
    expect(outcome).toMatchObject({ kind: 'retry', detail: 'status 200: 42001 <secret> expired' });
    expect(JSON.stringify(outcome)).not.toContain('hidden-token');
    await peer.send(entry, [handed('two'), well]);
    expect(peer.lines).toEqual([GET, send('two')]);
  });

  it.each([
    [said(40001, 'invalid credential'), 'rejected', 'authError', 'status 200: 40001 invalid credential'],
    [
      said(45009, 'reach max api daily quota limit'),
      'retry',
      'rateLimited',
      'status 200: 45009 reach max api daily quota limit',
    ],
    [saying({ errcode: 0, errmsg: 'ok' }), 'rejected', 'authError', 'the API handed out no access_token'],
    [saying('down', 502), 'retry', 'serverError', 'status 502: down'],
  ])('sends nothing without a token: %j', async (answer, kind, reason, detail) => {
    const peer = new Peer();
    expect(await peer.send(entry, [answer])).toMatchObject({ kind, reason, detail });
    expect(peer.lines).toEqual([GET]);
  });

  it.each([
    [said(-1, 'system error'), 'retry', 'status 200: -1 system error', null],
    [said(45009, 'api freq out of limit'), 'retry', 'status 200: 45009 api freq out of limit', 60_000],
    [
      said(81013, 'user & party & tag all invalid'),
      'rejected',
      'status 200: 81013 user & party & tag all invalid',
      null,
    ],
    [saying({ errcode: 0, errmsg: 'ok', invaliduser: 'a|b' }), 'delivered', 'status 200: 0 ok; invaliduser a|b', null],
    [saying('<html>'), 'rejected', 'status 200: <html>', null],
    [saying('', 500), 'retry', 'status 500', null],
  ])('takes %j for %s', async (answer, kind, detail, after) => {
    expect(await new Peer().send(entry, [handed('one'), answer])).toMatchObject({
      ...{ kind, detail, ...(kind === 'retry' ? { after } : {}) },
    });
  });

  it.each(['text', 'markdown'])('cuts %s at 2048 bytes', (type) => {
    const message = sampleMessage([{ annotations: { summary: '告警'.repeat(2000) } }]);
    const long = element(
      'wechat_configs',
      `${yaml}\nmessage_type: ${type}\nmessage: '{{ .CommonAnnotations.summary }}'`,
    );
    const body = JSON.parse(wireOf(draft(long, message), NOW, new Map([['access_token', 't']])).body) as Record<
      string,
      { content: string }
    >;
    expect(body[type]!.content).toMatch(/^告警.*…$/);
    expect(Buffer.byteLength(body[type]!.content)).toBeLessThanOrEqual(2048);
    expect(Buffer.byteLength(body[type]!.content)).toBeGreaterThan(2040);
  });
});
