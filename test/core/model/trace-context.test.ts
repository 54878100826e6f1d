import { describe, expect, it } from 'vitest';
import { isKept, isSampled, printTraceparent, readTraceparent } from '../../../src/model/trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

// What go.opentelemetry.io/otel/propagation 1.44 makes of the same headers: sampled or not, and passed on as.
describe('readTraceparent()', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, true, `00-${TRACE}-${SPAN}-01`],
    [`00-${TRACE}-${SPAN}-00`, false, `00-${TRACE}-${SPAN}-00`],
    [`00-${TRACE}-${SPAN}-02`, false, `00-${TRACE}-${SPAN}-02`],
    [`00-${TRACE}-${SPAN}-03`, true, `00-${TRACE}-${SPAN}-03`],
    [`01-${TRACE}-${SPAN}-09`, true, `00-${TRACE}-${SPAN}-01`],
    [`01-${TRACE}-${SPAN}-01-what`, true, `00-${TRACE}-${SPAN}-01`],
  ])('reads %s', (header, sampled, passedOn) => {
    const context = readTraceparent(header, '')!;
    expect(isSampled(context)).toBe(sampled);
    expect(printTraceparent(context)).toBe(passedOn);
  });

  it.each([
    `00-${TRACE}-${SPAN}-09`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-what`,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-1`,
    '',
    'x',
  ])('takes %j for none', (header) => {
    expect(readTraceparent(header, '')).toBe(null);
  });

  it.each([
    ['vendor=value', 'vendor=value'],
    [' a=1 , b@c=2 3 , ', 'a=1,b@c=2 3'],
    ['a', ''],
    ['A=1', ''],
    ['a=1=2', ''],
    [`a=${'x'.repeat(600)}`, ''],
    [Array.from({ length: 33 }, (_, i) => `k${i}=v`).join(','), ''],
  ])('passes the state %j on as %j', (state, passedOn) => {
    expect(readTraceparent(`00-${TRACE}-${SPAN}-01`, state)!.state).toBe(passedOn);
  });
});

// What TraceIDRatioBased of go.opentelemetry.io/otel/sdk 1.44 decides: one digit a trace.
const IDS = [
  '00000000000000000000000000000001',
  TRACE,
  'ffffffffffffffffffffffffffffffff',
  '4bf92f3577b34da6a3ce929d0e0e4736',
  '11111111111111110000000000000001',
  '1111111111111111199999999999999a',
  '11111111111111113333333333333332',
  '11111111111111113333333333333333',
  '11111111111111113333333333333334',
  '11111111111111117fffffffffffffff',
  '11111111111111118000000000000000',
  '11111111111111111999999999999999',
  '1111111111111111ffffffffffffffff',
  '00000000000000010020c49ba5e353f7',
  '00000000000000010020c49ba5e353f8',
  '5b8efff798038103d269b633813fc60c',
];

describe('isKept()', () => {
  it.each([
    [-1, '0000000000000000'],
    [0, '0000000000000000'],
    [0.001, '1000100000000110'],
    [0.1, '1000110000010110'],
    [0.2, '1000111110010110'],
    [0.25, '1000111110010110'],
    [0.5, '1000111111010110'],
    [0.999, '1101111111110111'],
    [1, '1111111111111111'],
    [2, '1111111111111111'],
  ])('decides at %d as others do', (fraction, decisions) => {
    expect(IDS.map((id) => (isKept(id, fraction) ? '1' : '0')).join('')).toBe(decisions);
  });

  it('keeps none for what is no number', () => {
    expect(IDS.filter((id) => isKept(id, Number.NaN))).toEqual([]);
  });
});
