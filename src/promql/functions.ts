// The functions and aggregations of Prometheus 3.14 and what they take: tables, one line for each signature. What is
// done with them is in build.ts and check.ts. Names of functions are case-sensitive, unlike keywords.
import type { AggregateOp, ValueType } from './ast.ts';

export interface Signature {
  readonly args: readonly ValueType[];
  /** 0: exactly `args`; n: the last of `args` none to n times; -1: the last of `args` any number of times. */
  readonly variadic: number;
  readonly returns: ValueType;
  /** Refused unless the server runs with `promql-experimental-functions`. */
  readonly experimental: boolean;
}

type Row = readonly [names: string, args: readonly ValueType[], returns: ValueType, variadic?: number];

const STABLE: readonly Row[] = [
  [
    `abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count
    histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh
    timestamp`,
    ['vector'],
    'vector',
  ],
  [
    `absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate
    last_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time
    sum_over_time`,
    ['matrix'],
    'vector',
  ],
  ['day_of_month day_of_week day_of_year days_in_month hour minute month year', ['vector'], 'vector', 1],
  ['pi time', [], 'scalar'],
  ['scalar', ['vector'], 'scalar'],
  ['vector', ['scalar'], 'vector'],
  ['round', ['vector', 'scalar'], 'vector', 1],
  ['clamp_max clamp_min', ['vector', 'scalar'], 'vector'],
  ['clamp', ['vector', 'scalar', 'scalar'], 'vector'],
  ['predict_linear', ['matrix', 'scalar'], 'vector'],
  ['quantile_over_time', ['scalar', 'matrix'], 'vector'],
  ['histogram_quantile', ['scalar', 'vector'], 'vector'],
  ['histogram_fraction', ['scalar', 'scalar', 'vector'], 'vector'],
  ['label_join', ['vector', 'string', 'string', 'string'], 'vector', -1],
  ['label_replace', ['vector', 'string', 'string', 'string', 'string'], 'vector'],
];

const EXPERIMENTAL: readonly Row[] = [
  [
    'mad_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time',
    ['matrix'],
    'vector',
  ],
  ['end range start step', [], 'scalar'],
  ['max_of min_of', ['scalar', 'scalar'], 'scalar'],
  ['start_timestamp', ['vector'], 'vector'],
  ['double_exponential_smoothing', ['matrix', 'scalar', 'scalar'], 'vector'],
  ['sort_by_label sort_by_label_desc', ['vector', 'string'], 'vector', -1],
  ['histogram_quantiles', ['vector', 'string', 'scalar', 'scalar'], 'vector', 9],
  ['info', ['vector', 'vector'], 'vector', 1],
];

export const FUNCTIONS: ReadonlyMap<string, Signature> = new Map([
  ...STABLE.flatMap((row) => signatures(row, false)),
  ...EXPERIMENTAL.flatMap((row) => signatures(row, true)),
]);

function signatures([names, args, returns, variadic = 0]: Row, experimental: boolean): [string, Signature][] {
  return names.split(/\s+/).map((name) => [name, { args, variadic, returns, experimental }]);
}

export interface Aggregation {
  readonly op: AggregateOp;
  /** What stands in front of the vector. */
  readonly param: 'scalar' | 'string' | null;
  readonly experimental: boolean;
}

const AGGREGATION_LIST: readonly Aggregation[] = [
  { op: 'sum', param: null, experimental: false },
  { op: 'avg', param: null, experimental: false },
  { op: 'count', param: null, experimental: false },
  { op: 'min', param: null, experimental: false },
  { op: 'max', param: null, experimental: false },
  { op: 'group', param: null, experimental: false },
  { op: 'stddev', param: null, experimental: false },
  { op: 'stdvar', param: null, experimental: false },
  { op: 'topk', param: 'scalar', experimental: false },
  { op: 'bottomk', param: 'scalar', experimental: false },
  { op: 'quantile', param: 'scalar', experimental: false },
  { op: 'count_values', param: 'string', experimental: false },
  { op: 'limitk', param: 'scalar', experimental: true },
  { op: 'limit_ratio', param: 'scalar', experimental: true },
];

export const AGGREGATIONS: ReadonlyMap<string, Aggregation> = new Map(AGGREGATION_LIST.map((row) => [row.op, row]));
