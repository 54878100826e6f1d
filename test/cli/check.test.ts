import { describe, expect, it } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { runProgram } from '../../src/cli/program.ts';
import { compileFiles } from '../../src/engine/compile.ts';
import { TextFiles } from '../support/text-files.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `belfry` with these arguments, in a folder with these files. */
async function belfry(args: readonly string[], texts: Readonly<Record<string, string>> = {}, stdin = ''): Promise<Ran> {
  let [out, err] = ['', ''];
  const code = await runProgram(args, {
    version: '1',
    hostname: 'host',
    exampleConfig: 'example.yml',
    socketsPassed: 0,
    shippedTemplates: [],
    exists: () => false,
    columns: 100,
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    serve: () => Promise.reject(new Error('nobody asked to serve')),
    check: (request) =>
      check(request, {
        files: new TextFiles(texts),
        stdin: async () => stdin,
        compile: async (files, file) => {
          const result = await compileFiles(files, {
            file,
            matcherMode: 'fallback',
            retention: 432_000_000,
            shippedTemplates: [],
            eventRecorder: true,
          });
          return result.ok ? { ok: true, value: result.compiled.config, warnings: result.warnings } : result;
        },
        stdout: (text) => void (out += text),
      }),
  });
  return { code, out, err };
}

const good = 'groups:\n- name: a\n  rules:\n  - {alert: X, expr: up == 0}\n';
const broken = 'groups:\n- name: a\n  rules:\n  - {alert: X, expr: up =}\n';
const doubtful = 'groups:\n- name: a\n  rules:\n  - {alert: X, expr: up}\n';
const router = 'route: {receiver: team}\nreceivers: [{name: team}]\n';
const withRules = `${router}rule_files: ['rules/*.yml']\nprometheus: {name: main, url: 'http://p:9090'}\n`;

describe('`check` exits', () => {
  it.each([
    ['0 when all is well', ['check', 'a.yml'], 0],
    ['1 for an error', ['check', 'a.yml', 'b.yml'], 1],
    ['1 for a file that is not there', ['check', 'none.yml'], 1],
    ['3 for lints only', ['check', 'c.yml'], 3],
    ['0 for lints nobody asked for', ['check', '--lint=none', 'c.yml'], 0],
    ['3 for texts that are missing, when asked', ['check', '--lint', 'all', 'a.yml'], 3],
    ['0 for warnings that are no lints', ['check', 'warned.yml'], 0],
    ['2 without a file', ['check'], 2],
    ['2 for an unknown flag', ['check', '--jsn', 'a.yml'], 2],
    ['2 for an unknown level', ['check', '--lint=some', 'a.yml'], 2],
    ['0 for help', ['check', '--help'], 0],
  ])('%s', async (_what, args, expected) => {
    const warned = 'route: {receiver: team, repeat_interval: 30d}\nreceivers: [{name: team}]\n';
    const { code } = await belfry(args, { 'a.yml': good, 'b.yml': broken, 'c.yml': doubtful, 'warned.yml': warned });
    expect(code).toBe(expected);
  });
});

describe('`check` prints', () => {
  it('what it looked at when nothing is wrong', async () => {
    const { out, err } = await belfry(['check', 'a.yml', 'am.yml'], { 'a.yml': good, 'am.yml': router });
    expect([out, err]).toEqual(['2 files, 1 good rule in 1 group: nothing wrong\n', '']);
  });

  it('the first recording rule of a configuration that writes nowhere', async () => {
    const recording = 'groups:\n- name: a\n  rules:\n  - {record: r, expr: up}\n  - {record: s, expr: up}\n';
    const files = { 'belfry.yml': withRules, 'rules/a.yml': good, 'rules/r.yml': recording };
    const { code, out } = await belfry(['check', '--lint=none', 'belfry.yml'], files);
    expect([code, out.split('\n')[0]]).toEqual([
      0,
      'rules/r.yml:4:14: warning: what the recording rule "r" (and 1 more) gives is written nowhere: there is no remote_write; nor are ALERTS and ALERTS_FOR_STATE',
    ]);
    const writing = { ...files, 'belfry.yml': `${withRules}remote_write: [{url: 'http://p:9090/api/v1/write'}]\n` };
    expect((await belfry(['check', 'belfry.yml'], writing)).out).toMatch(/nothing wrong\n$/);
    // Without a configuration nobody knows, and Prometheus keeps them itself.
    expect((await belfry(['check', 'rules/r.yml'], files)).out).toMatch(/nothing wrong\n$/);
    expect((await belfry(['check', '--target=prometheus', 'belfry.yml'], files)).out).toMatch(/nothing wrong\n$/);
  });

  it('every finding with its place, then a summary', async () => {
    const { out } = await belfry(['check', 'b.yml', 'c.yml'], { 'b.yml': broken, 'c.yml': doubtful });
    expect(out).toBe(
      [
        'b.yml:4:25: error: group "a", rule 1, "X": could not parse expression: parse error: unexpected "="',
        '    4 |   - {alert: X, expr: up =}',
        '      |                         ^',
        'c.yml:4:22: warning: group "a", rule 1, "X": the expression has no condition: the alert fires as long as there is any series',
        '    4 |   - {alert: X, expr: up}',
        '      |                      ^^ compare it with something',
        '2 files, 1 good rule in 1 group: 1 error, 1 warning',
        '',
      ].join('\n'),
    );
  });

  it('wrong use on the other stream', async () => {
    const { out, err } = await belfry(['check', '--jsn', 'a.yml']);
    expect([out, err]).toEqual(['', 'belfry: unknown flag --jsn; did you mean "--json"?\nTry belfry check --help\n']);
  });

  it('JSON', async () => {
    const { out } = await belfry(['check', '--json', 'b.yml'], { 'b.yml': broken });
    expect(JSON.parse(out)).toEqual({
      files: [{ file: 'b.yml', kind: 'rules', groups: 0, rules: 0 }],
      findings: [
        {
          severity: 'error',
          code: 'rules/bad-expr',
          message: 'group "a", rule 1, "X": could not parse expression: parse error: unexpected "="',
          file: 'b.yml',
          line: 4,
          column: 25,
          length: 1,
          hint: null,
        },
      ],
      summary: { errors: 1, warnings: 0 },
    });
  });
});

describe('`check` reads', () => {
  it('standard input, rules or a configuration', async () => {
    expect((await belfry(['check', '-'], {}, good)).out).toBe('1 file, 1 good rule in 1 group: nothing wrong\n');
    expect((await belfry(['check', '-'], {}, router)).out).toBe('1 file: nothing wrong\n');
    expect((await belfry(['check', '-'], {}, broken)).out).toMatch(/^<stdin>:4:25: error/);
  });

  it('the rule files of a configuration', async () => {
    const { code, out } = await belfry(['check', 'belfry.yml'], { 'belfry.yml': withRules, 'rules/b.yml': broken });
    expect([code, out.split('\n')[0]]).toEqual([1, expect.stringMatching(/^rules\/b\.yml:4:25: error/)]);
  });

  it('the templates of a configuration, and tries them', async () => {
    const hook = 'webhook_configs: [{url: "http://h/", payload: {text: "{{ template `mine` .Alertz }}"}}]';
    const config = `route: {receiver: team}\ntemplates: ['*.tmpl', 'sub/*.tmpl']\nreceivers:\n- name: team\n  ${hook}\n`;
    const mine = '{{ define "mine" }}\n{{ template "gone" . }}{{ end }}';
    const { code, out } = await belfry(['check', 'belfry.yml'], { 'belfry.yml': config, 'a.tmpl': mine });
    expect([code, out]).toEqual([
      0,
      [
        'belfry.yml:2:23: warning: no file fits the template path "sub/*.tmpl"',
        "    2 | templates: ['*.tmpl', 'sub/*.tmpl']",
        '      |                       ^^^^^^^^^^^^ it stands for sub/*.tmpl',
        `belfry.yml:5:56: warning: template: :1:19: executing "" at <.Alertz>: can't evaluate field Alertz in type *template.Data`,
        `    5 |   ${hook}`,
        `      | ${' '.repeat(55)}${'^'.repeat(31)} tried with a firing alert`,
        'a.tmpl:2:13: warning: template "gone" not defined',
        '    2 | {{ template "gone" . }}{{ end }}',
        '      |             ^',
        '1 file: 3 warnings',
        '',
      ].join('\n'),
    ]);
  });

  it('a template file that cannot be read as an error', async () => {
    const config = `${router}templates: [a.tmpl]\n`;
    const { code, out } = await belfry(['check', 'belfry.yml'], { 'belfry.yml': config, 'a.tmpl': '{{ if }}' });
    expect([code, out.split('\n')[0]]).toEqual([1, 'a.tmpl:1:7: error: missing value for if']);
  });

  it('a rule file once, named by a configuration and by itself', async () => {
    const { out } = await belfry(['check', 'rules/a.yml', 'belfry.yml'], {
      'belfry.yml': withRules,
      'rules/a.yml': good,
    });
    expect(out).toBe('2 files, 1 good rule in 1 group: nothing wrong\n');
  });

  it('names of receivers and data sources against the configuration, when there is one', async () => {
    const named = 'groups:\n- {name: a, notify: taem, datasource: mian}\n';
    expect((await belfry(['check', 'x.yml'], { 'x.yml': named })).code).toBe(0);
    const { out } = await belfry(['check', 'x.yml', 'belfry.yml'], { 'x.yml': named, 'belfry.yml': withRules });
    expect(out).toContain('undefined receiver "taem"');
    expect(out).toContain('undefined data source "mian"');
  });

  it.each([
    ['groups first', 'groups: []\nroute: {}\n', 'unknown field "route" in a rule file'],
    ['a mistake in the only key', 'grups: []\n', 'unknown field "grups" in a rule file'],
    ['a route', 'route: {receiver: x}\n', 'undefined receiver "x"'],
    ['a route in braces', '{route: {receiver: x}}', 'undefined receiver "x"'],
    ['nearly a route', 'rout: {receiver: x}\nreciever: [{name: x}]\n', 'did you mean "route"?'],
    [
      'nearly a route, and said',
      'rout: {}\nreciever: []\n',
      'warning: read as a configuration: "rout" is nearly "route"',
    ],
    ['nearly groups', 'grups: []\n', 'warning: read as a rule file: "grups" is nearly "groups"'],
    ['nearly a route in braces', '{rout: {receiver: x}}', 'did you mean "route"?'],
    ['tracing only', 'tracing: {endpoint: "h:1"}\n', 'no routes provided'],
    ['groups in braces', '{groups: [], route: {}}', 'unknown field "route" in a rule file'],
    ['nothing that is known', 'xyzzy: 1\n', 'unknown field "xyzzy" in a rule file'],
    ['an object', 'apiVersion: v1\nkind: Pod\nglobal: {}\n', 'a Pod holds no rules'],
  ])('a file for what its keys say: %s', async (_what, text, expected) => {
    expect((await belfry(['check', 'x.yml'], { 'x.yml': text })).out).toContain(expected);
  });

  it.each(['', '# nothing\n', 'null\n', '---\n', '{}\n'])('%j as what is meant to be something', async (text) => {
    const { code, out } = await belfry(['check', 'empty.yml'], { 'empty.yml': text });
    expect([code, out.split('\n')[0]]).toEqual([
      3,
      'empty.yml:1:1: warning: there is nothing in it: neither rules nor a configuration',
    ]);
    expect((await belfry(['check', '--lint=none', 'empty.yml'], { 'empty.yml': text })).code).toBe(0);
  });

  it('what one file reads of another one, as a lint', async () => {
    const slow = 'groups:\n- name: slow\n  interval: 10m\n  rules: [{record: job:up:sum, expr: sum by (job) (up)}]\n';
    const reader = 'groups:\n- name: a\n  rules:\n  - {alert: X, expr: job:up:sum == 0}\n';
    const { code, out } = await belfry(['check', 'reader.yml', 'slow.yml'], { 'reader.yml': reader, 'slow.yml': slow });
    expect([code, out]).toEqual([
      3,
      `reader.yml:4:22: warning: "job:up:sum" is recorded every 10m: the 5m a selector looks back may be without a sample
    4 |   - {alert: X, expr: job:up:sum == 0}
      |                      ^^^^^^^^^^ ask for the newest, as in last_over_time(job:up:sum[20m])
2 files, 2 good rules in 2 groups: 1 warning
`,
    ]);
  });

  it('patterns that no rule file fits', async () => {
    const texts = { 'belfry.yml': withRules, 'rule/a.yml': good };
    const { code, out } = await belfry(['check', 'belfry.yml'], texts);
    expect([code, out]).toEqual([
      3,
      `belfry.yml:3:14: warning: no file fits the rule file path "rules/*.yml"
    3 | rule_files: ['rules/*.yml']
      |              ^^^^^^^^^^^^^ it stands for rules/*.yml
1 file: 1 warning
`,
    ]);
    expect((await belfry(['check', '--lint=none', 'belfry.yml'], texts)).code).toBe(0);
  });

  it('rules as the Prometheus server would, when asked', async () => {
    const texts = { 'x.yml': 'groups:\n- {name: a, notify: team}\n' };
    expect((await belfry(['check', 'x.yml'], texts)).code).toBe(0);
    const { code, out } = await belfry(['check', '--target=prometheus', 'x.yml'], texts);
    expect([code, out]).toEqual([1, expect.stringContaining('Prometheus does not know "notify" in a group')]);
  });
});
