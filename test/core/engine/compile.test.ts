import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileFiles, type CompileResult } from '../../../src/engine/compile.ts';
import { TextFiles } from '../../support/text-files.ts';

const CONFIG = "route: {receiver: team}\nreceivers: [{name: team}]\ntemplates: ['own/*.tmpl']\n";

const compiled = (texts: Readonly<Record<string, string>>, eventRecorder = false): Promise<CompileResult> =>
  compileFiles(new TextFiles({ '/etc/belfry.yml': CONFIG, ...texts }), {
    ...{ file: '/etc/belfry.yml', matcherMode: 'fallback', retention: 1e9 },
    shippedTemplates: ['/opt/shipped.tmpl'],
    eventRecorder,
  });

const render = (result: CompileResult, text: string): unknown => {
  const template = result.ok ? result.compiled.templates.compile(text, 'text') : null;
  return template?.ok === true ? template.value.render(undefined, { now: 0 }) : null;
};

const shipped = {
  '/opt/shipped.tmpl': '{{ define "a" }}shipped{{ end }}{{ define "b" }}[{{ template "a" }}]{{ end }}',
};

describe('`compileFiles()`', () => {
  it('reads what is shipped, and then the user’s, which may replace it', async () => {
    const alone = await compiled({ ...shipped, '/etc/own/x.tmpl': '' });
    expect(render(alone, '{{ template "b" }}')).toEqual({ ok: true, text: '[shipped]' });
    const replaced = await compiled({ ...shipped, '/etc/own/x.tmpl': '{{ define "a" }}own{{ end }}' });
    expect(render(replaced, '{{ template "b" }}')).toEqual({ ok: true, text: '[own]' });
  });

  it('warns of a pattern that no file fits, and of a template that cannot work', async () => {
    const unmatched = await compiled(shipped);
    expect(unmatched.ok && unmatched.warnings.map(({ code }) => code)).toEqual(['template/no-files']);
    const broken = await compiled({ ...shipped, '/etc/own/x.tmpl': '{{ define "a" }}{{ template "gone" }}{{ end }}' });
    expect(broken.ok && broken.warnings).toMatchObject([{ code: 'template/fails', at: { file: '/etc/own/x.tmpl' } }]);
  });

  it('warns of an event_recorder that nobody has switched on', async () => {
    const found = async (text: string, isOn: boolean): Promise<unknown> => {
      const result = await compiled({ ...shipped, '/etc/belfry.yml': `${CONFIG}${text}`, '/etc/own/x.tmpl': '' }, isOn);
      return result.ok && result.warnings.map(({ code, at }) => `${code} ${at?.line}`);
    };
    expect(await found('event_recorder: {stdout_outputs: [{}]}\n', false)).toEqual(['config/switched-off 4']);
    expect(await found('event_recorder: {stdout_outputs: [{}]}\n', true)).toEqual([]);
    expect(await found('event_recorder: {}\n', false)).toEqual([]);
  });

  it('refuses an address that is no template, and warns of any other text', async () => {
    const found = async (text: string): Promise<unknown> => {
      const result = await compileFiles(new TextFiles({ '/etc/belfry.yml': text }), {
        ...{ file: '/etc/belfry.yml', matcherMode: 'fallback', retention: 1e9 },
        ...{ shippedTemplates: [], eventRecorder: false },
      });
      const problems = result.ok ? result.warnings : result.problems;
      return [result.ok, ...problems.map(({ code, message, at }) => `${at?.line}:${at?.column} ${code} ${message}`)];
    };
    const receivers = 'route: {receiver: team}\nreceivers:\n- name: team\n';
    expect(await found(`${receivers}  webhook_configs: [{url: 'http://h/?x={{ .GroupLabels.g'}]`)).toEqual([
      false,
      '4:27 template/syntax invalid template syntax: unclosed action',
    ]);
    expect(await found(`${receivers}  slack_configs: [{api_url: 'http://h/', title: '{{ x }}'}]`)).toEqual([
      true,
      '4:49 template/fails function "x" not defined',
    ]);
    const bad = "'{{ if }}'";
    const mails = '[{to: a@b}, {to: a@b}]';
    expect(
      await found(
        `global: {smtp_smarthost: 'h:25', smtp_from: ${bad}}\n${receivers}  email_configs: ${mails}\n` +
          `  slack_configs: [{api_url: 'http://h/', channel: ${bad}}]\n` +
          `  sns_configs: [{sigv4: {region: x}, phone_number: ${bad}}]\n` +
          `  wechat_configs: [{api_secret: x, corp_id: x, to_user: ${bad}}]`,
      ),
    ).toEqual([
      false,
      ...['1:45', '6:51', '7:52', '8:57'].map(
        (place) => `${place} template/syntax invalid template syntax: missing value for if`,
      ),
    ]);
  });

  describe('tries certificates and keys:', () => {
    const pem = (name: string): string => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url), 'utf8');
    const files = {
      ...{ '/etc/ca.crt': pem('ca.crt'), '/etc/a.crt': pem('client.crt'), '/etc/a.key': pem('client.key') },
      ...{
        '/etc/b.key': pem('server.key'),
        '/etc/none.crt': '-----BEGIN CERTIFICATE-----\nAAAA\n',
        'ca.crt': pem('ca.crt'),
      },
    };
    const found = async (text: string): Promise<unknown> => {
      const result = await compileFiles(new TextFiles({ ...files, '/etc/belfry.yml': text }), {
        ...{ file: '/etc/belfry.yml', matcherMode: 'fallback', retention: 1e9 },
        ...{ shippedTemplates: [], eventRecorder: false },
      });
      const problems = result.ok ? result.warnings : result.problems;
      return problems.map(
        ({ severity, code, message, at }) => `${at?.line}:${at?.column} ${severity} ${code} ${message}`,
      );
    };
    const frame = 'route: {receiver: a}\nreceivers: [{name: a}]\n';
    const global = (tls: string): string => `global: {http_config: {tls_config: ${tls}}}\n${frame}`;

    it.each([
      ['{ca_file: ca.crt, cert_file: a.crt, key_file: a.key}', []],
      [
        '{cert_file: gone.crt, key_file: a.key}',
        ['1:48', 'unable to read the client certificate: /etc/gone.crt does not exist'],
      ],
      ['{ca_file: /nonexist}', ['1:46', 'unable to read the CA certificate: /nonexist does not exist']],
      ['{ca_file: none.crt}', ['1:46', 'this CA certificate is none']],
      ['{ca: zzz}', ['1:41', 'this CA certificate is none']],
      [
        '{cert_file: a.crt, key_file: gone.key}',
        ['1:65', 'unable to read the client key: /etc/gone.key does not exist'],
      ],
      ['{cert_file: a.key, key_file: a.key}', ['1:48', 'this client certificate is none']],
      ['{cert_file: a.crt, key: hunter2canary}', ['1:60', 'this client key is none, or it has a password']],
      ['{cert_file: a.crt, key_file: b.key}', ['1:65', 'this key is not that of the client certificate']],
    ])('%s', async (tls, expected) => {
      const [place, message] = expected;
      expect(await found(global(tls))).toEqual(place === undefined ? [] : [`${place} error config/bad-tls ${message}`]);
    });

    const http = 'tls_config: {ca: zzz}';
    it.each([
      `receivers: [{name: a, webhook_configs: [{url: 'http://h', http_config: {${http}}}]}]`,
      `receivers: [{name: a, webhook_configs: [{url: 'http://h', http_config: {oauth2: {client_id: x, token_url: 'http://h', ${http}}}}]}]`,
      `receivers: [{name: a, email_configs: [{to: a@b, from: a@b, smarthost: 'h:25', ${http}}]}]`,
      `global: {smtp_${http}}\nreceivers: [{name: a}]`,
      `prometheus: {url: 'http://h', ${http}}\nreceivers: [{name: a}]`,
      `prometheus: [{url: 'http://h', ${http}}]\nreceivers: [{name: a}]`,
      `remote_write: [{url: 'http://h', ${http}}]\nreceivers: [{name: a}]`,
      `alerting: {alertmanagers: [{${http}}]}\nreceivers: [{name: a}]`,
      `tracing: {endpoint: 'h:1', ${http}}\nreceivers: [{name: a}]`,
      `receivers: [{name: a, fallback: b}, {name: b, webhook_configs: [{url: 'http://h', http_config: {${http}}}]}]`,
    ])('in %s', async (text) => {
      expect(await found(`route: {receiver: a}\n${text}`)).toEqual([
        expect.stringContaining('error config/bad-tls this CA certificate is none'),
      ]);
    });

    it('a receiver that no route leads to is warned of', async () => {
      const unused = `receivers: [{name: a}, {name: b, webhook_configs: [{url: 'http://h', http_config: {${http}}}]}]`;
      expect(await found(`route: {receiver: a}\n${unused}`)).toEqual([
        expect.stringContaining('warning config/bad-tls'),
      ]);
    });

    it('mail’s files are named from the working directory', async () => {
      const mail = (file: string): string =>
        `route: {receiver: a}\nreceivers: [{name: a, email_configs: [{to: a@b, from: a@b, smarthost: 'h:25', tls_config: {ca_file: ${file}}}]}]`;
      expect(await found(mail('ca.crt'))).toEqual([]);
      expect(await found(mail('none.crt'))).toEqual([expect.stringContaining('none.crt does not exist')]);
    });
  });

  it('refuses what is shipped when it is not there, and what the user wrote when it cannot be read', async () => {
    const missing = await compiled({ '/etc/own/x.tmpl': '{{ if }}' });
    expect(!missing.ok && missing.problems.map(({ code }) => code)).toEqual(['file/missing', 'template/syntax']);
  });
});
