import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TemplateText } from '../../../src/config/config.ts';
import { checkTemplates } from '../../../src/notify/check-templates.ts';
import { TemplateSet, type Mode } from '../../../src/template/template-set.ts';
import { templateSet } from '../../support/integration-scene.ts';

const inline = (text: string, mode: Mode = 'text'): TemplateText => ({
  text,
  mode,
  use: 'text',
  place: { at: { file: 'belfry.yml', line: 7, column: 11, length: text.length }, excerpt: `    text: ${text}` },
});

/** What is said of a text that stands in the configuration. */
const said = (text: string, mode: Mode = 'text'): readonly string[] =>
  checkTemplates(templateSet('{{ define "list" }}{{ range . }}{{ .Labels.x }}{{ end }}{{ end }}'), [
    inline(text, mode),
  ]).map(({ message, hint }) => `${message}${hint === undefined ? '' : ` (${hint})`}`);

const FIRING = '(tried with a firing alert)';

describe('a text of the configuration', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'that works',
      '{{ .CommonLabels.x }}{{ (index .Alerts 0).Annotations.y }}{{ template "list" .Alerts }}{{ lang }}',
      [],
    ],
    ['of a shipped template', '{{ template "slack.default.title" . }}{{ template "belfry.text" . }}', []],
    [
      'without that field',
      '{{ .CommonLabel }}',
      [
        `template: :1:3: executing "" at <.CommonLabel>: can't evaluate field CommonLabel in type *template.Data ${FIRING}`,
      ],
    ],
    [
      'of a template nobody defined',
      '{{ template "x" . }}',
      [`template: :1:12: executing "" at <{{template "x" .}}>: template "x" not defined ${FIRING}`],
    ],
    ['that cannot be read', '{{ if }}', ['missing value for if']],
    [
      'that fails for what is resolved',
      '{{ if eq .Status "resolved" }}{{ .Foo }}{{ end }}',
      [
        `template: :1:33: executing "" at <.Foo>: can't evaluate field Foo in type *template.Data (tried with a resolved alert)`,
      ],
    ],
    [
      'that needs something in common',
      '{{ if not .CommonLabels }}{{ mustToDate "2006" .CommonLabels.year }}{{ end }}',
      [expect.stringMatching(/mustToDate.*\(tried with alerts that have nothing in common\)$/)],
    ],
    ['that never ends', '{{ range 999999999 }}{{ end }}', [expect.stringContaining('gave up after')]],
  ])('%s', (_what, text, expected) => {
    expect(said(text)).toEqual(expected);
  });

  it('is HTML where HTML is wanted', () => {
    expect(said('<a href="{{ if .Alerts }}">{{ end }}', 'html')).toEqual([
      expect.stringContaining('branches end in different contexts'),
    ]);
  });

  it('is a warning at its place', () => {
    const [problem] = checkTemplates(templateSet(), [inline('{{ .X }}')]);
    expect(problem).toMatchObject({
      severity: 'warning',
      code: 'template/fails',
      at: { file: 'belfry.yml', line: 7, column: 11 },
    });
  });
});

/** `LINE:COLUMN MESSAGE` of what is said of a template file. */
function saidOf(file: string): readonly string[] {
  return checkTemplates(templateSet(file), []).map(
    ({ at, message }) => `${at!.file}:${at!.line}:${at!.column} ${message}`,
  );
}

describe('a template file', () => {
  it.each<[string, string, readonly string[]]>([
    ['whose template wants an alert', '{{ define "a" }}{{ .Labels.x }}{{ .StartsAt.Unix }}{{ end }}', []],
    ['whose template wants labels', '{{ define "a" }}{{ range .SortedPairs }}{{ .Name }}{{ end }}{{ end }}', []],
    ['whose template wants a text', '{{ define "a" }}{{ . | toUpper }}{{ end }}', []],
    ['whose template wants a dict', '{{ define "a" }}{{ .Alerts.Firing }}{{ .title }}{{ end }}', []],
    [
      'whose template wants a message',
      '{{ define "a" }}{{ range .Alerts }}{{ .Labels.x }}{{ end }}{{ .GroupLabels.y }}{{ end }}',
      [],
    ],
    [
      'that calls what nobody defined, where it is never reached',
      'x\n{{ define "a" }}{{ with .x }}{{ template "b" . }}{{ end }}{{ end }}',
      ['0.tmpl:2:42 template "b" not defined'],
    ],
    [
      'that includes what nobody defined',
      '{{ define "a" }}{{ . | print (include "b" .) }}{{ end }}',
      ['0.tmpl:1:31 template "b" not defined'],
    ],
    [
      'that calls what a later define has',
      '{{ define "a" }}{{ template "b" . }}{{ end }}{{ define "b" }}{{ . }}{{ end }}',
      [],
    ],
    [
      'with too few arguments',
      '{{ define "a" }}{{ if . }}{{ .x | date "2006" | toUpper }}{{ date "2006" }}{{ end }}{{ end }}',
      ['0.tmpl:1:62 wrong number of args for date: want 2 got 1'],
    ],
    [
      'with too many, piped',
      '{{ define "a" }}{{ "x" | toUpper "y" }}{{ end }}',
      ['0.tmpl:1:26 wrong number of args for toUpper: want 1 got 2'],
    ],
    [
      'without an argument in an argument',
      '{{ define "a" }}{{ print (print tz) now }}{{ end }}',
      ['0.tmpl:1:33 wrong number of args for tz: want 2 got 0'],
    ],
    [
      'that mistakes a field of an alert',
      '{{ define "a" }}{{ range .Alerts }}{{ .Label }}{{ end }}{{ end }}',
      [
        `0.tmpl:1:39 template: 0.tmpl:1:38: executing "a" at <.Label>: can't evaluate field Label in type template.Alert`,
      ],
    ],
    [
      'that mistakes a field further down, behind what is not ASCII',
      '{{ define "a" }}\n磁盘{{ range .Alerts }}{{ .Label }}{{ end }}{{ end }}',
      [
        `0.tmpl:2:25 template: 0.tmpl:2:28: executing "a" at <.Label>: can't evaluate field Label in type template.Alert`,
      ],
    ],
    [
      'that mistakes a field where only messages come',
      '{{ define "slack.default.text" }}{{ .Alertz }}{{ end }}',
      [
        `0.tmpl:1:37 template: 0.tmpl:1:36: executing "slack.default.text" at <.Alertz>: can't evaluate field Alertz in type *template.Data`,
      ],
    ],
    [
      'that replaces one which lists alerts',
      '{{ define "__text_alert_list" }}{{ range . }}{{ .Labels }}{{ end }}{{ end }}',
      [],
    ],
    [
      'whose HTML is not safe',
      '{{ define "email.default.html" }}<a {{ if .Alerts }}href="{{ end }}x">{{ end }}',
      [expect.stringContaining('different contexts')],
    ],
  ])('%s', (_what, file, expected) => {
    expect(saidOf(file)).toEqual(expected);
  });

  it('is told in the order of files and lines', () => {
    const files = [
      '{{ define "slack.default.title" }}{{ template "a2" }}{{ end }}',
      '{{ define "x" }}{{ template "b1" }}{{ end }}{{ define "slack.default.text" }}{{ template "b2" }}{{ end }}',
    ];
    const messages = checkTemplates(templateSet(...files), []).map(({ message }) => message);
    expect(messages).toEqual(['template "a2" not defined', 'template "b1" not defined', 'template "b2" not defined']);
  });

  it('is told once what a text of the configuration fails by', () => {
    const set = templateSet('{{ define "slack.default.text" }}{{ .X }}{{ end }}');
    expect(checkTemplates(set, [inline('{{ template "slack.default.text" . }}')])).toHaveLength(1);
  });
});

it('what is shipped has no fault itself', () => {
  const folder = new URL('../../../templates/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.tmpl'));
  const set = TemplateSet.parse(
    files.map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') })),
    'alertmanager',
  );
  expect(files.length).toBeGreaterThan(3);
  expect(set.ok && checkTemplates(set.value, [])).toEqual([]);
});

it('many texts that take long are not all tried', () => {
  const texts = Array.from({ length: 5000 }, (_, i) => inline(`${i}{{ range 900000 }}{{ end }}{{ .X }}`));
  const told = checkTemplates(templateSet(), texts).length;
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThan(100);
}, 20_000);
