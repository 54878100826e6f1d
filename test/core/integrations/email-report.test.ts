import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseMechanism, readGreeting } from '../../../src/integrations/email/auth.ts';
import { readMemory, startOf, writeMemory, type Thread } from '../../../src/integrations/email/memory.ts';
import { judge, type Failure, type Report } from '../../../src/integrations/email/report.ts';
import type { Mail } from '../../../src/integrations/email/request.ts';
import { mailOf } from '../../support/mail-scene.ts';

const [A, B, C] = ['a@example.org', 'b@example.org', 'c@example.org'] as const;
const YAML = `to: ${A}, ${B}, ${C}\nfrom: f@example.org\nsmarthost: h:25\ntext: t\nhtml: h\nheaders: {Subject: s}`;
const mail: Mail = mailOf(YAML);
const report = (over: Partial<Report>): Report => ({ accepted: [], words: '', answers: [], failure: null, ...over });
const answered = (code: number, isAboutUs = false): Failure => ({
  kind: 'answer',
  code,
  words: `${code} no`,
  isAboutUs,
});
const cut = (mayHaveArrived: boolean): Failure => ({ kind: 'broken', reason: 'other', words: 'cut', mayHaveArrived });

describe('judge()', () => {
  it('opens the thread once everybody has the mail', () => {
    const outcome = judge(mail, report({ accepted: [A, B, C], words: '250 ok' }));
    expect(outcome).toMatchObject({ kind: 'delivered', detail: 'accepted: 250 ok' });
    expect(readMemory(outcome.memo!)).toEqual({ thread: mail.thread, progress: null });
    expect(mail.thread).toMatchObject({ id: '<key-1@example.org>', state: 'open' });
  });

  it('keeps who has it, who never will, and how often we were sent away', () => {
    const answers = [
      { address: B, code: 550, words: '550 no such user' },
      { address: C, code: 450, words: '450 later' },
    ];
    const outcome = judge(mail, report({ accepted: [A], words: '250 ok', answers }));
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'serverError', after: 60_000, mayHaveArrived: false });
    expect(readMemory(outcome.memo!)).toEqual({
      thread: { ...mail.thread, state: 'arriving' },
      progress: {
        ...{ key: 'key-1', delivered: [A], deferrals: 1 },
        refused: [{ address: B, words: '550 no such user' }],
      },
    });
  });

  it.each([
    ['the server goes away', answered(421), 'serverError', null],
    ['the server puts us off', answered(451), 'serverError', 60_000],
    ['the login is put off', answered(454, true), 'authError', 60_000],
    ['the connection breaks', cut(false), 'other', null],
  ])('asks again, and tells no thread of it, when %s', (_when, failure, reason, after) => {
    const outcome = judge(mail, report({ failure }));
    expect(outcome).toMatchObject({ kind: 'retry', reason, after, mayHaveArrived: false });
    expect(readMemory(outcome.memo!)).toMatchObject({ thread: null, progress: { delivered: [] } });
  });

  it('takes a thread for begun when its first mail may have arrived', () => {
    const outcome = judge(mail, report({ failure: cut(true) }));
    expect(outcome).toMatchObject({ kind: 'retry', after: null, mayHaveArrived: true });
    expect(readMemory(outcome.memo!).thread).toMatchObject({ id: '<key-1@example.org>', state: 'arriving' });
  });

  it.each<[string, Failure, string]>([
    ['the mail', answered(554), 'clientError'],
    ['our login', answered(535, true), 'authError'],
    ['what we have to log in with', { kind: 'unusable', reason: 'authError', words: 'no way' }, 'authError'],
  ])('is rejected when %s is refused', (_what, failure, reason) => {
    expect(judge(mail, report({ failure }))).toEqual({ kind: 'rejected', reason, detail: failure.words });
  });

  it('is delivered, and tells what else happened, when some had it before the rest was refused', () => {
    const later: Mail = {
      ...mail,
      recipients: [C],
      progress: { ...startOf('key-1'), delivered: [A, B], deferrals: 1 },
    };
    expect(judge(later, report({ failure: answered(554) }))).toMatchObject({
      ...{ kind: 'delivered', detail: 'accepted for 2 of 3; 554 no' },
    });
  });

  it('tells of no more than a few', () => {
    const many = Array.from({ length: 30 }, (_, i) => `u${i}@example.org`);
    const answers = many.map((address) => ({ address, code: 550, words: '550 no' }));
    const { detail } = judge({ ...mail, recipients: many }, report({ answers }));
    expect(detail).toMatch(/^u0@example.org: 550 no; .*; and 24 more$/);
  });

  it('leaves nobody out: each is delivered, refused or asked again, whatever was said', () => {
    const codes = fc.constantFrom(0, 250, 450, 452, 550, 552);
    const failures = fc.constantFrom(null, answered(421), answered(451), answered(554), cut(false), cut(true));
    fc.assert(
      fc.property(fc.tuple(codes, codes, codes), failures, ([a, b, c], failure) => {
        const said = [A, B, C].map((address, i) => ({ address, code: [a, b, c][i]!, words: 'w' }));
        const accepted = said.filter(({ code }) => code === 250).map(({ address }) => address);
        const answers = said.filter(({ code }) => code >= 400);
        const outcome = judge(mail, report({ accepted, answers, failure }));
        if (outcome.kind === 'rejected') {
          expect(accepted).toEqual([]);
          return;
        }
        const { progress } = readMemory(outcome.memo!);
        if (outcome.kind === 'delivered') {
          expect(accepted).not.toEqual([]);
          return;
        }
        const settled = [...progress!.delivered, ...progress!.refused.map(({ address }) => address)];
        expect(progress!.delivered).toEqual(accepted);
        expect(settled.length).toBeLessThan(3);
      }),
    );
  });
});

describe('readMemory()', () => {
  const thread: Thread = { id: '<a@b>', stem: 's', state: 'open' };
  it('reads what writeMemory() wrote', () => {
    const memory = { thread, progress: { ...startOf('k'), delivered: [A], refused: [{ address: B, words: 'w' }] } };
    expect(readMemory(writeMemory(memory))).toEqual(memory);
  });

  it.each([null, '', 'null', '[]', '{"thread":{"id":1}}', '{"thread":{"id":"a","stem":"b","state":"x"}}', '{broken'])(
    'remembers nothing from %j',
    (memo) => expect(readMemory(memo)).toEqual({ thread: null, progress: null }),
  );
});

describe('chooseMechanism()', () => {
  const all = { hasPassword: true, hasSecret: true, isPrivate: true };
  it.each([
    [['PLAIN', 'LOGIN'], all, 'PLAIN'],
    [['LOGIN', 'PLAIN'], all, 'LOGIN'],
    [['CRAM-MD5', 'PLAIN'], { ...all, hasSecret: false }, 'PLAIN'],
    [['PLAIN', 'CRAM-MD5'], { ...all, hasPassword: false }, 'CRAM-MD5'],
    [['PLAIN', 'CRAM-MD5'], { ...all, isPrivate: false }, 'CRAM-MD5'],
    [['XOAUTH2', 'LOGIN'], all, 'LOGIN'],
  ])('of %j with %j takes %s', (offered, means, mechanism) => {
    expect(chooseMechanism(offered, means)).toEqual({ ok: true, mechanism });
  });

  it('says what each would have needed', () => {
    const none = { hasPassword: false, hasSecret: false, isPrivate: false };
    expect(chooseMechanism(['CRAM-MD5', 'LOGIN', 'NTLM'], none)).toEqual({
      ok: false,
      message:
        'no usable auth mechanism: CRAM-MD5 needs auth_secret, LOGIN needs auth_password, NTLM is not known here',
    });
  });
});

describe('readGreeting()', () => {
  it.each([
    ['250-mx.example.org\r\n250-AUTH LOGIN PLAIN\r\n250 SIZE 1000', ['LOGIN', 'PLAIN'], 1000],
    ['250-mx\n250-AUTH=PLAIN LOGIN\n250 AUTH LOGIN CRAM-MD5', ['PLAIN', 'LOGIN', 'CRAM-MD5'], null],
    ['250-mx AUTH PLAIN\n250-SIZE 0\n250 STARTTLS', [], null],
    ['250 hello', [], null],
    ['', [], null],
  ])('reads %j', (answer, mechanisms, largest) => {
    expect(readGreeting(answer)).toEqual({ mechanisms, largest });
  });
});
