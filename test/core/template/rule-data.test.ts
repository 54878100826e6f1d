import { describe, expect, test } from 'vitest';
import { Labels } from '../../../src/model/labels.ts';
import { QueryBook } from '../../../src/template/queries.ts';
import { RULE_VARIABLES, ruleDot, ruleVariables, type RuleData } from '../../../src/template/rule-data.ts';
import { duration } from '../../../src/template/time.ts';
import { TemplateSet, type Rendered, type Template } from '../../../src/template/template-set.ts';

const data: RuleData = {
  labels: Labels.of([
    ['job', 'node'],
    ['instance', 'a:9100'],
  ]),
  value: 1234567,
  externalLabels: Labels.of([['dc', 'eu']]),
  externalURL: 'http://prom',
  extras: { expr: 'up == 0', for: duration(300_000_000_000n) },
};

function compile(text: string): Template {
  const set = TemplateSet.parse([], 'prometheus');
  const compiled = set.ok ? set.value.compile(text, 'text', { variables: RULE_VARIABLES }) : set;
  if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
  return compiled.value;
}

const render = (template: Template, book = new QueryBook()): Rendered =>
  template.render(ruleDot(data), { now: 0, variables: ruleVariables(data), functions: { query: book.query } });

describe('rule templates', () => {
  test("see Prometheus' variables and the dot they come from", () => {
    const template = compile(
      '{{ $labels.instance }} {{ .Labels.job }} {{ $value }} {{ $externalLabels }} {{ $externalURL }}',
    );
    expect(render(template)).toEqual({ ok: true, text: 'a:9100 node 1.234567e+06 map[dc:eu] http://prom' });
  });

  test("see vmalert's variables, empty when not given", () => {
    const template = compile(
      '{{ $expr }} {{ $for }} {{ $for.Minutes }} {{ if $isPartial }}partial{{ end }}{{ $alertID }}',
    );
    expect(render(template)).toEqual({ ok: true, text: 'up == 0 5m0s 5 <no value>' });
  });

  test('escape as vmalert does', () => {
    const template = compile(
      '{{ crlfEscape "a\\nb" }} {{ jsonEscape "a\\"<b" }} {{ quotesEscape "a\\"b" }} {{ htmlEscape "<\'>" }} {{ pathEscape "a/b c" }} {{ queryEscape "a/b c" }}',
    );
    expect(render(template)).toEqual({
      ok: true,
      text: 'a\\nb "a\\"\\u003cb" a\\"b &lt;&#39;&gt; a%2Fb%20c a%2Fb+c',
    });
    expect(render(compile('{{ parseDurationTime "1m30s" }} {{ formatTime "15:04" 3600 }}'))).toEqual({
      ok: true,
      text: '1m30s 01:00',
    });
  });
});

describe('QueryBook', () => {
  const answer = { ok: true, samples: [{ labels: Labels.of([['instance', 'b']]), value: 2 }] } as const;

  test('notes the queries of a first rendering and answers them in the second', () => {
    const book = new QueryBook();
    const template = compile('{{ range query "up" }}{{ .Labels.instance }}={{ .Value }}{{ end }}');
    render(template, book);
    expect(book.missing).toEqual(['up']);
    book.answer('up', answer);
    expect(render(template, book)).toEqual({ ok: true, text: 'b=2' });
    expect(book.missing).toEqual([]);
  });

  test('finds a query that depends on the answer to another', () => {
    const book = new QueryBook();
    const template = compile('{{ with query "a" }}{{ . | first | label "instance" | query | len }}{{ end }}');
    const asked: string[][] = [];
    for (let round = 0; round < 5; round++) {
      const rendered = render(template, book);
      if (book.missing.length === 0) {
        expect(rendered).toEqual({ ok: true, text: '1' });
        break;
      }
      asked.push([...book.missing]);
      for (const expression of book.missing) book.answer(expression, answer);
    }
    expect(asked).toEqual([['a'], ['b']]);
  });

  test('lets a failed query fail the template', () => {
    const book = new QueryBook();
    book.answer('up', { ok: false, message: 'the server is away' });
    const rendered = render(compile('{{ query "up" }}'), book);
    expect(rendered.ok ? '' : rendered.message).toMatch(/error calling query: the server is away$/);
  });
});
