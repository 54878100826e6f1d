// What a rule's template sees: Prometheus' $labels, $value, $externalLabels, $externalURL and vmalert's extras, and
// the result of a query inside a template.
import type { Pairs } from '../model/pairs.ts';
import {
  ANY,
  namedType,
  pointerTo,
  sliceOf,
  STRING,
  STRING_MAP,
  structType,
  type Field,
  type GoType,
} from './go-type.ts';
import { Pointer, Slice, stringMap, Struct, type Value } from './values.ts';

const field = (name: string, type: GoType): Field => ({ name, type, json: name });

const SAMPLE: GoType = structType('template.sample', [field('Labels', STRING_MAP), field('Value', ANY)]);
export const SAMPLE_POINTER: GoType = pointerTo(SAMPLE);
export const QUERY_RESULT: GoType = namedType('template.queryResult', sliceOf(SAMPLE_POINTER));

export interface QuerySample {
  readonly labels: Pairs;
  /** A float, or the text of a native histogram. */
  readonly value: number | string;
}

export function queryResult(samples: readonly QuerySample[]): Value {
  const items = samples.map(
    ({ labels, value }) => new Pointer(SAMPLE_POINTER, new Struct(SAMPLE, [stringMap(labels), value])),
  );
  return new Slice(QUERY_RESULT, items);
}

export interface RuleData {
  readonly labels: Pairs;
  readonly value: number | string;
  readonly externalLabels: Pairs;
  readonly externalURL: string;
  /** vmalert's variables, by name without the dollar: `activeAt`, `expr`, `for`, `groupID` … */
  readonly extras?: Readonly<Record<string, Value>>;
}

const RULE_DATA_NAME =
  'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }';
const RULE_DATA: GoType = structType(RULE_DATA_NAME, [
  field('Labels', STRING_MAP),
  field('ExternalLabels', STRING_MAP),
  field('ExternalURL', STRING),
  field('Value', ANY),
]);

const PROMETHEUS_VARIABLES = ['$labels', '$externalLabels', '$externalURL', '$value'] as const;
const VMALERT_VARIABLES = [
  '$activeAt',
  '$expr',
  '$for',
  '$interval',
  '$type',
  '$groupID',
  '$alertID',
  '$isPartial',
] as const;

/** For `CompileOptions.variables`: what a rule's label or annotation may use without declaring it. */
export const RULE_VARIABLES: readonly string[] = [...PROMETHEUS_VARIABLES, ...VMALERT_VARIABLES];

/** The dot of a rule's template. */
export function ruleDot(data: RuleData): unknown {
  return new Struct(RULE_DATA, [stringMap(data.labels), stringMap(data.externalLabels), data.externalURL, data.value]);
}

/** The values of RULE_VARIABLES, for `RenderEnv.variables`. */
export function ruleVariables(data: RuleData): readonly unknown[] {
  const extras = VMALERT_VARIABLES.map((name) => data.extras?.[name.slice(1)]);
  return [stringMap(data.labels), stringMap(data.externalLabels), data.externalURL, data.value, ...extras];
}
