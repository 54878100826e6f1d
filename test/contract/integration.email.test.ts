import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMemory } from '../../src/integrations/email/memory.ts';
import type { Phase } from '../../src/integrations/email/send-failure.ts';
import type { MailSenderParts } from '../../src/integrations/email/send.ts';
import { Labels } from '../../src/model/labels.ts';
import type { Message } from '../../src/notify/message.ts';
import type { Outcome } from '../../src/notify/outcome.ts';
import { sampleMessage } from '../support/integration-scene.ts';
import { mailOf, mailSender, OUR_CA, smarthostYaml } from '../support/mail-scene.ts';
import { CRAM_SECRET, headerOf, isRight, PASSWORD, SmtpWorld } from '../support/smtp-world.ts';

const OPEN = 'require_tls: false';
const SECURE = `tls_config: {ca_file: ${OUR_CA}}`;
const LOGIN = `auth_username: belfry\nauth_password: ${PASSWORD}`;
const THREE = 'to: a@example.org, b@example.org, c@example.org';

let world: SmtpWorld;
beforeEach(() => {
  world = new SmtpWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

interface Sending extends Partial<MailSenderParts> {
  readonly signal?: AbortSignal;
  readonly memo?: string | null;
  readonly message?: Message;
}

async function send(
  port: number,
  more: string,
  { signal, memo = null, message = sampleMessage(), ...parts }: Sending = {},
): Promise<Outcome> {
  using sender = mailSender(parts);
  const mail = mailOf(smarthostYaml(port, more), message, { memo });
  const outcome = await sender.send(mail, { signal: signal ?? AbortSignal.timeout(10_000), mayHaveArrived: false });
  for (const secret of [PASSWORD, CRAM_SECRET, Buffer.from(PASSWORD).toString('base64')]) {
    expect(outcome.detail).not.toContain(secret);
  }
  return outcome;
}

/** What it says of a failure that is neither the server's answer nor a matter of time. */
function inTrouble(outcome: Outcome): string {
  expect(outcome).toMatchObject({ kind: 'retry', reason: 'other', after: null, mayHaveArrived: false });
  return outcome.detail;
}

describe('a mail, handed to a server', () => {
  it('arrives once, text before HTML', async () => {
    const port = await world.serve();
    expect(await send(port, `${OPEN}\ntext: words\nhtml: <b>words</b>`)).toEqual({
      ...{ kind: 'delivered', detail: 'accepted: 250 Ok: queued as 1' },
      memo: '{"thread":{"id":"<key-1@example.org>","stem":"HighLoad","state":"open"},"progress":null}',
    });
    expect(world.received).toMatchObject([{ from: 'belfry@example.org', to: ['oncall@example.org'], user: null }]);
    const { raw } = world.received[0]!;
    expect(raw.match(/^Content-Type: .*(?:\r\n .*)*/gm)).toEqual([
      'Content-Type: multipart/alternative; boundary="--_NmP-key-1-Part_1"',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Type: text/html; charset=utf-8',
    ]);
    const [mail] = await world.mails();
    expect(mail).toMatchObject({ text: 'words\n', html: '<b>words</b>\n' });
    expect(headerOf(mail!, 'message-id')).toBe('<key-1@example.org>');
  });

  it('has a boundary as short as RFC 2046 wants it, whatever its key', async () => {
    const message = sampleMessage([{}], { idempotencyKey: '0123456789abcdef'.repeat(4) });
    const port = await world.serve();
    await send(port, OPEN, { message });
    await send(port, OPEN, { message });
    const [first, second] = world.received.map(
      ({ raw }) => /^Content-Type: multipart\/alternative;\s+boundary="(.*)"\r$/m.exec(raw)?.[1],
    );
    expect(first!.length).toBeLessThanOrEqual(70);
    expect(second).toBe(first);
    expect((await world.mails())[0]).toMatchObject({
      text: expect.stringContaining('HighLoad') as string,
      html: expect.stringContaining('HighLoad') as string,
    });
  });

  it('comes again byte for byte, whenever it has to', async () => {
    const port = await world.serve();
    await send(port, OPEN);
    await send(port, OPEN);
    expect(world.received[0]!.raw.replace(/^Received:.*$/m, '')).toBe(
      world.received[1]!.raw.replace(/^Received:.*$/m, ''),
    );
  });

  it('brings dots, long lines and every script through unharmed', async () => {
    const port = await world.serve();
    const words = ['.', '..', '.hidden', 'x'.repeat(5000), '中文告警 🔥', 'From here', 'a=b=3D'].join('\n');
    await send(port, `${OPEN}\nhtml: ''\ntext: ${JSON.stringify(words)}`);
    const [mail] = await world.mails();
    expect(mail!.text!.replaceAll('\r\n', '\n').trimEnd()).toBe(words);
    expect(Math.max(...world.received[0]!.raw.split('\r\n').map((line) => line.length))).toBeLessThan(999);
  });
});

describe('the head of a mail, on the wire', () => {
  const headOf = async (more: string, over: Parameters<typeof sampleMessage>[1]): Promise<readonly string[]> => {
    await send(await world.serve(), `${OPEN}\n${more}`, { message: sampleMessage([{}], over) });
    const { raw } = world.received.at(-1)!;
    return raw.slice(0, raw.indexOf('\r\n\r\n')).split(/\r\n(?![ \t])/);
  };
  const lineOf = async (name: string, over: Parameters<typeof sampleMessage>[1]): Promise<string | undefined> =>
    (await headOf('', over)).find((line) => line.startsWith(`${name}: `));
  const unfolded = (line: string | undefined): string => (line ?? '').replaceAll('\r\n', '');
  const LONG = 'a-long-name-'.repeat(30);

  it.each([
    ['team-x', 'List-Id: "team-x" <team-x.belfry.example.org>'],
    ['Team A/B', 'List-Id: "Team A/B" <team-a-b.belfry.example.org>'],
    ['ops, "night" (1.2)', 'List-Id: "ops,  night  (1.2)" <ops-night-1-2.belfry.example.org>'],
    ['值班 x', 'List-Id: =?UTF-8?Q?=E5=80=BC=E7=8F=AD_x?= <x.belfry.example.org>'],
    ['=?UTF-8?Q?x?=', 'List-Id: =?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fx=3F=3D?= <utf-8-q-x.belfry.example.org>'],
    ['a\r\nBcc: b@example.org', 'List-Id: "a Bcc: b@example.org" <a-bcc-b-example-org.belfry.example.org>'],
    [LONG, 'List-Id: =?UTF-8?Q?a-long-name-'],
  ])('names the list of %j as filters look for it', async (receiver, start) => {
    const line = await lineOf('List-Id', { receiver });
    expect(unfolded(line).slice(0, start.length)).toBe(start);
    expect(unfolded(line)).toMatch(/ <[a-z0-9-]{1,63}\.belfry\.example\.org>$/);
    expect(line!.split('\r\n').every((each) => each.length <= 998)).toBe(true);
  });

  it.each([
    [{ alertname: 'DiskFull' }, 'X-Belfry-Group: alertname="DiskFull"'],
    [{ a: 'x "y" \\' }, 'X-Belfry-Group: a="x \\"y\\" \\\\"'],
    [{ a: 'ü' }, 'X-Belfry-Group: =?UTF-8?Q?a=3D=22=C3=BC=22?='],
    [{ a: 'b', c: '=?UTF-8?Q?x?=' }, 'X-Belfry-Group: =?UTF-8?Q?'],
    [{ a: 'word '.repeat(100) }, `X-Belfry-Group: a="${'word '.repeat(100)}"`],
    [{ a: 'x'.repeat(2000) }, `X-Belfry-Group: =?UTF-8?Q?a=3D=22${'x'.repeat(10)}`],
    [{ a: `x${' '.repeat(200)}y` }, 'X-Belfry-Group: =?UTF-8?Q?a=3D=22x____'],
  ])('names the group %j', async (labels, start) => {
    const line = await lineOf('X-Belfry-Group', { groupLabels: Labels.of(Object.entries(labels)) });
    expect(unfolded(line).slice(0, start.length)).toBe(start);
    const folded = line!.split('\r\n');
    expect(folded.slice(1).every((each) => /^[ \t]+[^ \t]/.test(each) && each.length <= 78)).toBe(true);
    expect(folded.every((each) => /^[ -~\t]*$/.test(each))).toBe(true);
  });

  it('brings the user’s own headers as upstream writes them', async () => {
    const own = `headers:
  x-team-id: 'the "night" team'
  X-Word: 'Zoë'
  X-Encoded: '=?utf-8?q?Zo=C3=AB?='
  list-id: 'Ours <ours.example.org>'
  bcc: hidden@example.org
  subject: 'say "hello"'`;
    const head = await headOf(own, {});
    expect(head).toEqual(
      expect.arrayContaining([
        'X-Team-Id: the "night" team',
        'X-Word: =?UTF-8?Q?Zo=C3=AB?=',
        'X-Encoded: =?utf-8?q?Zo=C3=AB?=',
        'List-Id: Ours <ours.example.org>',
        'Subject: say "hello"',
      ]),
    );
    expect(head.join('\n')).not.toContain('hidden@example.org');
    const names = head.map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('TLS', () => {
  it('is begun by STARTTLS, and asked for unless the file says otherwise', async () => {
    const port = await world.serve();
    expect(await send(port, SECURE)).toMatchObject({ kind: 'delivered' });
    expect(await send(port, OPEN)).toMatchObject({ kind: 'delivered' });
    expect(world.received).toMatchObject([{ isSecure: true, servername: 'localhost' }, { isSecure: false }]);
  });

  it('is there from the start where that is asked for', async () => {
    const port = await world.serve({ options: { secure: true } });
    expect(await send(port, `${SECURE}\nforce_implicit_tls: true`)).toMatchObject({ kind: 'delivered' });
    expect(world.received).toMatchObject([{ isSecure: true, servername: 'localhost' }]);
  });

  it.each([
    ['a server that nobody vouches for', '', /: see ca_file and server_name in tls_config$/],
    ['another name', `tls_config: {ca_file: ${OUR_CA}, server_name: elsewhere.example}`, /see ca_file and server_name/],
    ['a version too new for the server', `tls_config: {ca_file: ${OUR_CA}, min_version: TLS13}`, /the greeting/],
    ['a CA file that is not there', 'tls_config: {ca_file: nowhere.pem}', /^unable to read the CA certificate/],
  ])('refuses %s, and tries again later', async (_what, more, detail) => {
    const port = await world.serve({ options: { maxVersion: 'TLSv1.2' } });
    expect(inTrouble(await send(port, more))).toMatch(detail);
    expect(world.received).toEqual([]);
  });

  it('takes a server unseen when told to', async () => {
    expect(await send(await world.serve(), 'tls_config: {insecure_skip_verify: true}')).toMatchObject({
      kind: 'delivered',
    });
  });

  it('is not done without when somebody takes STARTTLS out of the greeting', async () => {
    const port = await world.serve({ options: { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] } });
    const outcome = await send(port, SECURE);
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'other' });
    expect(outcome.detail).toMatch(/^'require_tls' is true \(default\) but .* does not offer STARTTLS/);
    expect(outcome.detail).toContain('force_implicit_tls: true');
    expect(world.received).toEqual([]);
  });

  it('says what to change when the port speaks the other kind', async () => {
    const starttls = await world.serve();
    expect((await send(starttls, `${SECURE}\nforce_implicit_tls: true`)).detail).toContain('force_implicit_tls: false');
    const implicit = await world.serve({ options: { secure: true } });
    expect((await send(implicit, SECURE, { deadlines: { greeting: 100 } })).detail).toContain(
      'force_implicit_tls: true',
    );
  });
});

describe('the login', () => {
  const secret = `auth_secret: ${CRAM_SECRET}`;
  it.each([
    ['PLAIN', ['PLAIN', 'LOGIN'], LOGIN],
    ['LOGIN', ['LOGIN', 'PLAIN'], LOGIN],
    ['CRAM-MD5', ['CRAM-MD5', 'PLAIN'], `${LOGIN}\n${secret}`],
    ['PLAIN', ['CRAM-MD5', 'XOAUTH2', 'PLAIN'], LOGIN],
    ['CRAM-MD5', ['PLAIN', 'CRAM-MD5'], `auth_username: belfry\n${secret}`],
  ] as const)('goes by %s where the server offers %j', async (method, authMethods, login) => {
    const used: string[] = [];
    const port = await world.serve({
      options: {
        authMethods: [...authMethods],
        authOptional: false,
        onAuth: (login, _session, done) => {
          used.push(login.method);
          if (isRight(login)) done(null, { user: login.username });
          else done(new Error('wrong'));
        },
      },
    });
    expect(await send(port, `${SECURE}\n${login}`)).toMatchObject({ kind: 'delivered' });
    expect(used).toEqual([method]);
    expect(world.received).toMatchObject([{ user: 'belfry', isSecure: true }]);
  });

  it('names the identity', async () => {
    const port = await world.serveScript({
      ...{ greeting: '220 hi', EHLO: '250-hi\r\n250 AUTH PLAIN', AUTH: '235 ok' },
      ...{ MAIL: '250 ok', RCPT: '250 ok', DATA: '354 go', '.': '250 ok' },
    });
    await send(port, `${OPEN}\n${LOGIN}\nauth_identity: boss`);
    const sent = world.heard.find((line) => line.startsWith('AUTH PLAIN '))!.slice('AUTH PLAIN '.length);
    expect(Buffer.from(sent, 'base64').toString()).toBe(`boss\0belfry\0${PASSWORD}`);
  });

  it('is refused for good by the server, in its words', async () => {
    const port = await world.serve();
    const outcome = await send(port, `${SECURE}\nauth_username: belfry\nauth_password: wrong-password`);
    expect(outcome).toEqual({ kind: 'rejected', reason: 'authError', detail: '535 5.7.8 authentication failed' });
  });

  it('is not told from what the server repeats, wherever its words are cut', async () => {
    for (let room = 2; room < 16; room++) {
      const answer = `535 ${'x'.repeat(296 - room)}${PASSWORD} is not right`;
      const port = await world.serveScript({ greeting: '220 hi', EHLO: '250-hi\r\n250 AUTH PLAIN', AUTH: answer });
      const outcome = await send(port, `${OPEN}\n${LOGIN}`);
      expect(outcome.detail).toContain('xxx');
      expect(outcome.detail.slice(-room)).not.toContain(PASSWORD.slice(0, 3));
    }
  });

  it('never shows a password to the network, but to this machine', async () => {
    const script = { greeting: '220 hi', EHLO: '250-hi\r\n250 AUTH LOGIN PLAIN', MAIL: '250 ok', RCPT: '250 ok' };
    const port = await world.serveScript({ ...script, AUTH: '235 ok', DATA: '354 go', '.': '250 ok' }, '127.0.0.2');
    // 127.0.0.2 is this machine too, which nothing but its owner knows.
    const outcome = await send(port, `${OPEN}\n${LOGIN}\nsmarthost: 127.0.0.2:${port}`);
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'authError' });
    expect(outcome.detail).toContain('the connection is not encrypted');
  });

  it('is left out where the server asks for none, as upstream has it', async () => {
    const port = await world.serve({ options: { disabledCommands: ['AUTH'] } });
    expect(await send(port, `${SECURE}\n${LOGIN}`)).toMatchObject({ kind: 'delivered' });
  });

  it('reads its password file at each attempt', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'belfry-mail-'));
    try {
      const file = join(folder, 'password');
      const port = await world.serve();
      const more = `${SECURE}\nauth_username: belfry\nauth_password_file: ${file}`;
      expect(inTrouble(await send(port, more))).toContain('auth_password_file');
      await writeFile(file, '\n');
      expect(inTrouble(await send(port, more))).toBe('the auth_password_file is empty');
      await writeFile(file, 'old-password\n');
      expect(await send(port, more)).toMatchObject({ kind: 'rejected', reason: 'authError' });
      await writeFile(file, `${PASSWORD}\n`);
      expect(await send(port, more)).toMatchObject({ kind: 'delivered' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the recipients of a mail', () => {
  it('get it beside one who is refused', async () => {
    const port = await world.serve({ recipient: (who) => (who.startsWith('b@') ? '550 5.1.1 no such user' : null) });
    expect(await send(port, `${OPEN}\n${THREE}`)).toMatchObject({
      kind: 'delivered',
      detail: 'accepted for 2 of 3: 250 Ok: queued as 1; b@example.org: 550 5.1.1 no such user',
    });
    expect(world.received.map(({ to }) => to)).toEqual([['a@example.org', 'c@example.org']]);
  });

  it('who are all refused reject it, in the words of the server', async () => {
    const port = await world.serve({ recipient: () => '550 5.7.1 not here' });
    expect(await send(port, OPEN)).toEqual({
      ...{ kind: 'rejected', reason: 'clientError', detail: 'oncall@example.org: 550 5.7.1 not here' },
    });
  });

  it('who are to come later are all that the next attempt asks for', async () => {
    let greylisted = true;
    const asked: string[] = [];
    const port = await world.serve({
      recipient: (who) => {
        asked.push(who[0]!);
        if (who.startsWith('a@')) return '550 5.1.1 no such user';
        return who.startsWith('b@') && greylisted ? '450 4.2.0 greylisted' : null;
      },
    });
    const first = await send(port, `${OPEN}\n${THREE}`);
    expect(first).toMatchObject({ kind: 'retry', reason: 'serverError', after: 60_000, mayHaveArrived: false });
    expect(first.detail).toBe(
      'accepted for 1 of 3: 250 Ok: queued as 1; a@example.org: 550 5.1.1 no such user; b@example.org later: 450 4.2.0 greylisted',
    );
    greylisted = false;
    const second = await send(port, `${OPEN}\n${THREE}`, { memo: first.memo! });
    expect(second).toMatchObject({ kind: 'delivered' });
    expect(second.detail).toContain('accepted for 2 of 3');
    expect(asked.join('')).toBe('abcb');
    expect(world.received.map(({ to }) => to)).toEqual([['c@example.org'], ['b@example.org']]);
    const ids = (await world.mails()).map((mail) => mail.messageId);
    expect(ids).toEqual(['<key-1@example.org>', '<key-1@example.org>']);
  });

  it('come back after 1, 5, 15 and then every 30 minutes', async () => {
    const port = await world.serve({ recipient: () => '451 4.7.1 greylisted' });
    const waits: unknown[] = [];
    for (let memo: string | null = null; waits.length < 6;) {
      const outcome: Outcome = await send(port, OPEN, { memo });
      waits.push(outcome.kind === 'retry' && outcome.after);
      memo = outcome.memo!;
      expect(readMemory(memo).thread).toBeNull();
    }
    expect(waits).toEqual([60_000, 300_000, 900_000, 1_800_000, 1_800_000, 1_800_000]);
  });

  it('that are too many at once are sent for one after the other', async () => {
    let count = 0;
    const port = await world.serve({ recipient: () => (count++ % 3 === 2 ? '452 4.5.3 too many recipients' : null) });
    expect(await send(port, `${OPEN}\n${THREE}`)).toMatchObject({
      kind: 'delivered',
      detail: 'accepted: 250 Ok: queued as 2',
    });
    expect(world.received.map(({ to }) => to)).toEqual([['a@example.org', 'b@example.org'], ['c@example.org']]);
  });
});

describe('a mail that is', () => {
  it.each([
    ['a sender it does not like', { sender: () => '550 5.7.1 no relay' }, 'rejected', 'clientError', null],
    ['a sender it wants to know', { sender: () => '530 5.7.0 authenticate first' }, 'rejected', 'authError', null],
    ['a sender it greylists', { sender: () => '451 4.7.1 later' }, 'retry', 'serverError', 60_000],
    ['a server that goes away', { sender: () => '421 4.3.2 shutting down' }, 'retry', 'serverError', null],
    ['a mail it greylists', { mail: () => '451 4.3.0 later' }, 'retry', 'serverError', 60_000],
    ['a mail it takes for spam', { mail: () => '554 5.7.1 spam' }, 'rejected', 'clientError', null],
  ])('answered for %s', async (_what, manners, kind, reason, after) => {
    const port = await world.serve(manners);
    const outcome = await send(port, OPEN);
    expect(outcome).toMatchObject({ kind, reason });
    if (outcome.kind === 'retry') expect(outcome).toMatchObject({ after, mayHaveArrived: false });
    expect(outcome.detail).toMatch(/^\d{3} \d\.\d\.\d [a-z ]+$/);
  });

  it('too big goes out once more as text, shorter', async () => {
    const port = await world.serve({ mail: (raw) => (raw.includes('text/html') ? '552 5.3.4 too big' : null) });
    expect(await send(port, OPEN)).toMatchObject({ kind: 'delivered' });
    const [mail] = await world.mails();
    expect(mail!.html).toBeUndefined();
    expect(mail!.text).toContain('HighLoad');
  });

  it('too big for what the server has said goes out shorter at once', async () => {
    const seen: number[] = [];
    const port = await world.serve({
      options: { size: 4000 },
      mail: (raw) => (seen.push(raw.length) > 0 ? null : null),
    });
    const outcome = await send(port, `${OPEN}\nhtml: ${'x'.repeat(9000)}\ntext: words`);
    expect(outcome).toMatchObject({ kind: 'delivered' });
    expect(seen).toHaveLength(1);
  });

  it('too big even so is rejected', async () => {
    const port = await world.serve({ mail: () => '552 5.3.4 too big' });
    expect(await send(port, OPEN)).toMatchObject({
      kind: 'rejected',
      reason: 'clientError',
      detail: '552 5.3.4 too big',
    });
  });
});

describe('a server that', () => {
  const script = {
    ...{ greeting: '220 hi', EHLO: '250-hi\r\n250 AUTH PLAIN', AUTH: '235 ok' },
    ...{ MAIL: '250 ok', RCPT: '250 ok', DATA: '354 go', '.': '250 ok' },
  };
  const soon = (phase: Phase): Sending => ({ deadlines: { [phase]: 100 } });

  it.each([
    ['greeting', 'greeting', 'the greeting', false],
    ['EHLO', 'greeting', 'the greeting', false],
    ['AUTH', 'login', 'the login', false],
    ['MAIL', 'envelope', 'the addresses', false],
    ['RCPT', 'envelope', 'the addresses', false],
    ['DATA', 'envelope', 'the addresses', false],
    ['.', 'data', 'the mail itself', true],
  ] as const)('falls silent at %s is given up on', async (at, phase, named, mayHaveArrived) => {
    const port = await world.serveScript({ ...script, [at]: null });
    const outcome = await send(port, `${OPEN}\n${LOGIN}`, soon(phase));
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'contextDeadlineExceeded', after: null, mayHaveArrived });
    expect(outcome.detail).toContain(`no answer in time to ${named}`);
  });

  it.each([
    ['greeting', false],
    ['EHLO', false],
    ['AUTH', false],
    ['MAIL', false],
    ['DATA', false],
    ['.', true],
  ])('hangs up at %s is asked again', async (at, mayHaveArrived) => {
    const port = await world.serveScript({ ...script, [at]: (socket) => void socket.resetAndDestroy() });
    const outcome = await send(port, `${OPEN}\n${LOGIN}`);
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'other', after: null, mayHaveArrived });
    const { thread } = readMemory(outcome.memo!);
    expect(thread?.state ?? null).toBe(mayHaveArrived ? 'arriving' : null);
  });

  it('never ends its answer, or drips it, is given up on', async () => {
    const endless = await world.serveRaw((socket) => void socket.write(`220-${'x'.repeat(70_000)}`));
    expect(await send(endless, OPEN)).toMatchObject({ kind: 'retry', reason: 'other' });
    const drips = await world.serveRaw((socket) => {
      const drip = (): void => void (socket.destroyed || socket.write('220-x\r\n', () => setImmediate(drip)));
      drip();
    });
    expect(await send(drips, OPEN, soon('greeting'))).toMatchObject({
      kind: 'retry',
      reason: 'contextDeadlineExceeded',
    });
  });

  it('is slow is left alone when the attempt ends', async () => {
    const port = await world.serveScript({ ...script, '.': null });
    const stop = new AbortController();
    const sending = send(port, OPEN, { signal: stop.signal });
    void world.hears('.').then(() => stop.abort());
    expect(await sending).toMatchObject({ kind: 'retry', reason: 'contextCanceled', mayHaveArrived: true });
    const late = await send(port, OPEN, { signal: AbortSignal.timeout(100) });
    expect(late).toMatchObject({ kind: 'retry', reason: 'contextDeadlineExceeded' });
  });

  it('is not there is tried again', async () => {
    expect(inTrouble(await send(1, OPEN))).toContain('ECONNREFUSED');
  });
});

describe('connections', () => {
  it('are kept for the next mail, one login each', async () => {
    const port = await world.serve();
    using sender = mailSender();
    const mail = mailOf(smarthostYaml(port, `${SECURE}\n${LOGIN}`));
    const attempt = { signal: AbortSignal.timeout(10_000), mayHaveArrived: false };
    for (let i = 0; i < 5; i++) expect(await sender.send(mail, attempt)).toMatchObject({ kind: 'delivered' });
    expect(world.connections).toBe(1);
    expect(world.received.map(({ user }) => user)).toEqual(Array(5).fill('belfry'));
  });

  it('are so many at most', async () => {
    const port = await world.serve();
    using sender = mailSender({ limits: { most: 3 } });
    const mail = mailOf(smarthostYaml(port, OPEN));
    const attempt = { signal: AbortSignal.timeout(10_000), mayHaveArrived: false };
    await Promise.all(Array.from({ length: 20 }, () => sender.send(mail, attempt)));
    expect(world.received).toHaveLength(20);
    expect(world.connections).toBe(3);
  });

  it('are not shared by those who log in otherwise, or not at all', async () => {
    const port = await world.serve();
    using sender = mailSender();
    const attempt = { signal: AbortSignal.timeout(10_000), mayHaveArrived: false };
    for (const more of [SECURE, `${SECURE}\n${LOGIN}`, `${SECURE}\nhello: other`, OPEN]) {
      await sender.send(mailOf(smarthostYaml(port, more)), attempt);
    }
    expect(world.received.map(({ connection }) => connection)).toEqual([1, 2, 3, 4]);
  });

  it('that the server closed meanwhile cost a mail nothing', async () => {
    const port = await world.serveScript({
      ...{ greeting: '220 hi', EHLO: '250 hi', MAIL: '250 ok', RCPT: '250 ok', DATA: '354 go' },
      // Half closed, the worst of it: the next command is what finds out.
      '.': (socket) => void socket.write('250 ok\r\n', () => socket.once('data', () => socket.resetAndDestroy())),
    });
    using sender = mailSender();
    const mail = mailOf(smarthostYaml(port, OPEN));
    const attempt = { signal: AbortSignal.timeout(10_000), mayHaveArrived: false };
    expect(await sender.send(mail, attempt)).toMatchObject({ kind: 'delivered' });
    expect(await sender.send(mail, attempt)).toMatchObject({ kind: 'delivered' });
    expect(world.connections).toBe(2);
  });

  it('that are all taken make a mail wait no longer than its attempt', async () => {
    const port = await world.serveScript({ greeting: null });
    using sender = mailSender({ limits: { most: 1 } });
    const mail = mailOf(smarthostYaml(port, OPEN));
    const stuck = new AbortController();
    const first = sender.send(mail, { signal: stuck.signal, mayHaveArrived: false });
    const second = await sender.send(mail, { signal: AbortSignal.timeout(50), mayHaveArrived: false });
    expect(second).toMatchObject({ kind: 'retry', reason: 'contextDeadlineExceeded', mayHaveArrived: false });
    stuck.abort();
    expect(await first).toMatchObject({ kind: 'retry', reason: 'contextCanceled' });
  });
});

describe('an episode', () => {
  it('is one thread: firing, more of it, resolved; the next is another', async () => {
    const port = await world.serve();
    using sender = mailSender();
    let memo: string | null = null;
    const tell = async (key: string, reason: string, alerts: Parameters<typeof sampleMessage>[0]): Promise<void> => {
      const message = sampleMessage(alerts, { idempotencyKey: key, reason });
      const mail = mailOf(smarthostYaml(port, OPEN), message, { memo });
      const outcome = await sender.send(mail, { signal: AbortSignal.timeout(10_000), mayHaveArrived: false });
      memo = outcome.memo ?? memo;
    };
    const a = { labels: { alertname: 'HighLoad', instance: 'a:9100' } };
    const b = { labels: { alertname: 'LowDisk', instance: 'b:9100' } };
    await tell('k1', 'first notification', [a]);
    await tell('k2', 'new alerts added', [a, b]);
    await tell(
      'k3',
      'all alerts resolved',
      [a, b].map((alert) => ({ ...alert, status: 'resolved' as const })),
    );
    await tell('k4', 'first notification', [b]);
    const heads = (await world.mails()).map((mail) => [mail.messageId, mail.inReplyTo, mail.references, mail.subject]);
    expect(heads).toEqual([
      ['<k1@example.org>', undefined, undefined, '[FIRING] HighLoad'],
      ['<k2@example.org>', '<k1@example.org>', '<k1@example.org>', '[FIRING 2] HighLoad'],
      ['<k3@example.org>', '<k1@example.org>', '<k1@example.org>', '[RESOLVED 2] HighLoad'],
      ['<k4@example.org>', undefined, undefined, '[FIRING] LowDisk'],
    ]);
  });
});
