// Reads the golden fixtures: what real Go (text/template, html/template, Alertmanager's and Prometheus' function
// sets) made of each template. Data is written with its Go type, because printing depends on it.
import { readFileSync } from 'node:fs';
import { messageData } from '../../../src/template/data.ts';
import {
  BYTES,
  FLOAT64,
  funcType,
  INT,
  INT32,
  INT64,
  mapOf,
  pointerTo,
  sliceOf,
  STRING,
  STRING_MAP,
  STRINGS,
  UINT,
  UINT64,
  UINT8,
} from '../../../src/template/go-type.ts';
import { fromBytes } from '../../../src/template/bytes.ts';
import { zoneNamed } from '../../../src/template/functions-time.ts';
import { queryResult, ruleDot, RULE_VARIABLES, ruleVariables, type RuleData } from '../../../src/template/rule-data.ts';
import { CallError, type HostFunctions } from '../../../src/template/run.ts';
import { parseTime } from '../../../src/template/time-parse.ts';
import { duration } from '../../../src/template/time.ts';
import {
  anyMap,
  Complex,
  Func,
  list,
  Mapping,
  Pointer,
  Scalar,
  Slice,
  stringMap,
  strings,
  textOf,
  typeOf,
  type Value,
} from '../../../src/template/values.ts';
import { TemplateSet, type Flavour, type Mode } from '../../../src/template/template-set.ts';
import { Labels } from '../../../src/model/labels.ts';
import { Pairs } from '../../../src/model/pairs.ts';

export interface GoldenCase {
  readonly f?: string;
  readonly m?: string;
  readonly s?: readonly string[];
  readonly d?: string;
  readonly t: string;
  readonly o?: string;
  readonly e?: string;
}

type PairList = readonly (readonly [string, string])[];

interface Golden {
  readonly data: Readonly<Record<string, Encoded>>;
  readonly queries?: Readonly<Record<string, readonly { Labels: PairList; Value: string }[]>>;
  readonly cases: readonly GoldenCase[];
}

interface Encoded {
  readonly t: string;
  readonly v?: unknown;
  readonly z?: string;
}

export function readGolden(name: string): Golden {
  return JSON.parse(readFileSync(new URL(`../../fixtures/template/${name}.json`, import.meta.url), 'utf8')) as Golden;
}

/** The text, or the message after `error: `. */
export function renderCase(golden: Golden, one: GoldenCase): string {
  const flavour: Flavour = one.f === 'p' ? 'prometheus' : 'alertmanager';
  const mode: Mode = one.m === 'h' ? 'html' : 'text';
  const set = TemplateSet.parse(
    (one.s ?? []).map((text) => ({ file: '', text })),
    flavour,
  );
  if (!set.ok) return parseError(set.problems[0]!.at!.line, set.problems[0]!.message);
  const variables = flavour === 'prometheus' ? RULE_VARIABLES.slice(0, 4) : [];
  const compiled = set.value.compile(one.t, mode, { variables });
  if (!compiled.ok) {
    const problem = compiled.problems[0]!;
    return problem.code === 'template/syntax'
      ? parseError(problem.at!.line, problem.message)
      : `error: ${problem.message}`;
  }
  const rule = flavour === 'prometheus' ? ruleData(golden.data[one.d!]!) : null;
  const data = rule !== null ? ruleDot(rule) : one.d === undefined ? undefined : decode(golden.data[one.d]!);
  const rendered = compiled.value.render(data, {
    now: 1_700_000_000_123,
    functions: hostFunctions(golden),
    variables: rule === null ? [] : ruleVariables(rule),
  });
  return rendered.ok ? rendered.text : `error: ${rendered.message}`;
}

export const expectedOf = (one: GoldenCase): string => (one.e === undefined ? one.o! : `error: ${one.e}`);

const parseError = (line: number, message: string): string => `error: template: :${line}: ${message}`;

function hostFunctions(golden: Golden): HostFunctions {
  return {
    externalURL: () => 'http://prom.example/prefix',
    pathPrefix: () => '/prefix',
    query: (expression = '') => {
      const samples = golden.queries?.[expression];
      if (samples === undefined) throw new CallError('no such query');
      return queryResult(
        samples.map(({ Labels: labels, Value: value }) => ({ labels: Pairs.from(labels), value: goFloat(value) })),
      );
    },
  };
}

function ruleData(encoded: unknown): RuleData {
  const rule = encoded as { Labels: PairList; ExternalLabels: PairList; ExternalURL: string; Value: string };
  return {
    labels: Pairs.from(rule.Labels),
    externalLabels: Pairs.from(rule.ExternalLabels),
    externalURL: rule.ExternalURL,
    value: goFloat(rule.Value),
  };
}

const goFloat = (text: string): number =>
  ({ '+Inf': Infinity, '-Inf': -Infinity, NaN: Number.NaN })[text] ?? Number(text);

const time = (text: string, zone: string | undefined): Value => {
  const parsed = parseTime('2006-01-02T15:04:05Z07:00', text);
  if (!parsed.ok) throw new Error(parsed.message);
  return zone === undefined ? parsed.time : parsed.time.in(zoneNamed(zone)!);
};

function decode({ t, v, z }: Encoded): Value {
  const text = String(v);
  const pairs = v as PairList;
  switch (t) {
    case 'nil':
      return undefined;
    case 'string':
    case 'bool':
      return v as string | boolean;
    case 'bytes-string':
      return fromBytes(Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16)));
    case 'int':
      return BigInt(text);
    case 'int64':
      return new Scalar(INT64, BigInt(text));
    case 'int32':
      return new Scalar(INT32, BigInt(text));
    case 'uint':
      return new Scalar(UINT, BigInt(text));
    case 'uint64':
      return new Scalar(UINT64, BigInt(text));
    case 'uint8':
      return new Scalar(UINT8, BigInt(text));
    case 'float64':
      return goFloat(text);
    case 'complex128':
      return new Complex(...(text.split(',').map(Number) as [number, number]));
    case 'duration':
      return duration(BigInt(text));
    case 'time':
      return time(text, z);
    case 'bytes':
      return new Slice(
        BYTES,
        [...new TextEncoder().encode(text)].map((byte) => new Scalar(UINT8, BigInt(byte))),
      );
    case 'strings':
      return strings(v as readonly string[]);
    case 'nilstrings':
      return new Slice(STRINGS, [], true);
    case 'nilmap':
      return new Mapping(STRING_MAP, new Map(), true);
    case 'ints':
      return new Slice(
        sliceOf(INT),
        (v as readonly number[]).map((n) => BigInt(n)),
      );
    case 'list':
      return list((v as readonly Encoded[]).map(decode));
    case 'map':
      return anyMap(new Map((v as readonly (readonly [string, Encoded])[]).map(([k, e]) => [k, decode(e)])));
    case 'imap':
      return new Mapping(mapOf(INT, STRING), new Map(pairs.map(([k, e]) => [BigInt(k), e])));
    case 'fmap':
      return new Mapping(mapOf(STRING, FLOAT64), new Map(pairs.map(([k, e]) => [k, goFloat(e)])));
    case 'smap':
      return stringMap(Pairs.from(pairs));
    case 'ptr': {
      const target = decode(v as Encoded);
      return new Pointer(pointerTo(typeOf(target!)), target);
    }
    case 'func':
      return FUNCTIONS[text]!;
    case 'kv':
      return keyValues(pairs);
    case 'message':
      return messageOf(v as EncodedMessage) as Value;
    default:
      throw new Error(`unknown type ${t}`);
  }
}

const FUNCTIONS: Readonly<Record<string, Func>> = {
  add: new Func(funcType('func(int, int) int'), {
    params: [INT, INT],
    variadic: false,
    call: ([a, b]) => (a as bigint) + (b as bigint),
  }),
  cat: new Func(funcType('func(...string) string'), {
    params: [STRING],
    variadic: true,
    call: (args) => args.map(textOf).join('+'),
  }),
  fail: new Func(funcType('func() (string, error)'), {
    params: [],
    variadic: false,
    call: () => {
      throw new CallError('it failed');
    },
  }),
};

interface EncodedMessage {
  readonly Receiver: string;
  readonly Status: 'firing' | 'resolved';
  readonly Reason: string;
  readonly ExternalURL: string;
  readonly GroupLabels: PairList;
  readonly CommonLabels: PairList;
  readonly CommonAnnotations: PairList;
  readonly RouteLabels: PairList;
  readonly Alerts: readonly {
    readonly Status: 'firing' | 'resolved';
    readonly StartsAt: string;
    readonly EndsAt: string;
    readonly GeneratorURL: string;
    readonly Labels: PairList;
    readonly Annotations: PairList;
  }[];
}

function messageOf(m: EncodedMessage): unknown {
  return messageData({
    receiver: m.Receiver,
    status: m.Status,
    reason: m.Reason,
    alerts: m.Alerts.map((a) => ({
      status: a.Status,
      labels: Labels.of(a.Labels),
      annotations: Pairs.from(a.Annotations),
      startsAt: a.StartsAt,
      endsAt: a.EndsAt,
      generatorURL: a.GeneratorURL,
      reading: null,
    })),
    groupLabels: Labels.of(m.GroupLabels),
    commonLabels: Labels.of(m.CommonLabels),
    commonAnnotations: Pairs.from(m.CommonAnnotations),
    routeLabels: Pairs.from(m.RouteLabels),
    externalURL: m.ExternalURL,
    groupKey: '',
    idempotencyKey: '',
    at: 0,
  });
}

/** Any KV: the group labels of a message. */
function keyValues(pairs: PairList): Value {
  const data = messageOf({
    Receiver: '',
    Status: 'firing',
    Reason: '',
    ExternalURL: '',
    GroupLabels: pairs,
    CommonLabels: [],
    CommonAnnotations: [],
    RouteLabels: [],
    Alerts: [],
  });
  const target = data instanceof Pointer ? (data.target as { values?: readonly Value[] }) : {};
  return target.values?.[4];
}
