import { describe, expect, test } from 'vitest';
import { TemplateSet, type Mode, type Rendered } from '../../../src/template/template-set.ts';
import type { Budget } from '../../../src/template/run.ts';

function render(text: string, budget: Partial<Budget> = {}, mode: Mode = 'text'): Rendered {
  const set = TemplateSet.parse([], 'alertmanager');
  if (!set.ok) throw new Error('an empty set parses');
  const compiled = set.value.compile(text, mode);
  if (!compiled.ok) return { ok: false, message: compiled.problems[0]!.message };
  return compiled.value.render(undefined, { now: 0, budget });
}

const HOSTILE: readonly (readonly [what: string, template: string, message: RegExp])[] = [
  ['a loop over a huge number', '{{ range 9223372036854775807 }}{{ end }}', /gave up after 100000 steps$/],
  ['loops in loops', '{{ range 99999 }}{{ range 99999 }}{{ range 99999 }}{{ end }}{{ end }}{{ end }}', /gave up after/],
  [
    'a template that calls itself',
    '{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}',
    /exceeded maximum template depth \(100\)$/,
  ],
  [
    'a template that includes itself',
    '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" 1 }}',
    /exceeded maximum template depth \(100\)$/,
  ],
  [
    'a template that includes itself twice',
    '{{ define "a" }}{{ if lt (len .) 90 }}{{ include "a" (print . "x") }}{{ include "a" (print . "x") }}{{ end }}{{ end }}{{ include "a" "" }}',
    /gave up after/,
  ],
  [
    'text wrapped again and again',
    `{{ $x := "${'ab '.repeat(1000)}" }}{{ range 99999 }}{{ $x = wrap 10 $x }}{{ end }}`,
    /gave up/,
  ],
  [
    'two templates that call each other, in blocks',
    '{{ define "a" }}{{ if true }}{{ with 1 }}{{ range 2 }}{{ template "b" . }}{{ end }}{{ end }}{{ end }}{{ end }}{{ define "b" }}{{ template "a" }}{{ end }}{{ template "a" }}',
    /exceeded maximum template depth|nested more than/,
  ],
  [
    'templates that call themselves twice',
    '{{ define "a" }}{{ if lt . 90 }}{{ template "b" . }}{{ template "b" . }}{{ end }}{{ end }}{{ define "b" }}{{ template "a" . }}{{ end }}{{ template "a" 1 }}',
    /gave up after|template depth|nested more than/,
  ],
  ['one wide field after the other', `{{ printf "${'%1000000d'.repeat(50)}" }}`, /MISSING|gave up: more than/],
  [
    'a wide field for each argument',
    `{{ printf "${'%1000000[1]d'.repeat(50)}" 1 }}`,
    /gave up: more than 4194304 characters$/,
  ],
  ['a text that doubles itself', '{{ $x := "ab" }}{{ range 99 }}{{ $x = print $x $x }}{{ end }}', /gave up/],
  ['output in a loop', `{{ range 999999 }}${'x'.repeat(100)}{{ end }}`, /gave up: more than 4194304 characters$/],
  [
    'a value that holds itself twice, forty times over',
    '{{ $d := dict }}{{ range 40 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ $d }}',
    /gave up/,
  ],
  [
    'the same as JSON',
    '{{ $d := dict }}{{ range 40 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ toJson $d }}',
    /gave up/,
  ],
  [
    'a value nested ten thousand deep',
    '{{ $d := dict }}{{ range 10000 }}{{ $d = dict "a" $d }}{{ end }}{{ $d }}',
    /nested more than 600 levels deep$/,
  ],
  [
    'the same as JSON, nested',
    '{{ $d := dict }}{{ range 10000 }}{{ $d = dict "a" $d }}{{ end }}{{ toJson $d }}',
    /nested more than 600 levels deep$/,
  ],
  ['a list that doubles', '{{ $l := list 1 }}{{ range 40 }}{{ $l = append $l $l $l }}{{ end }}{{ $l }}', /gave up/],
  [
    'a replacement larger than all text',
    '{{ $x := "aaaaaaaaaaaaaaaa" }}{{ range 12 }}{{ $x = print $x $x }}{{ end }}{{ reReplaceAll "a" $x $x }}',
    /gave up/,
  ],
  ['a regular expression that unfolds', `{{ match "${'a{1000}'.repeat(100)}" "x" }}`, /too large for a template$/],
  [
    'a new regular expression in every turn',
    '{{ range 999999 }}{{ match (printf "(?:ab?){100}%d" .) "aaaaaaaaaaaaaaaaaaaaaa" }}{{ end }}',
    /gave up after/,
  ],
  ['parentheses ten thousand deep', `{{ ${'('.repeat(10_000)}1${')'.repeat(10_000)} }}`, /nested more than 400 levels/],
  ['blocks ten thousand deep', '{{ if 1 }}'.repeat(10_000) + '{{ end }}'.repeat(10_000), /nested more than 400 levels/],
  [
    'else-ifs ten thousand deep',
    `{{ if 0 }}${'{{ else if 0 }}'.repeat(10_000)}{{ end }}`,
    /nested more than 400 levels/,
  ],
  ['a text of two million characters', 'x'.repeat(2_000_000), /^longer than 1048576 characters$/],
];

describe('`render()` ends on its own', () => {
  test.each(HOSTILE)('for %s', (_what, template, message) => {
    const rendered = render(template, { steps: 100_000 });
    if (rendered.ok) expect(rendered.text).toMatch(message);
    else expect(rendered.message).toMatch(message);
  });

  test('for every one of them in HTML, too', () => {
    for (const [, template] of HOSTILE) {
      const rendered = render(`<p>${template}</p>`, { steps: 50_000, output: 100_000 }, 'html');
      expect(rendered.ok && rendered.text.length > 100_000).toBe(false);
    }
  });

  test('within the budget that holds when none is given', () => {
    const rendered = render('{{ range 9223372036854775807 }}{{ end }}');
    expect(rendered.ok ? '' : rendered.message).toMatch(/gave up after 1000000 steps$/);
  });

  test('when its time is up', () => {
    let asked = 0;
    const rendered = render('{{ range 99999999 }}{{ end }}', { expired: () => ++asked > 3 });
    expect(rendered).toEqual({
      ok: false,
      message: 'template: :1:9: executing "" at <99999999>: gave up: out of time',
    });
    expect(asked).toBe(4);
  });

  test.each([
    [{ steps: 10 }, '{{ range 5 }}{{ print . }}{{ end }}', 'gave up after 10 steps'],
    [
      { depth: 2 },
      '{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}',
      'exceeded maximum template depth (2)',
    ],
    [{ output: 3 }, 'abcd', 'gave up: more than 3 characters'],
  ])('within a budget of %o', (budget, template, message) => {
    const rendered = render(template, budget);
    expect(rendered.ok ? '' : rendered.message).toContain(message);
  });

  test('and leaves what is big but within the budget alone', () => {
    const rendered = render('{{ range 20000 }}line {{ . }} of many\n{{ end }}');
    expect(rendered.ok && rendered.text.length).toBe(368_890);
  });
});
