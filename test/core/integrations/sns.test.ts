import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/notify/message.ts';
import { compileElement, draft, element, sampleMessage, wireOf } from '../../support/integration-scene.ts';
import { Peer, saying } from '../../support/played.ts';

const keys = 'region: eu-west-1, access_key: AKID, secret_key: hidden-secret';
const topic = 'topic_arn: arn:aws:sns:eu-west-1:1:T';
const yaml = `${topic}\nsigv4: {${keys}}`;
const role = `${topic}\nsigv4: {${keys}, role_arn: 'arn:aws:iam::1:role/r'}`;

const form = (text: string, message: Message = sampleMessage()): ReadonlyMap<string, string> =>
  new Map(new URLSearchParams(wireOf(draft(element('sns_configs', text), message)).body));
const about = (summary: string): Message => sampleMessage([{ annotations: { summary } }]);

const error = (code: string, message: string, status = 400) =>
  saying(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    status,
  );
const published = saying(
  '<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>',
);
const handed = (key: string) =>
  saying(
    `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>hidden-key</SecretAccessKey><SessionToken>hidden&amp;token</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  );

describe('sns_configs', () => {
  const target = 'must provide either a Target ARN, Topic ARN, or Phone Number for SNS config';
  const pair = 'must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 config';

  it.each([
    [`sigv4: {${keys}}`, `1:1 ${target}`],
    [`${yaml}\nphone_number: '+1'`, `3:1 ${target}`],
    [`${yaml}\nphone_number: '+1'\ntarget_arn: a`, `3:1 ${target}`],
    [`${topic}\nsigv4: {region: r, access_key: a}`, `2:20 ${pair}`],
    [`${topic}\nsigv4: {region: r, secret_key: a}`, `2:20 ${pair}`],
    [`${topic}\nsigv4: {${keys}, external_id: e}`, '2:73 external_id can only be used with role_arn'],
  ])('refuses %j', (text, problem) => {
    expect(compileElement('sns_configs', text).problems).toEqual([problem]);
  });

  it.each([
    ['nothing', '', '    sigv4: {}\n'],
    ['null', 'sigv4:', '    sigv4: {}\n'],
    [
      'everything but keys',
      'sigv4: {service_name: q, profile: p, use_fips_sts_endpoint: true, role_arn: r, external_id: e}',
      '    sigv4:\n      profile: p\n      role_arn: r\n      external_id: e\n      use_fips_sts_endpoint: true\n      service_name: q\n',
    ],
  ])('takes a block with %s, and prints it as upstream does', (_, block, printed) => {
    const compiled = compileElement('sns_configs', `${topic}\n${block}`);
    expect(compiled.problems).toEqual([]);
    expect(compiled.printed).toContain(printed);
  });

  it.each([
    ['eu-west-1', 'amazonaws.com'],
    ['cn-north-1', 'amazonaws.com.cn'],
    ['us-gov-west-1', 'amazonaws.com'],
    ['eusc-de-east-1', 'amazonaws.eu'],
    ['us-iso-east-1', 'c2s.ic.gov'],
    ['us-isob-east-1', 'sc2s.sgov.gov'],
    ['eu-isoe-west-1', 'cloud.adc-e.uk'],
    ['us-isof-south-1', 'csp.hci.ic.gov'],
    ['xx-new-1', 'amazonaws.com'],
  ])('speaks to its region: %s', async (region, domain) => {
    const peer = new Peer();
    await peer.send(element('sns_configs', role.replace('eu-west-1, ', `${region}, `)), [handed('A'), published]);
    expect(peer.lines).toEqual([`POST https://sts.${region}.${domain}/`, `POST https://sns.${region}.${domain}/`]);
    for (const [index, service] of ['sts', 'sns'].entries()) {
      expect(peer.asked[index]!.headers['Authorization']).toContain(`/${region}/${service}/aws4_request`);
    }
  });

  it('is shown to a preview without what only this machine knows', () => {
    const { url, headers } = wireOf(draft(element('sns_configs', topic), sampleMessage()));
    expect(url).toBe('https://sns.region-of-the-machine.amazonaws.com/');
    expect(headers['Authorization']).toContain('/region-of-the-machine/sns/aws4_request');
  });

  it('is not sent without a target, or to a URL that is none', () => {
    const nowhere = element('sns_configs', `topic_arn: '{{ .CommonLabels.nope }}'\nsigv4: {${keys}}`);
    expect(draft(nowhere, sampleMessage()).draft).toMatchObject({
      kind: 'refused',
      detail: 'no usable TopicArn: it is empty',
    });
    const badly = element('sns_configs', `${yaml}\napi_url: '{{ .Status }}'`);
    expect(draft(badly, sampleMessage()).draft).toMatchObject({ kind: 'refused' });
  });

  it('names a message of a FIFO topic by what it is, so that only a second attempt is dropped', () => {
    const fifo = yaml.replace(':T', ':T.fifo');
    const [first, second] = ['key-1', 'key-2'].map((idempotencyKey) =>
      form(fifo, sampleMessage([{}], { idempotencyKey })),
    );
    expect(first!.get('MessageDeduplicationId')).toBe('key-1');
    expect(second!.get('MessageDeduplicationId')).toBe('key-2');
    expect(first!.get('MessageGroupId')).toBe(second!.get('MessageGroupId'));
    expect(form(yaml).has('MessageGroupId')).toBe(false);
  });

  it('has a subject of one line and less than a hundred characters', () => {
    const subject = `${yaml}\nsubject: '{{ .CommonAnnotations.summary }}'`;
    expect(form(subject, about(`a\r\nb\u0007${'警'.repeat(200)}`)).get('Subject')).toBe(`a b ${'警'.repeat(94)}…`);
    expect(form(subject, about(' \n ')).has('Subject')).toBe(false);
  });

  it('leaves out attributes that are empty', () => {
    const attributes = `${yaml}\nattributes: {none: '{{ .CommonLabels.nope }}', some: 'x', '{{ .CommonLabels.nope }}': y}`;
    const names = [...form(attributes)].filter(([name]) => name.startsWith('MessageAttributes'));
    expect(names).toEqual([
      ['MessageAttributes.entry.1.Name', 'some'],
      ['MessageAttributes.entry.1.Value.DataType', 'String'],
      ['MessageAttributes.entry.1.Value.StringValue', 'x'],
    ]);
  });

  it.each([
    ['a topic', yaml, 256 * 1024],
    ['a phone', `phone_number: '+1'\nsigv4: {${keys}}`, 1600],
  ])('cuts what is too long for %s, and says so', (_, text, most) => {
    const sent = form(`${text}\nmessage: '{{ .CommonAnnotations.summary }}'`, about('告警'.repeat(100_000)));
    expect(sent.get('Message')).toMatch(/^(告警)+告?…$/);
    expect(Buffer.byteLength(sent.get('Message')!)).toBeLessThanOrEqual(most);
    expect(Buffer.byteLength(sent.get('Message')!)).toBeGreaterThan(most - 30);
    expect(sent.get('MessageAttributes.entry.1.Name')).toBe('truncated');
  });

  it.each([
    [published, 'delivered', null, 'status 200: m-1'],
    [
      error('InvalidParameter', 'Invalid parameter: &quot;TopicArn&quot;'),
      'rejected',
      'clientError',
      'status 400: InvalidParameter: Invalid parameter: "TopicArn"',
    ],
    [error('SignatureDoesNotMatch', 'no', 403), 'rejected', 'authError', 'status 403: SignatureDoesNotMatch: no'],
    [error('InvalidClientTokenId', 'no'), 'rejected', 'authError', 'status 400: InvalidClientTokenId: no'],
    [error('Throttling', 'Rate exceeded'), 'retry', 'rateLimited', 'status 400: Throttling: Rate exceeded'],
    [error('RequestExpired', 'old'), 'retry', 'authError', 'status 400: RequestExpired: old'],
    [error('InternalError', 'oh', 500), 'retry', 'serverError', 'status 500: InternalError: oh'],
    [saying('<html>', 404), 'rejected', 'clientError', 'status 404: <html>'],
  ])('takes %j for %s', async (answer, kind, reason, detail) => {
    const outcome = await new Peer().send(element('sns_configs', yaml), [answer]);
    expect(outcome).toMatchObject({ kind, detail, ...(reason === null ? {} : { reason }) });
  });

  it('reads its key from a file', async () => {
    const peer = new Peer();
    peer.files.set('/etc/key', 'hidden-secret\n');
    await peer.send(element('sns_configs', yaml.replace('secret_key: hidden-secret', 'secret_key_file: /etc/key')), [
      published,
    ]);
    const inline = new Peer();
    await inline.send(element('sns_configs', yaml), [published]);
    expect(peer.asked[0]!.headers).toEqual(inline.asked[0]!.headers);
  });

  describe('with a role', () => {
    const entry = element('sns_configs', role);
    const STS = 'POST https://sts.eu-west-1.amazonaws.com/';
    const SNS = 'POST https://sns.eu-west-1.amazonaws.com/';

    it('takes it on once in a quarter of an hour, with the keys of the configuration', async () => {
      const peer = new Peer();
      await peer.send(entry, [handed('ASIA1'), published]);
      expect(peer.lines).toEqual([STS, SNS]);
      expect(peer.asked[0]!.headers['Authorization']).toContain('Credential=AKID/');
      expect(peer.asked[1]!.headers['Authorization']).toContain('Credential=ASIA1/');
      expect(peer.asked[1]!.headers['X-Amz-Security-Token']).toBe('hidden&token');
      await peer.send(entry, [published]);
      expect(peer.lines).toEqual([SNS]);
      peer.now += 14 * 60_000;
      await peer.send(entry, [handed('ASIA2'), published]);
      expect(peer.lines).toEqual([STS, SNS]);
    });

    it('takes it on anew when its keys are spent', async () => {
      const peer = new Peer();
      await peer.send(entry, [handed('ASIA1'), published]);
      const outcome = await peer.send(entry, [error('ExpiredToken', 'hidden&amp;token'), handed('ASIA2'), published]);
      expect([peer.lines, outcome.kind]).toEqual([[SNS, STS, SNS], 'delivered']);
    });

    it.each([
      [
        error('AccessDenied', 'not yours', 403),
        'rejected',
        'the role was refused: status 403: AccessDenied: not yours',
      ],
      [error('Throttling', 'slow'), 'retry', 'the role was refused: status 400: Throttling: slow'],
      [saying('<x/>'), 'rejected', 'STS handed out no keys for the role'],
    ])('sends nothing without it: %j', async (answer, kind, detail) => {
      expect(await new Peer().send(entry, [answer])).toMatchObject({ kind, detail });
    });

    it('asks the FIPS endpoint of STS when it is told to', async () => {
      const peer = new Peer();
      await peer.send(element('sns_configs', role.replace("'}", "', use_fips_sts_endpoint: true}")), [
        handed('A'),
        published,
      ]);
      expect(peer.lines[0]).toBe('POST https://sts-fips.eu-west-1.amazonaws.com/');
    });
  });
});
