// ntfy, and gateways for short messages.
import { describe, expect, it } from 'vitest';
import type { HttpPost } from '../../../src/integrations/http/request.ts';
import { canonical, signatureOf } from '../../../src/integrations/aliyunsms/render.ts';
import type { Outcome } from '../../../src/notify/outcome.ts';
import { compileElement, draft, element, NOW, postOf, sampleMessage, wireOf } from '../../support/integration-scene.ts';

const answer = (status: number, body: unknown) => ({
  status,
  headers: new Map<string, string>(),
  body: JSON.stringify(body),
  at: NOW,
  hide: String,
});

describe('ntfy_configs', () => {
  const yaml = "url: https://ntfy.example\ntopic: 'alerts-{{ .CommonLabels.alertname }}'\ntitle: T\nmessage: M";
  const sent = (more = '', status: 'firing' | 'resolved' = 'firing', severity = 'critical') =>
    wireOf(
      draft(
        element('ntfy_configs', `${yaml}\n${more}`),
        sampleMessage([{ status, labels: { alertname: 'A', severity } }]),
      ),
    );

  it('sends a title, a message, how urgent it is, and where to look', () => {
    const { url, headers, body } = sent('token: tk_1\nmarkdown: true');
    expect([url, headers['Authorization']]).toEqual(['https://ntfy.example', 'Bearer tk_1']);
    expect(JSON.parse(body)).toEqual({
      ...{ topic: 'alerts-A', title: 'T', message: 'M', priority: 5, tags: ['rotating_light'] },
      ...{ click: 'http://belfry.example', markdown: true },
    });
    expect(JSON.parse(sent('', 'firing', 'warning').body)).toMatchObject({ priority: 4 });
    expect(JSON.parse(sent('', 'resolved').body)).toMatchObject({ priority: 3, tags: ['white_check_mark'] });
  });

  it.each([
    ['2', 2],
    ['urgent', 5],
    ['{{ .CommonLabels.severity }}', 3],
  ])('reads the priority %s as %i', (text, priority) => {
    expect(JSON.parse(sent(`priority: '${text}'`).body)).toMatchObject({ priority });
  });

  it('leaves out a link that is none, and is not sent without a topic', () => {
    expect(JSON.parse(sent("click: 'javascript:alert(1)'").body)).not.toHaveProperty('click');
    const nowhere = element('ntfy_configs', "topic: '{{ .CommonLabels.nope }}'");
    expect(draft(nowhere, sampleMessage()).draft).toMatchObject({
      kind: 'refused',
      detail: 'no usable topic: it is empty',
    });
    expect(compileElement('ntfy_configs', 'title: x').problems).toEqual(['1:1 missing topic in ntfy config']);
  });
});

describe('twilio_configs', () => {
  it('says by default the headline once, and what the alert says', () => {
    const plain = 'account_sid: s\nauth_token: t\nfrom: "1"\nto: "2"';
    const alerts = [{ labels: { alertname: 'A', instance: 'a:1' }, annotations: { summary: 'It is hot' } }];
    const { body } = wireOf(draft(element('twilio_configs', plain), sampleMessage(alerts)));
    expect(new URLSearchParams(body).get('Body')).toBe('FIRING: A a:1\nIt is hot\nsince 04:56 UTC, for 4m');
  });

  const yaml = "account_sid: AC1\nauth_token: t0ken\nfrom: '+100'\nto: '+1, +2,+1, +3'\nmessage: 'M'";
  const first = (memo: string | null = null) =>
    postOf(draft(element('twilio_configs', yaml), sampleMessage(), { memo }));
  const secrets = (name: string): string => (name === 'account_sid' ? 'AC1' : 't0ken');

  /** Answers in turn; the numbers that were asked for, and what came of it. */
  function play(
    post: HttpPost,
    ...answers: readonly [number, unknown][]
  ): { asked: (string | null)[]; outcome: Outcome } {
    const asked: (string | null)[] = [];
    let next: HttpPost | Outcome = post;
    for (const [status, body] of answers) {
      if (!('write' in next)) break;
      const wire = next.write(secrets, NOW);
      if (wire.kind !== 'wire') throw new Error(wire.detail);
      asked.push(new URLSearchParams(wire.body).get('To'));
      next = next.judge!(answer(status, body))!;
    }
    if ('write' in next) throw new Error('it has more to ask');
    return { asked, outcome: next };
  }

  it('posts a form to the account, a number at a time', () => {
    const wire = wireOf(draft(element('twilio_configs', yaml), sampleMessage()));
    expect(wire).toMatchObject({
      url: 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json',
      headers: { Authorization: `Basic ${btoa('AC1:t0ken')}` },
      body: 'To=%2B1&From=%2B100&Body=M',
    });
    const { asked, outcome } = play(first(), [201, {}], [201, {}], [201, {}]);
    expect(asked).toEqual(['+1', '+2', '+3']);
    expect(outcome).toMatchObject({ kind: 'delivered', detail: 'sent to 3 of 3' });
  });

  it('goes on past a number that is refused, and says so', () => {
    const invalid = { code: 21211, message: "The 'To' number is not valid" };
    const { asked, outcome } = play(first(), [400, invalid], [201, {}], [201, {}]);
    expect(asked).toHaveLength(3);
    expect(outcome).toMatchObject({
      kind: 'delivered',
      detail: "sent to 2 of 3; +1: status 400: The 'To' number is not valid",
    });
    expect(play(first(), [400, invalid], [400, invalid], [400, invalid]).outcome).toMatchObject({ kind: 'rejected' });
  });

  it('tries again only those who have not had it', () => {
    const { outcome } = play(first(), [201, {}], [503, {}]);
    expect(outcome).toMatchObject({ kind: 'retry', memo: '{"key":"key-1","done":["+1"],"refused":[]}' });
    expect(play(first(outcome.memo), [201, {}], [201, {}]).asked).toEqual(['+2', '+3']);
    expect(first(outcome.memo).memo).toBe(outcome.memo);
  });

  it('knows at the next attempt who was refused at this one', () => {
    const invalid = { message: 'no' };
    const { outcome } = play(first(), [400, invalid], [503, {}]);
    const next = play(first(outcome.memo), [400, invalid], [400, invalid]);
    expect(next).toMatchObject({
      asked: ['+2', '+3'],
      outcome: { kind: 'rejected', detail: '+1: status 400: no; +2: status 400: no; +3: status 400: no' },
    });
  });

  it('asks nobody when a reload has taken away those who were left', () => {
    const entry = element('twilio_configs', yaml.replace('+1, +2,+1, +3', '+1'));
    const again = (memo: string | undefined): unknown =>
      postOf(draft(entry, sampleMessage(), { memo: memo ?? null })).write(secrets, NOW);
    expect(again(play(first(), [201, {}], [503, {}]).outcome.memo)).toMatchObject({
      ...{ kind: 'delivered', detail: 'sent to 1 of 1' },
    });
    expect(again(play(first(), [400, { message: 'no' }], [503, {}]).outcome.memo)).toMatchObject({
      ...{ kind: 'rejected', reason: 'clientError', detail: '+1: status 400: no' },
    });
  });

  it.each([
    '{"key":"an older one","done":["+1"],"refused":[]}',
    '{"key":"key-1","done":["+1"]}',
    '{"key":"key-1","done":[1],"refused":[]}',
    '{"key":"key-1","done":["+1"],"refused":["+1"]}',
    'null',
    'no JSON',
    '',
  ])('takes no memo for its own that is not: %j', (memo) => {
    expect(play(first(memo), [201, {}], [201, {}], [201, {}]).asked).toHaveLength(3);
  });

  it('stops at a wrong key', () => {
    const { asked, outcome } = play(first(), [401, { message: 'Authenticate' }]);
    expect([asked, outcome.kind]).toEqual([['+1'], 'rejected']);
  });
});

describe('aliyunsms_configs', () => {
  const yaml = [
    "access_key_id: id1\naccess_key_secret: s3cret\nsign_name: 贝\ntemplate_code: SMS_1\nto: '138,139'",
    "params: {name: '{{ .CommonLabels.alertname }}', what: '{{ .CommonAnnotations.summary }}'}",
  ].join('\n');

  it('signs its parameters as the example of its documentation is signed', () => {
    const example = {
      ...{ AccessKeyId: 'testId', Action: 'SendSms', Format: 'XML', OutId: '123', PhoneNumbers: '15300000001' },
      ...{
        RegionId: 'cn-hangzhou',
        SignName: '阿里云短信测试专用',
        SignatureMethod: 'HMAC-SHA1',
        SignatureVersion: '1.0',
      },
      ...{ SignatureNonce: '45e25e9b-0a6f-4070-8c85-2956eda1b466', TemplateCode: 'SMS_71390007' },
      ...{ TemplateParam: '{"customer":"test"}', Timestamp: '2017-07-12T02:42:19Z', Version: '2017-05-25' },
    };
    expect(signatureOf('GET', canonical(example), 'testSecret')).toBe('zJDF+Lrzhj/ThnlvIToysFRq6t4=');
  });

  it('fills the parameters of an approved text, 35 characters each', () => {
    const message = sampleMessage([{ annotations: { summary: 'x'.repeat(100) } }]);
    const form = new URLSearchParams(wireOf(draft(element('aliyunsms_configs', yaml), message)).body);
    expect(Object.fromEntries(form)).toMatchObject({
      ...{ PhoneNumbers: '138,139', SignName: '贝', TemplateCode: 'SMS_1', Timestamp: '2026-11-20T05:00:00Z' },
      SignatureNonce: `key-1-${NOW}`,
      TemplateParam: JSON.stringify({ name: 'HighLoad', what: `${'x'.repeat(34)}…` }),
    });
  });

  it.each([
    [{ Code: 'OK', Message: 'OK' }, 'delivered', 'OK OK'],
    [
      { Code: 'isv.BUSINESS_LIMIT_CONTROL', Message: '触发分钟级流控' },
      'retry',
      'isv.BUSINESS_LIMIT_CONTROL 触发分钟级流控',
    ],
    [{ Code: 'isv.AMOUNT_NOT_ENOUGH', Message: 'no money' }, 'rejected', 'isv.AMOUNT_NOT_ENOUGH no money'],
  ])('takes %j for %s', (body, kind, said) => {
    const { judge } = postOf(draft(element('aliyunsms_configs', yaml), sampleMessage()));
    expect(judge!(answer(200, body))).toMatchObject({ kind, detail: `status 200: ${said}` });
  });
});
