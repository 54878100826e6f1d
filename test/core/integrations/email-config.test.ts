import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileConfig } from '../../../src/config/compile.ts';
import { parseYaml } from '../../../src/input/yaml.ts';
import { compileElement } from '../../support/integration-scene.ts';
import { mailOf } from '../../support/mail-scene.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/email/${name}`, import.meta.url), 'utf8');
const GLOBAL = 'smtp_from: belfry@example.org\nsmtp_smarthost: smtp.example.org:587';
const TO = 'to: a@example.org';

const printed = (yaml: string, global = GLOBAL): string => compileElement('email_configs', yaml, { global }).printed;
const problems = (yaml: string, global = GLOBAL): readonly string[] =>
  compileElement('email_configs', yaml, { global }).problems;
const smarthostOf = (yaml: string, global = GLOBAL) => mailOf(yaml, undefined, { global }).smarthost;

interface Tree {
  readonly receivers: readonly [{ readonly email_configs: readonly Record<string, unknown>[] }];
}

const elementsIn = (text: string): Tree['receivers'][0]['email_configs'] => {
  const parsed = parseYaml('', text);
  if (!parsed.ok) throw new Error('no YAML');
  return (parsed.value.tree as unknown as Tree).receivers[0].email_configs;
};

describe('email_configs', () => {
  it('is printed as Alertmanager 0.34 and 0.25 print it', () => {
    const compiled = compileConfig(
      { file: '/etc/belfry/belfry.yml', text: fixture('upstream.yml') },
      { matcherMode: 'fallback', retention: 1e9 },
    );
    if (!compiled.ok) throw new Error('it does not compile');
    const ours = elementsIn(compiled.value.original);
    const [first, second] = elementsIn(fixture('printed-0.34.yml'));
    // Upstream 0.34 shows a tls_config that nobody wrote; 0.25 does not, and its amtool reads ours.
    expect(ours[0]).toEqual({ ...first, tls_config: undefined });
    expect(ours[1]).toEqual(second);
    // A fault of 0.25: two colons more than it reads back; and versions of TLS as numbers.
    const [oldFirst, oldSecond] = elementsIn(fixture('printed-0.25.yml'));
    expect(ours[0]).toEqual(oldFirst);
    expect(ours[1]).toEqual({ ...oldSecond, smarthost: '[::1]:2525', tls_config: second!['tls_config'] });
  });

  it('takes everything it does not say from `global`', () => {
    const global = `${GLOBAL}\nsmtp_hello: belfry\nsmtp_auth_username: u\nsmtp_auth_password: p\nsmtp_auth_identity: i
smtp_auth_secret_file: /run/secret\nsmtp_tls_config: {server_name: n, ca_file: ca.pem}`;
    expect(smarthostOf(TO, global)).toMatchObject({
      ...{ host: 'smtp.example.org', port: 587, hello: 'belfry', security: 'starttls' },
      tls: { serverName: 'n', ca: { path: 'ca.pem' } },
      login: {
        username: 'u',
        identity: 'i',
        password: { kind: 'inline' },
        secret: { kind: 'file', path: '/run/secret' },
      },
    });
    expect(smarthostOf(`${TO}\nauth_password_file: p.txt\ntls_config: {}`, global)).toMatchObject({
      tls: { serverName: null, ca: null },
      login: { password: { kind: 'file', path: 'p.txt' } },
    });
    const both = `${TO}\nauth_password: p\nauth_password_file: p.txt\nauth_secret: s\nauth_secret_file: s.txt`;
    expect(smarthostOf(both, global)).toMatchObject({
      login: { password: { kind: 'file', path: 'p.txt' }, secret: { kind: 'file', path: 's.txt' } },
    });
    expect(smarthostOf(TO)).toMatchObject({ hello: 'localhost', login: null });
  });

  it.each([
    ['587', '', '', 'starttls'],
    ['465', '', '', 'implicit'],
    ['25', '', 'require_tls: false', 'none'],
    ['25', 'smtp_require_tls: false', '', 'none'],
    ['25', 'smtp_require_tls: false', 'require_tls: true', 'starttls'],
    ['465', '', 'require_tls: false', 'implicit'],
    ['465', '', 'force_implicit_tls: false', 'starttls'],
    ['2525', '', 'force_implicit_tls: true', 'implicit'],
    ['2525', 'smtp_force_implicit_tls: true', '', 'implicit'],
    ['465', 'smtp_force_implicit_tls: true', 'force_implicit_tls: false\nrequire_tls: false', 'none'],
  ])('speaks TLS to port %s, with %j and %j: %s', (port, global, more, security) => {
    const yaml = `${TO}\nsmarthost: smtp.example.org:${port}\n${more}`;
    expect(smarthostOf(yaml, `${GLOBAL}\n${global}`).security).toBe(security);
  });

  it.each([
    ['smtp.example.org:25', 'smtp.example.org', 25],
    ['[2001:db8::1]:submission', '2001:db8::1', 587],
    [':25', 'localhost', 25],
    ['smtp.example.org:smtps', 'smtp.example.org', 465],
  ])('reads the smarthost %s', (text, host, port) => {
    expect(smarthostOf(`${TO}\nsmarthost: '${text}'`)).toMatchObject({ host, port });
  });

  it.each([
    ['from: a@example.org', ['1:1 missing to address in email config']],
    [`${TO}\nsmarthost: smtp.example.org`, ['2:12 address smtp.example.org: missing port in address']],
    [`${TO}\nsmarthost: ::1`, ['2:12 address ::1: too many colons in address']],
    [`${TO}\nsmarthost: "h:"`, ['2:12 address "h:": port cannot be empty']],
    [`${TO}\nsmarthost: h:nowhere`, ['2:12 address h:nowhere: unknown port "nowhere"']],
    [`${TO}\nheaders: {subject: a, SUBJECT: b}`, ['2:10 duplicate header "Subject" in email config']],
    [`${TO}\nheaders: {"a b": a}`, ['2:10 invalid header name "A b" in email config']],
    [`${TO}\nheaders: {content-type: a}`, ['2:10 header "Content-Type" cannot be set in email config']],
    [`${TO}\nthreading: {enabled: true}`, ["2:12 threading.thread_by_date must be either 'none' or 'daily'"]],
    [
      `${TO}\nthreading: {enabled: true, thread_by_date: weekly}`,
      ["2:44 threading.thread_by_date must be either 'none' or 'daily'"],
    ],
    [
      `${TO}\nthreading: {enabled: true, thread_by_date: none}\nheaders: {references: a}`,
      ['2:1 conflicting configuration: threading.enabled conflicts with custom References header'],
    ],
    [
      `${TO}\nthreading: {enabled: true, thread_by_date: none}\nheaders: {in-reply-to: a}`,
      ['2:1 conflicting configuration: threading.enabled conflicts with custom In-Reply-To header'],
    ],
    [`${TO}\ntls_config: {min_version: TLS9}`, ['2:27 unknown TLS version: TLS9']],
    [`${TO}\nrequire_tls: perhaps`, ['2:14 expected true or false, found "perhaps"']],
    [`${TO}\nsubject: x`, ['2:1 unknown field "subject" in receivers[0].email_configs[0]']],
  ])('refuses %j', (yaml, expected) => {
    expect(problems(yaml)).toEqual(expected);
  });

  it('wants a sender and a server from somewhere', () => {
    expect(problems(TO, '')).toEqual(['1:1 no global SMTP from set', '1:1 no global SMTP smarthost set']);
  });

  it('prints what is ours and what is not the default', () => {
    const text = printed(
      `${TO}\nreply_to: b@example.org\nthreading: {enabled: true, thread_by_date: daily}\nforce_implicit_tls: no\nauth_password: hush`,
    );
    expect(text).toContain('reply_to: b@example.org');
    expect(text).toContain('threading:\n      enabled: true\n      thread_by_date: daily\n');
    expect(text).toContain('force_implicit_tls: false');
    expect(text).toContain('auth_password: <secret>');
    expect(text).not.toContain('hush');
    expect(printed(`${TO}\nthreading: {enabled: false}`)).not.toContain('threading');
  });
});
