import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signatureHeaders } from '../../../src/integrations/webhook/signature.ts';
import { compileElement, draft, element, sampleMessage, wireOf } from '../../support/integration-scene.ts';

const AT = Date.UTC(2026, 10, 20, 5, 0, 0, 700);
const sent = (yaml: string) =>
  wireOf(draft(element('webhook_configs', `url: http://h/\n${yaml}`), sampleMessage()), AT);
const mac = (key: string | Uint8Array, text: string) => createHmac('sha256', key).update(text);

describe('a signed webhook', () => {
  it('is signed as Standard Webhooks has it: id, time and body, by the old key too while keys change', () => {
    const { headers, body } = sent('signature: {secret: new, old_secret: whsec_b2xk}');
    const text = `key-1.${Math.floor(AT / 1000)}.${body}`;
    expect(headers).toMatchObject({
      'webhook-id': 'key-1',
      'webhook-timestamp': '1795150800',
      'webhook-signature': `v1,${mac('new', text).digest('base64')} v1,${mac('old', text).digest('base64')}`,
    });
  });

  it('is signed as the example of Standard Webhooks is', () => {
    const what = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_000, body: '{"test": 2432232314}' };
    expect(signatureHeaders('standard', ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], what)).toMatchObject({
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is signed as GitHub signs', () => {
    const { headers, body } = sent('signature: {style: github, secret: s3cret}');
    expect(headers).toMatchObject({ 'X-Hub-Signature-256': `sha256=${mac('s3cret', body).digest('hex')}` });
    expect(headers).not.toHaveProperty('webhook-id');
  });

  it('needs a key, and shows none', () => {
    expect(compileElement('webhook_configs', 'url: http://h/\nsignature: {style: standard}').problems).toEqual([
      '2:1 one of secret or secret_file must be configured in signature',
    ]);
    expect(compileElement('webhook_configs', 'url: http://h/\nsignature: {style: md5, secret: x}').problems).toEqual([
      '2:20 unknown style "md5"',
    ]);
    const { printed } = compileElement('webhook_configs', 'url: http://h/\nsignature: {secret: s3cret}');
    expect(printed).toMatch(/# *signature:\n *# *style: standard\n *# *secret: <secret>/);
    expect(printed).not.toContain('s3cret');
  });
});
