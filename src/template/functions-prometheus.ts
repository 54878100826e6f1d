// The functions of rule templates: Prometheus' set and what vmalert adds.
import { parseDuration } from '../model/duration.ts';
import { compareUtf8 } from '../model/order.ts';
import { escapePath, escapeQuery } from './escape-text.ts';
import { floatText } from './float-text.ts';
import { plainFunctions, type TemplateFunction } from './function-table.ts';
import { onText, TEXT_FUNCTIONS } from './functions-text.ts';
import { ANY, pointerTo, STRING, type Callable, type GoType } from './go-type.ts';
import { stripDomain, stripPort } from './host-port.ts';
import { humanize, humanize1024, humanizeDuration, humanizePercentage, toFloat } from './humanize.ts';
import { titleCase } from './title-case.ts';
import { QUERY_RESULT, SAMPLE_POINTER } from './rule-data.ts';
import { CallError } from './run.ts';
import { formatTime } from './time-layout.ts';
import { duration, DURATION, GoTime, TIME, timeText } from './time.ts';
import { anyMap, Mapping, Pointer, Slice, Struct, zeroOf, type Key, type Value, textOf } from './values.ts';
import { UTC } from './zone.ts';

type Body = (args: readonly Value[]) => Value;
const fixed = (params: readonly GoType[], call: Body): Callable => ({ params, variadic: false, call });
const onNumber = (body: (value: number) => Value): Callable => fixed([ANY], ([value]) => body(toFloat(value)));

const NOT_FINITE = 'value is NaN or Inf';

function timeOfUnix(seconds: number): GoTime {
  if (!Number.isFinite(seconds)) throw new CallError(NOT_FINITE);
  const nanos = seconds * 1e9;
  if (nanos > 2 ** 63 || nanos < -(2 ** 63)) {
    const shown = floatText(seconds, 'g', -1);
    throw new CallError(`${shown} cannot be represented as a nanoseconds timestamp since it overflows int64`);
  }
  // In whole numbers: a quotient of doubles would round up what Go cuts off.
  return GoTime.ofMillis(Number(BigInt(Math.trunc(nanos)) / 1_000_000n), UTC);
}

function secondsOf(text: string): number {
  const negative = text.startsWith('-');
  const parsed = parseDuration(negative ? text.slice(1) : text);
  if (!parsed.ok) throw new CallError(parsed.message);
  return (negative ? -parsed.ms : parsed.ms) / 1000;
}

function nanosOf(seconds: number): bigint {
  const nanos = seconds * 1e9;
  return Math.abs(nanos) < 2 ** 63 ? BigInt(Math.trunc(nanos)) : -(2n ** 63n);
}

const sampleField = (sample: Value, at: 0 | 1): Value => {
  const target = sample instanceof Pointer ? sample.target : undefined;
  if (!(target instanceof Struct)) {
    throw new CallError('runtime error: invalid memory address or nil pointer dereference');
  }
  return target.values[at];
};

function labelOf(name: string, sample: Value): string {
  const labels = sampleField(sample, 0);
  return labels instanceof Mapping ? textOf(labels.get(name)) : '';
}

const samplesOf = (result: Value): readonly Value[] => (result instanceof Slice ? result.items : []);

const SAMPLE_FUNCTIONS: Readonly<Record<string, Callable>> = {
  query: {
    params: [STRING],
    variadic: false,
    call: ([expression], run) => run.host['query']?.(textOf(expression)) ?? zeroOf(QUERY_RESULT),
  },
  first: fixed([QUERY_RESULT], ([result]) => {
    const [sample] = samplesOf(result);
    if (sample === undefined) throw new CallError('first() called on vector with no elements');
    return sample;
  }),
  label: fixed([STRING, SAMPLE_POINTER], ([name, sample]) => labelOf(textOf(name), sample)),
  value: fixed([SAMPLE_POINTER], ([sample]) => sampleField(sample, 1)),
  strvalue: fixed([SAMPLE_POINTER], ([sample]) => labelOf('__value__', sample)),
  sortByLabel: {
    params: [STRING, QUERY_RESULT],
    variadic: false,
    call: ([name, result], run) => {
      const keyed = samplesOf(result).map((sample) => ({ sample, key: labelOf(textOf(name), sample) }));
      run.spend(keyed.length * 4);
      keyed.sort((a, b) => compareUtf8(a.key, b.key));
      return new Slice(
        QUERY_RESULT,
        keyed.map((one) => one.sample),
      );
    },
  },
};

const VMALERT_FUNCTIONS: Readonly<Record<string, Callable>> = {
  crlfEscape: onText(1, ([text]) => text!.replaceAll('\n', '\\n').replaceAll('\r', '\\r')),
  jsonEscape: onText(1, ([text]) => quotedJson(text!)),
  quotesEscape: onText(1, ([text]) => quotedJson(text!).slice(1, -1)),
  htmlEscape: onText(1, ([text]) => text!.replace(/[<>"'&]/g, (char) => HTML[char]!)),
  pathEscape: onText(1, ([text]) => escapePath(text!)),
  queryEscape: onText(1, ([text]) => escapeQuery(text!)),
  parseDurationTime: onText(1, ([text]) => duration(nanosOf(secondsOf(text!)))),
  formatTime: {
    params: [STRING, ANY],
    variadic: false,
    call: ([layout, value], run) => run.made(formatTime(timeOfUnix(toFloat(value)), textOf(layout))),
  },
};

const HTML: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '&': '&amp;' };

const quotedJson = (text: string): string =>
  JSON.stringify(text).replace(/[<']/g, (char) => (char === '<' ? '\\u003c' : '\\u0027'));

export const PROMETHEUS_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = plainFunctions({
  ...TEXT_FUNCTIONS,
  ...SAMPLE_FUNCTIONS,
  ...VMALERT_FUNCTIONS,
  title: onText(1, ([text]) => titleCase(text!, 'keep')),
  stripPort: onText(1, ([text]) => stripPort(text!)),
  stripDomain: onText(1, ([text]) => stripDomain(text!)),
  graphLink: onText(1, ([expression]) => `/graph?g0.expr=${escapeQuery(expression!)}&g0.tab=0`),
  tableLink: onText(1, ([expression]) => `/graph?g0.expr=${escapeQuery(expression!)}&g0.tab=1`),
  urlQueryEscape: onText(1, ([text]) => escapeQuery(text!)),
  parseDuration: onText(1, ([text]) => secondsOf(text!)),
  humanize: onNumber(humanize),
  humanize1024: onNumber(humanize1024),
  humanizeDuration: onNumber(humanizeDuration),
  humanizePercentage: onNumber(humanizePercentage),
  humanizeTimestamp: onNumber((value) =>
    Number.isFinite(value) ? timeText(timeOfUnix(value)) : floatText(value, 'g', 4),
  ),
  toTime: onNumber((value) => new Pointer(pointerTo(TIME), timeOfUnix(value))),
  toDuration: onNumber((value) => new Pointer(pointerTo(DURATION), duration(nanosOf(value)))),
  now: { params: [], variadic: false, call: (_args, run) => run.now / 1000 },
  externalURL: { params: [], variadic: false, call: (_args, run) => run.host['externalURL']?.() ?? '' },
  pathPrefix: { params: [], variadic: false, call: (_args, run) => run.host['pathPrefix']?.() ?? '' },
  args: {
    params: [ANY],
    variadic: true,
    call: (args) => anyMap(new Map<Key, Value>(args.map((arg, i) => [`arg${i}`, arg]))),
  },
});
