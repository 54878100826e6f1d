// A native histogram in the only form that brings one into Prometheus without a client library: a remote write 1.0
// body, made by hand. Six observations with the sum 10.5 in schema 0: two in [-0.5, -0.25), one around zero, one in
// (0.5, 1], two in (1, 2]; or all of that so many times.
import { compress } from 'snappyjs';

export async function writeHistogram(
  url: string,
  labels: Readonly<Record<string, string>>,
  at: number,
  times = 1,
): Promise<void> {
  const answer = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'Content-Encoding': 'snappy',
      'Content-Type': 'application/x-protobuf',
      'X-Prometheus-Remote-Write-Version': '0.1.0',
    },
    body: new Uint8Array(compress(Uint8Array.from(message(1, timeSeries(labels, at, times))))),
  });
  if (!answer.ok) throw new Error(`the write was answered ${answer.status}: ${await answer.text()}`);
}

function timeSeries(labels: Readonly<Record<string, string>>, at: number, times: number): number[] {
  const pairs = Object.entries(labels).flatMap(([name, value]) => message(1, [...text(1, name), ...text(2, value)]));
  return [...pairs, ...message(4, histogram(at, times))];
}

const histogram = (at: number, times: number): number[] => [
  ...integer(1, 6 * times), // count
  ...double(3, 10.5 * times), // sum
  ...integer(4, 0), // schema
  ...double(5, 0.001), // zero threshold
  ...integer(6, times), // zero count
  ...message(8, [...integer(1, zigzag(-1)), ...integer(2, 1)]), // negative spans, deltas
  ...message(9, varint(zigzag(2 * times))),
  ...message(11, [...integer(1, zigzag(0)), ...integer(2, 2)]), // positive spans, deltas
  ...message(12, [...varint(zigzag(times)), ...varint(zigzag(times))]),
  ...integer(15, at),
];

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

const integer = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const double = (field: number, value: number): number[] => [
  ...varint(field * 8 + 1),
  ...new Uint8Array(new Float64Array([value]).buffer),
];
const message = (field: number, bytes: readonly number[]): number[] => [
  ...varint(field * 8 + 2),
  ...varint(bytes.length),
  ...bytes,
];
const text = (field: number, value: string): number[] => message(field, [...new TextEncoder().encode(value)]);
