import { describe, expect, test } from 'vitest';
import { compileSchema } from '../../../src/input/schema.ts';
import { parseYaml } from '../../../src/input/yaml.ts';
import { printProblem, type Problem } from '../../../src/model/problem.ts';

const text = { type: 'string' };
const mapping = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

const schema = {
  ...mapping(
    {
      global: mapping({ resolve_timeout: { type: 'string', format: 'duration' } }),
      route: { $ref: '#/definitions/route' },
      receivers: {
        type: 'array',
        items: mapping({ name: text, labels: { type: 'object', additionalProperties: text } }, ['name']),
      },
      title: { anyOf: [text, mapping({ template: text }, ['template'])] },
      inhibit_rules: { type: 'array', items: { type: ['object', 'null'] } },
    },
    ['route'],
  ),
  definitions: {
    route: mapping({
      receiver: { type: 'string', minLength: 1 },
      group_by: { type: 'array', items: { type: 'string', format: 'label-name' }, uniqueItems: true },
      continue: { type: 'string', format: 'bool' },
      group_wait: { type: 'string', format: 'duration' },
      timeout: { type: 'string', format: 'go-duration' },
      max_alerts: { type: 'string', format: 'uint' },
      url: { type: 'string', format: 'url' },
      severity: { type: 'string', enum: ['high', 'middle', 'low'] },
      routes: { type: 'array', items: { $ref: '#/definitions/route' }, maxItems: 3 },
      team: { type: 'string', format: 'team' },
    }),
  },
};
const check = compileSchema(schema, {
  team: (name) => (name === 'web' ? null : { message: `no team ${name}`, hint: 'web' }),
});

function problems(given: string): Problem[] {
  const parsed = parseYaml('belfry.yml', given);
  if (!parsed.ok) throw new Error(parsed.problems.map(printProblem).join('\n'));
  return check(parsed.value);
}
const printed = (given: string): string => problems(given).map(printProblem).join('\n');

describe('compileSchema()', () => {
  test.each([
    [
      'everything right',
      'route: {receiver: 5, group_by: [a], continue: On, group_wait: 1m, timeout: 1.5s, max_alerts: 0, severity: low, team: web}\ntitle: x',
    ],
    [
      'keys without a value',
      'global:\nroute: {receiver: , routes: ~}\nreceivers:\n- name: x\n  labels: {a: }\ntitle:\n  template: t',
    ],
    ['an empty entry where the schema allows it', 'route: {}\ninhibit_rules: [~]'],
    [
      'label names that objects are born with',
      'route: {}\nreceivers: [{name: a, labels: {__proto__: x, constructor: y}}]',
    ],
  ])('accepts %s', (_, given) => {
    expect(printed(given)).toBe('');
  });

  test.each([
    ['an empty file', ''],
    ['a list for the whole file', '- a'],
    ['a misspelt key', 'route:\n  recevier: x'],
    ['a misspelt required key, once', 'route: {}\nreceivers:\n- nme: x'],
    ['a key without any likeness', 'route: {}\nwatchtower: x'],
    ['a key on the wrong level', 'route: {}\ngroup_wait: 5s\nresolve_timeout: 5m'],
    ['an unknown key without a value', 'route: {}\nfoo:'],
    ['a key that objects are born with', 'route: {}\nconstructor: x\n__proto__: y'],
    [
      'wrong kinds',
      'route:\n  receiver: [a]\n  group_by: alertname\n  group_wait: {a: b}\n  routes:\n    a: b\nglobal: x',
    ],
    ['empty list entries', 'route:\n  group_by: [a, ~]\n  routes:\n  -\n  - {}\nreceivers: [null]'],
    ['a missing field', 'route: {}\nreceivers:\n  - labels: {}\n  - name:'],
    [
      'bad scalars',
      'route:\n  continue: maybe\n  group_wait: 5\n  timeout: 1d\n  max_alerts: -1\n  url: ftp://x\n  team: ops\n  severity: hihg',
    ],
    ['an unlikely enum value', 'route: {severity: critical}'],
    ['an invalid label name and a repeated one', "route: {group_by: [a, '', a]}"],
    ['too many entries', 'route: {routes: [{}, {}, {}, {}]}'],
    ['an empty text', 'route: {receiver: ""}'],
    ['none of two kinds', 'route: {}\ntitle: [a]'],
    ['the complaint of the kind that was meant', 'route: {}\ntitle: {tempalte: x}'],
    [
      'a mistake in an aliased part, once',
      'route: &r\n  foo: bar\n  routes: []\nreceivers: []\ntitle: x\nglobal: {}\n',
    ],
  ])('explains %s', (_, given) => {
    expect(printed(given)).toMatchSnapshot();
  });

  test('codes are few and stable', () => {
    const all = problems('route: {a: b, group_wait: x, group_by: {}, routes: [~]}\nreceivers: [{}]');
    expect(all.map(({ code }) => code).sort()).toEqual([
      'config/bad-value',
      'config/missing-field',
      'config/null-entry',
      'config/unknown-field',
      'config/wrong-kind',
    ]);
  });

  test('what an alias repeats is reported once, where it is written', () => {
    const found = problems('global: &g\n  foo: bar\nroute: {}\nreceivers:\n- name: a\n  labels: {}\ntitle: x\n');
    expect(found.map(({ at }) => at?.line)).toEqual([2]);
    expect(problems('receivers: [&a {name: [x]}, *a, *a]\nroute: {}').length).toBe(1);
  });

  test('of very many mistakes it reports the first few hundred, quickly', () => {
    const given = `route: {}\nreceivers:\n${'- nme: x\n'.repeat(20_000)}`;
    const found = problems(given).length;
    expect(found).toBeGreaterThan(100);
    expect(found).toBeLessThanOrEqual(500);
  });
});
