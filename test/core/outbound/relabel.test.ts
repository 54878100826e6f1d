import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RelabelRule } from '../../../src/config/config.ts';
import { compileSchema } from '../../../src/input/schema.ts';
import { parseYaml } from '../../../src/input/yaml.ts';
import type { LabelNameMode } from '../../../src/model/label-name.ts';
import { Labels } from '../../../src/model/labels.ts';
import { compileRelabel, relabelSchema } from '../../../src/outbound/compile-relabel.ts';
import { relabel } from '../../../src/outbound/relabel.ts';

interface Golden {
  readonly name: string;
  readonly yaml: string;
  readonly scheme?: LabelNameMode;
  readonly labels?: readonly Readonly<Record<string, string>>[];
  readonly error?: string;
  /** null: dropped. */
  readonly results?: readonly (Readonly<Record<string, string>> | null)[];
}

/** What Prometheus' own package (model/relabel, 3.15) made of the same rules and label sets. */
const golden = JSON.parse(
  readFileSync(new URL('../../fixtures/relabel.json', import.meta.url), 'utf8'),
) as readonly Golden[];

const check = compileSchema(relabelSchema);

function compile(yaml: string, names: LabelNameMode = 'utf8'): { rules: readonly RelabelRule[]; problems: string[] } {
  const parsed = parseYaml('belfry.yml', yaml);
  if (!parsed.ok) throw new Error('the test does not even parse');
  const problems = check(parsed.value);
  const rules = compileRelabel(parsed.value.tree, [], {
    names,
    what: 'relabeling rule',
    report: (path, which, code, message, hint) =>
      void problems.push(parsed.value.problem(path, which, { code, message, hint })),
  });
  return {
    rules,
    problems: problems.map(
      ({ at, message, hint }) => `${at?.line}:${at?.column} ${message}${hint ? ` (${hint})` : ''}`,
    ),
  };
}

describe('compileRelabel() and relabel()', () => {
  it('were compared with Prometheus in many cases', () => {
    expect(golden.length).toBeGreaterThanOrEqual(120);
  });

  it.each(golden.map((one) => [one.name, one] as const))('do as Prometheus does: %s', (_name, one) => {
    const { rules, problems } = compile(one.yaml, one.scheme);
    if (one.error !== undefined) {
      expect(problems.join('\n')).toContain(one.error);
      return;
    }
    expect(problems).toEqual([]);
    const results = (one.labels ?? []).map((labels) => {
      const after = relabel(rules, Labels.of(Object.entries(labels)), one.scheme);
      return after === null ? null : Object.fromEntries(after);
    });
    expect(results).toEqual((one.results ?? []).map((labels) => labels && Object.fromEntries(Object.entries(labels))));
  });
});

describe('compileRelabel()', () => {
  it.each([
    ['a misspelt action', '- action: labelmp', '1:11 unknown relabel action "labelmp" (did you mean "labelmap"?)'],
    [
      'a pattern that does not parse',
      '- regex: a(\n  target_label: b',
      '1:10 error parsing regexp: missing closing ): `^(?s:a()$`',
    ],
    [
      'a field that does nothing with its action',
      '- action: labeldrop\n  regex: a\n  separator: ","',
      "3:3 labeldrop action requires only 'regex', and no other fields (remove it)",
    ],
    [
      'a missing target, at the rule',
      '- action: replace\n  source_labels: [a]',
      "1:3 relabel configuration for replace action requires 'target_label' value",
    ],
    ['an empty entry', '- action: keep\n-', '2:2 empty or null relabeling rule (remove the dash or fill it in)'],
  ])('points at %s', (_what, yaml, problem) => {
    expect(compile(yaml).problems).toEqual([problem]);
  });

  it('tells all that is wrong in a list, and keeps what is right', () => {
    const { rules, problems } = compile('- action: nope\n- {action: keep, regex: a}\n- {action: hashmod}');
    expect(problems).toHaveLength(2);
    expect(rules.map(({ action }) => action)).toEqual(['keep']);
  });
});

describe('relabel()', () => {
  const labels = Labels.of([['__name__', 'up']]);

  it('gives back the very object when nothing changes', () => {
    const { rules } = compile('- {source_labels: [nothing], regex: x, target_label: y, replacement: z}');
    expect(relabel(rules, labels)).toBe(labels);
    expect(relabel([], labels)).toBe(labels);
  });

  it('gives back the very object when what is set was there', () => {
    expect(relabel(compile('- {target_label: __name__, replacement: up}').rules, labels)).toBe(labels);
  });
});
