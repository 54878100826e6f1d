import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerMemory } from '../../../src/adapters/prometheus/answer-memory.ts';
import { readAnswer } from '../../../src/adapters/prometheus/read-answer.ts';
import { readValue } from '../../../src/adapters/prometheus/sample-text.ts';
import { KnownMetrics, scanVector } from '../../../src/adapters/prometheus/vector-scan.ts';

const limits = { maxBytes: 1_000_000, maxSeries: 100 };

const read = (body: string | object, status = 200, known = KnownMetrics.none()) =>
  readAnswer(
    {
      kind: 'answer',
      status,
      headers: new Map(),
      body: { bytes: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), end: 'whole' },
    },
    limits,
    known,
  );

const vector = (...result: readonly unknown[]) => ({ status: 'success', data: { resultType: 'vector', result } });
const point = (metric: object, value: string, at = 1_700_000_000.123) => ({ metric, value: [at, value] });

/** Labels as text, instant, value. */
function samples(body: string | object, known = KnownMetrics.none()): readonly (readonly [string, number, number])[] {
  const answer = read(body, 200, known);
  if (answer.kind === 'failure') throw new Error(answer.message);
  return answer.vector.map(({ labels, at, value }) => [labels.toString(), at, value] as const);
}

describe('readAnswer() takes', () => {
  it('a vector: labels, instants and values', () => {
    expect(samples(vector(point({ __name__: 'up', job: 'a' }, '1'), point({}, '0.5', 1_700_000_000)))).toEqual([
      ['{__name__="up", job="a"}', 1_700_000_000_123, 1],
      ['{}', 1_700_000_000_000, 0.5],
    ]);
  });

  it.each([
    ['NaN', Number.NaN],
    ['+Inf', Infinity],
    ['-Inf', -Infinity],
    ['1e400', Infinity],
    ['-1e+400', -Infinity],
    ['9007199254740993', 9_007_199_254_740_992],
    ['123456789012345678901234567890', 1.2345678901234568e29],
    ['1e-320', 1e-320],
    ['-0', -0],
    ['0.1', 0.1],
  ])('the value %s', (text, value) => {
    expect(samples(vector(point({ a: 'b' }, text)))[0]![2]).toBe(value);
    expect(samples({ status: 'success', data: { resultType: 'scalar', result: [1, text] } })[0]![2]).toBe(value);
  });

  it('a scalar as one sample without labels', () => {
    const body = { status: 'success', data: { resultType: 'scalar', result: [1_700_000_000.5, '2'] } };
    expect(samples(body)).toEqual([['{}', 1_700_000_000_500, 2]]);
  });

  it('names that mean something to JavaScript, empty values, any order', () => {
    const metric = '{"constructor":"c","__proto__":"p","b":"","a":"x\\"},\\"value\\":[1,\\"2\\"]}","é":"ü🙂"}';
    const body = `{"status":"success","data":{"resultType":"vector","result":[{"metric":${metric},"value":[1,"2"]}]}}`;
    expect(samples(body)).toEqual([
      ['{__proto__="p", a="x\\"},\\"value\\":[1,\\"2\\"]}", constructor="c", é="ü🙂"}', 1000, 2],
    ]);
  });

  it('what is spelled differently from Prometheus', () => {
    const body = JSON.stringify(
      vector({ value: [1, '2'], metric: { a: 'b' } }, { metric: { c: 'd' }, value: [1, '3'] }),
      null,
      2,
    );
    expect(samples(body)).toEqual([
      ['{a="b"}', 1000, 2],
      ['{c="d"}', 1000, 3],
    ]);
  });

  it('native histograms, beside floats', () => {
    const histogram = {
      count: '12',
      sum: '-1.5',
      buckets: [
        [1, '-2', '-1', '4'],
        [3, '-0.5', '0.5', '1'],
        [0, '1', '+Inf', '7'],
      ],
    };
    const answer = read(vector({ metric: { a: 'b' }, histogram: [1, histogram] }, point({ c: 'd' }, '1')));
    expect(answer).toMatchObject({
      vector: [
        {
          at: 1000,
          value: 12,
          histogram: {
            count: 12,
            sum: -1.5,
            buckets: [
              [1, -2, -1, 4],
              [3, -0.5, 0.5, 1],
              [0, 1, Infinity, 7],
            ],
          },
        },
        { value: 1, histogram: null },
      ],
    });
    const empty = read(vector({ metric: {}, histogram: [1, { count: '0', sum: '0' }] }));
    expect(empty).toMatchObject({ vector: [{ histogram: { count: 0, sum: 0, buckets: [] } }] });
  });

  it('duplicate label sets: they are for others to judge', () => {
    expect(samples(vector(point({ a: 'b' }, '1'), point({ a: 'b' }, '2')))).toHaveLength(2);
  });

  it('what stands beside the result', () => {
    const beside = { warnings: ['store x is gone'], infos: ['i'], isPartial: true, stats: { seriesFetched: '17' } };
    expect(read({ ...vector(), ...beside })).toMatchObject({
      ...{
        kind: 'vector',
        vector: [],
        warnings: ['store x is gone'],
        infos: ['i'],
        isPartial: true,
        seriesFetched: 17,
      },
    });
    expect(read(vector())).toMatchObject({ warnings: [], infos: [], isPartial: false, seriesFetched: null });
  });

  it.each([
    [{ isPartial: true }, true],
    [{ isPartial: false }, false],
    [{ warnings: ['No StoreAPI matched'] }, true],
    [{ warnings: ['PromQL warning: quantile value should be between 0 and 1'] }, false],
    [{ infos: ['PromQL info: metric might not be a counter'] }, false],
  ])('%j as partial: %s', (beside, isPartial) => {
    expect(read({ ...vector(point({}, '1')), ...beside })).toMatchObject({ isPartial });
  });
});

describe('readAnswer() refuses', () => {
  it.each([
    ['HTML', '<!DOCTYPE html><html>\n<body>Please log in'],
    ['nothing at all', ''],
    [
      'truncated JSON',
      '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1,"2"]}',
    ],
    [
      'a comma too many',
      '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1,"2"]},]}}',
    ],
    ['a list', []],
    ['null', 'null'],
    ['another API', { status: 'ok' }],
    ['a success without data', { status: 'success' }],
    ['a matrix', { status: 'success', data: { resultType: 'matrix', result: [] } }],
    ['a string', { status: 'success', data: { resultType: 'string', result: [1, 'x'] } }],
    ['streams', { status: 'success', data: { resultType: 'streams', result: [] } }],
    ['a vector that is none', { status: 'success', data: { resultType: 'vector', result: {} } }],
    ['a scalar that is none', { status: 'success', data: { resultType: 'scalar', result: [] } }],
    [
      'a matrix that looks like a vector',
      { status: 'success', data: { resultType: 'matrix', result: [point({}, '1')] } },
    ],
    ['a value that is a number', vector({ metric: {}, value: [1, 2] })],
    ['a time that is text', vector({ metric: {}, value: ['1', '2'] })],
    ['a value too many', vector({ metric: {}, value: [1, '2', '3'] })],
    ['a label that is a number', vector({ metric: { a: 1 }, value: [1, '2'] })],
    ['a sample without labels', vector({ value: [1, '2'] })],
    ['a sample without value', vector({ metric: {} })],
    ['a histogram without count', vector({ metric: {}, histogram: [1, { sum: '1' }] })],
    ['a bucket of three', vector({ metric: {}, histogram: [1, { count: '1', sum: '1', buckets: [[0, '1', '2']] }] })],
  ])('%s as no answer', (_name, body) => {
    expect(read(body)).toMatchObject({ kind: 'failure', reason: 'not an answer' });
  });

  it.each(['', ' 1', '0x10', '1_000', 'Infinity', 'nan', '1e', '--1', '٣'])('the value %j', (text) => {
    expect(readValue(text)).toBe(null);
    expect(read(vector(point({ a: 'b' }, text)))).toMatchObject({ reason: 'not an answer' });
  });

  it('with at most 200 bytes of what came, on one line', () => {
    const answer = read(`<html>\n\u001b[31m${'ü'.repeat(500)}`);
    const message = answer.kind === 'failure' ? answer.message : '';
    expect(message).toMatch(/^the answer is no JSON: <html> \[31mü+$/);
    expect(Buffer.byteLength(message.replace('the answer is no JSON: ', ''))).toBeLessThanOrEqual(200);
  });

  it.each([
    [400, { status: 'error', errorType: 'bad_data', error: 'parse error' }, 'bad query'],
    [422, { status: 'error', errorType: 'execution', error: 'many-to-many' }, 'bad query'],
    [422, { status: 'error', errorType: '422', error: 'unknown function' }, 'bad query'],
    [400, 'nonsense', 'bad query'],
    [401, 'who are you', 'unauthorised'],
    [403, { status: 'error', errorType: 'bad_data', error: 'no' }, 'unauthorised'],
    [408, '', 'unavailable'],
    [429, { status: 'error', errorType: 'too_many_requests', error: 'slow down' }, 'unavailable'],
    [500, { status: 'error', errorType: 'internal', error: 'oops' }, 'unavailable'],
    [502, '<html>bad gateway', 'unavailable'],
    [503, { status: 'error', errorType: 'timeout', error: 'query timed out' }, 'timeout'],
    [503, { status: 'error', errorType: 'canceled', error: 'query was canceled' }, 'unavailable'],
    [504, '', 'unavailable'],
    [200, { status: 'error', errorType: 'bad_data', error: 'x' }, 'bad query'],
    [200, { status: 'error', errorType: 'odd', error: 'x' }, 'not an answer'],
    [404, 'page not found', 'not an answer'],
    [204, '', 'not an answer'],
    [302, '', 'not an answer'],
  ])('status %i with %j: %s', (status, body, reason) => {
    expect(read(body, status)).toMatchObject({ kind: 'failure', reason });
  });

  it('with what the source said', () => {
    const body = { status: 'error', errorType: 'bad_data', error: 'invalid parameter "query"' };
    expect(read(body, 400)).toMatchObject({ message: 'the source answered 400: bad_data: invalid parameter "query"' });
    expect(read('not here', 404)).toMatchObject({ message: 'the source answered 404: not here' });
  });

  it('more series than may be, in either spelling', () => {
    const many = Array.from({ length: 101 }, (_, i) => point({ i: String(i) }, '1'));
    expect(read(vector(...many))).toMatchObject({ reason: 'too large' });
    expect(read(JSON.stringify(vector(...many), null, 1))).toMatchObject({ reason: 'too large' });
    expect(read(vector(...many.slice(1)))).toMatchObject({ kind: 'vector' });
  });
});

describe('readAnswer() remembers', () => {
  const first = vector(point({ a: '1' }, '1'), point({ a: '2' }, '2'), point({ a: '3' }, '3'));
  const known = (body: object, before = KnownMetrics.none()): KnownMetrics => {
    const answer = read(body, 200, before);
    return answer.kind === 'vector' ? answer.metrics : KnownMetrics.none();
  };

  it('the labels of the last answer: the same objects come again', () => {
    const before = known(first);
    const answer = read(vector(point({ a: '1' }, '7', 5), point({ a: '2' }, '8', 5)), 200, before);
    expect(answer.kind === 'vector' && answer.vector.map(({ labels }) => before.labels.indexOf(labels))).toEqual([
      0, 1,
    ]);
    expect(answer.kind === 'vector' && answer.metrics).toBe(before);
  });

  it('them in any order, with others between', () => {
    const before = known(first);
    const next = vector(
      point({ a: '3' }, '1'),
      point({ a: 'new' }, '1'),
      point({ a: '1' }, '1'),
      point({ a: '2' }, '1'),
    );
    const answer = read(next, 200, before);
    expect(answer.kind === 'vector' && answer.vector.map(({ labels }) => before.labels.indexOf(labels))).toEqual([
      2, -1, 0, 1,
    ]);
    expect(answer.kind === 'vector' && answer.metrics.texts).toHaveLength(4);
  });

  it('nothing wrongly: what it reads is what JSON says, whatever came before', () => {
    const metric = fc.dictionary(
      fc.constantFrom('a', 'b', '__proto__', 'é'),
      fc.constantFrom('', 'x', '"}', '},"value":[', 'ü'),
    );
    const value = fc.constantFrom('1', '-2.5', 'NaN', '1e9', '+Inf', '0x1', '');
    const series = fc.array(fc.record({ metric, value }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(series, { minLength: 1, maxLength: 5 }), (rounds) => {
        let before = KnownMetrics.none();
        for (const [round, list] of rounds.entries()) {
          const body = vector(...list.map((one) => point(one.metric, one.value, round + 0.5)));
          const answer = read(body, 200, before);
          const plain = read(JSON.stringify(body, null, 1));
          expect(answer.kind).toBe(plain.kind);
          if (answer.kind === 'failure' || plain.kind === 'failure') continue;
          expect(answer.vector.map(({ labels, at, value: read }) => [labels.key, at, read])).toEqual(
            plain.vector.map(({ labels, at, value: read }) => [labels.key, at, read]),
          );
          before = answer.metrics;
        }
      }),
    );
  });

  it('nothing of a text that is cut or changed anywhere', () => {
    const body = JSON.stringify({ ...first, warnings: ['w'] });
    const before = known(first);
    for (let end = 0; end < body.length; end++) {
      expect(read(body.slice(0, end), 200, before).kind).toBe('failure');
    }
    for (let at = 0; at < body.length; at++) {
      const changed = `${body.slice(0, at)}\u0001${body.slice(at + 1)}`;
      const scanned = scanVector(changed, before, 100);
      // What is scanned all the same must be wrong in the frame, which is parsed.
      if (scanned !== null && scanned !== 'too many') expect(() => void JSON.parse(scanned.frame)).toThrow();
    }
  });
});

describe('AnswerMemory', () => {
  const metrics = (chars: number): KnownMetrics => new KnownMetrics(['x'], [], chars, KnownMetrics.none().book);

  it('forgets the questions asked longest ago when it holds too much', () => {
    const memory = new AnswerMemory(100);
    memory.keep('a', metrics(40));
    memory.keep('b', metrics(40));
    memory.keep('a', metrics(41));
    memory.keep('c', metrics(40));
    expect(['a', 'b', 'c'].map((question) => memory.recall(question).chars)).toEqual([41, 0, 40]);
    expect(memory.chars).toBe(83);
  });

  it('does not hold what is too much by itself', () => {
    const memory = new AnswerMemory(100);
    memory.keep('a', metrics(101));
    expect([memory.recall('a'), memory.chars]).toEqual([KnownMetrics.none(), 0]);
    expect(memory.recall('b').book).toBe(memory.recall('a').book);
  });
});
