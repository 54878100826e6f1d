import { describe, expect, test } from 'vitest';
import { printProblem } from '../../../src/model/problem.ts';
import { TemplateSet, type TemplateSource } from '../../../src/template/template-set.ts';

const env = { now: 0 };

function setOf(...sources: readonly TemplateSource[]): TemplateSet {
  const set = TemplateSet.parse(sources, 'alertmanager');
  if (!set.ok) throw new Error(set.problems.map(printProblem).join('\n'));
  return set.value;
}

function rendered(set: TemplateSet, text: string, data?: unknown): string {
  const compiled = set.compile(text, 'text');
  if (!compiled.ok) return compiled.problems.map(printProblem).join('\n');
  const result = compiled.value.render(data, env);
  return result.ok ? result.text : result.message;
}

describe('TemplateSet', () => {
  test('`parse()` lets a later define replace an earlier one, an empty one excepted', () => {
    const set = setOf(
      { file: 'a.tmpl', text: '{{ define "x" }}one{{ end }}{{ define "y" }}stays{{ end }}' },
      { file: 'b.tmpl', text: '{{ define "x" }}two{{ end }}{{ define "y" }} {{ end }}' },
    );
    expect(rendered(set, '{{ template "x" }} {{ template "y" }}')).toBe('two stays');
  });

  test('`parse()` lets templates call what a later file defines', () => {
    const set = setOf(
      { file: 'a.tmpl', text: '{{ define "outer" }}[{{ template "inner" . }}]{{ end }}' },
      { file: 'b.tmpl', text: '{{ define "inner" }}{{ . }}{{ end }}' },
    );
    expect(rendered(set, '{{ template "outer" "x" }}')).toBe('[x]');
  });

  test('`parse()` reports the mistake of every file, each with its place', () => {
    const set = TemplateSet.parse(
      [
        { file: 'etc/one.tmpl', text: '{{ define "a" }}\n  {{ nope 1 }}\n{{ end }}' },
        { file: 'etc/fine.tmpl', text: '{{ define "b" }}{{ end }}' },
        { file: 'etc/two.tmpl', text: '{{ if }}' },
      ],
      'alertmanager',
    );
    expect(set.ok ? [] : set.problems.map(printProblem)).toEqual([
      'etc/one.tmpl:2:6: error: function "nope" not defined\n    2 |   {{ nope 1 }}\n      |      ^^^^',
      'etc/two.tmpl:1:7: error: missing value for if\n    1 | {{ if }}\n      |       ^^',
    ]);
  });

  test('an error in a file names the file without its folder, the line and the column', () => {
    const set = setOf({ file: 'etc/team.tmpl', text: '{{ define "t" }}\n  {{ .a.b }}{{ end }}' });
    expect(rendered(set, '{{ template "t" . }}', { a: 1 })).toBe(
      'template: team.tmpl:2:7: executing "t" at <.a.b>: can\'t evaluate field b in type interface {}',
    );
  });

  test('a file is itself a template, by its name', () => {
    const set = setOf({ file: 'etc/whole.tmpl', text: 'the whole file, {{ . }}' });
    expect(rendered(set, '{{ template "whole.tmpl" 5 }}')).toBe('the whole file, 5');
  });

  test('`compile()` lets the text replace a define for itself only', () => {
    const set = setOf({
      file: 'a.tmpl',
      text: '{{ define "x" }}file{{ end }}{{ define "y" }}<{{ template "x" }}>{{ end }}',
    });
    expect(rendered(set, '{{ define "x" }}own{{ end }}{{ template "y" }}')).toBe('<own>');
    expect(rendered(set, '{{ template "y" }}')).toBe('<file>');
  });

  test('`compile()` gives the same template for the same text and mode', () => {
    const set = setOf();
    expect(set.compile('{{ . }}', 'text')).toBe(set.compile('{{ . }}', 'text'));
    expect(set.compile('{{ . }}', 'text')).not.toBe(set.compile('{{ . }}', 'html'));
  });

  test('`compile()` names the text in errors', () => {
    const compiled = setOf().compile('{{ .x.y.z }}', 'text', { name: 'webhook' });
    expect(compiled.ok && compiled.value.render({ x: { y: 'text' } }, env)).toEqual({
      ok: false,
      message: 'template: webhook:1:5: executing "webhook" at <.x.y.z>: can\'t evaluate field z in type interface {}',
    });
  });

  test('`compile()` reports what cannot be escaped, with its place', () => {
    const compiled = setOf().compile('<p>\n<a href="{{ if . }}" {{ end }}>', 'html', { name: 'body' });
    expect(compiled.ok ? [] : compiled.problems.map(printProblem)).toEqual([
      [
        'body:2:16: error: html/template:body:2:15: {{if}} branches end in different contexts: ' +
          '{stateTag delimNone urlPartNone jsCtxRegexp [] attrNone elementNone <nil>}, ' +
          '{stateURL delimDoubleQuote urlPartNone jsCtxRegexp [] attrURL elementNone <nil>}',
        '    2 | <a href="{{ if . }}" {{ end }}>',
        '      |                ^',
      ].join('\n'),
    ]);
  });

  test('`compile()` takes variables that the caller declares', () => {
    const compiled = setOf().compile('{{ $who }} {{ $count }}', 'text', { variables: ['$who', '$count'] });
    expect(compiled.ok && compiled.value.render(undefined, { ...env, variables: ['you', 2n] })).toEqual({
      ok: true,
      text: 'you 2',
    });
  });

  test('`render()` prints plain data as Go prints decoded JSON', () => {
    const data = { n: 1_000_000, list: [1.5, 'x', null, true], map: { b: 1, a: { c: [] } } };
    expect(rendered(setOf(), '{{ .n }} {{ .list }} {{ .map }} {{ .gone }}', data)).toBe(
      '1e+06 [1.5 x <nil> true] map[a:map[c:[]] b:1] <no value>',
    );
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('`render()` takes a label named %s', (name) => {
    const data = new Map([[name, 'the value']]);
    expect(rendered(setOf(), `{{ .${name} }} {{ index . "${name}" }} {{ . }}`, data)).toBe(
      `the value the value map[${name}:the value]`,
    );
    expect(rendered(setOf(), `{{ .${name} }}|{{ (dict "x" 1).${name} }}`, new Map())).toBe('<no value>|<no value>');
  });

  test('`names` lists what can be called', () => {
    const set = setOf({ file: 'a.tmpl', text: '{{ define "x" }}1{{ end }}{{ block "y" . }}2{{ end }}' });
    expect([...set.names].sort()).toEqual(['a.tmpl', 'x', 'y']);
  });
});
