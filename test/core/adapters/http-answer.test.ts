import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerReader } from '../../../src/adapters/http-answer.ts';

interface Read {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isWhole: boolean;
  readonly keptFor: number;
}

/** Pieces as a connection gives them: the memory of one is that of the next. */
function readAll(pieces: readonly string[], { closes = false } = {}): Read {
  const memory = Buffer.alloc(1024 * 1024);
  const chunks: Buffer[] = [];
  let status = 0;
  let headers: ReadonlyMap<string, string> = new Map();
  const reader = new AnswerReader({
    head: (code, all) => void ([status, headers] = [code, all]),
    data: (bytes) => void chunks.push(bytes),
  });
  for (const piece of pieces) reader.read(memory.subarray(0, memory.write(piece, 'latin1')));
  if (closes) reader.close();
  const body = Buffer.concat(chunks).toString('latin1');
  const { isWhole } = reader;
  return { status, headers: Object.fromEntries(headers), body, isWhole, keptFor: isWhole ? reader.keptFor(9000) : 0 };
}

const answer = (...lines: readonly string[]): string => lines.join('\r\n');

describe('an answer', () => {
  it.each([
    [
      'of a length',
      ['HTTP/1.1 200 OK', 'Content-Length: 5', '', 'hello'],
      { status: 200, body: 'hello', keptFor: 9000 },
    ],
    ['of no length', ['HTTP/1.1 200 OK', 'content-length: 0', '', ''], { body: '', isWhole: true, keptFor: 9000 }],
    ['without a reason', ['HTTP/1.1 200', 'Content-Length: 0', '', ''], { status: 200, isWhole: true }],
    ['without a body', ['HTTP/1.1 204 No Content', '', ''], { status: 204, isWhole: true, keptFor: 9000 }],
    [
      'in chunks',
      ['HTTP/1.1 200 OK', 'Transfer-Encoding: Chunked', '', '3', 'abc', 'A;x=y', '0123456789', '0', 'T: x', '', ''],
      { body: 'abc0123456789', isWhole: true, keptFor: 9000 },
    ],
    [
      'after others',
      [
        'HTTP/1.1 100 Continue',
        '',
        'HTTP/1.1 103 Early',
        'Link: x',
        '',
        'HTTP/1.1 201 OK',
        'Content-Length: 1',
        '',
        'x',
      ],
      { status: 201, headers: { 'content-length': '1' }, body: 'x' },
    ],
    [
      'with a header twice, and bytes beyond ASCII',
      ['HTTP/1.1 200 OK', 'X-A: 1', 'x-a:\t2 ', 'X-B: \xe9', 'Content-Length: 0', '', ''],
      { headers: { 'x-a': '1, 2', 'x-b': '\xe9', 'content-length': '0' } },
    ],
    ['that is not all there', ['HTTP/1.1 200 OK', 'Content-Length: 5', '', 'hell'], { isWhole: false }],
    [
      'after which the connection closes',
      ['HTTP/1.1 200 OK', 'Connection: x, Close', 'Content-Length: 0', '', ''],
      { keptFor: 0 },
    ],
    ['of the old protocol', ['HTTP/1.0 200 OK', 'Content-Length: 0', '', ''], { isWhole: true, keptFor: 0 }],
    [
      'of the old protocol, to be kept',
      ['HTTP/1.0 200 OK', 'Connection: Keep-Alive', 'Content-Length: 0', '', ''],
      { keptFor: 9000 },
    ],
    [
      'to be kept for a while',
      ['HTTP/1.1 200 OK', 'Keep-Alive: timeout=5, max=9', 'Content-Length: 0', '', ''],
      { keptFor: 5000 },
    ],
    [
      'that is longer than it says',
      ['HTTP/1.1 200 OK', 'Content-Length: 2', '', 'hello'],
      { body: 'he', isWhole: true, keptFor: 0 },
    ],
  ] as const)('%s', (_name, lines, expected) => {
    expect(readAll([answer(...lines)])).toMatchObject(expected);
  });

  it('ends with the connection when it does not say where', () => {
    const text = answer('HTTP/1.1 200 OK', 'X: y', '', 'hello');
    expect(readAll([text])).toMatchObject({ isWhole: false });
    expect(readAll([text], { closes: true })).toMatchObject({ body: 'hello', isWhole: true, keptFor: 0 });
  });

  it.each([
    ['another protocol', '220 smtp ready\r\n'],
    ['another version', 'HTTP/2 200\r\n\r\n'],
    ['no status', 'HTTP/1.1 99 no\r\n\r\n'],
    ['an upgrade', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
    ['a header that goes on in the next line', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n'],
    ['a header with a space before its colon', 'HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n'],
    ['a header with half a line break', 'HTTP/1.1 200 OK\r\nA: b\nContent-Length: 5\r\n\r\n'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n'],
    ['a length beside chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a coding nobody asked for', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n'],
    ['a chunk longer than its size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n'],
    ['a chunk size that is too long', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(5000)}`],
    ['a chunk line with half an end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\na'],
    ['headers without end', `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(300_000)}`],
  ])('%s is none', (_name, text) => {
    expect(() => readAll([text])).toThrow(Error);
    expect(() => readAll([...text.slice(0, 1000)].concat(text.slice(1000)))).toThrow(Error);
  });

  it.each(['', 'HTTP/1.1 200 OK\r\nContent-', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell'])(
    'that is cut off is none: %j',
    (text) => {
      expect(() => readAll([text], { closes: true })).toThrow('cut off');
    },
  );

  it('is the same however it is cut into pieces', () => {
    const bytes = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '0', ';', '\xff'), maxLength: 40 });
    const chunked = fc
      .array(
        bytes.filter((text) => text !== ''),
        { maxLength: 5 },
      )
      .map((chunks) => ({
        body: chunks.join(''),
        head: 'Transfer-Encoding: chunked\r\n',
        text: [...chunks.map((one) => `${one.length.toString(16)}\r\n${one}\r\n`), '0\r\nX: y\r\n\r\n'].join(''),
      }));
    const sized = bytes.map((body) => ({ body, head: `Content-Length: ${body.length}\r\n`, text: body }));
    const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(chunked, sized), cuts, fc.boolean(), ({ body, head, text }, places, isWarned) => {
        const whole = `${isWarned ? 'HTTP/1.1 100 Continue\r\n\r\n' : ''}HTTP/1.1 200 OK\r\n${head}X-Y: z\r\n\r\n${text}`;
        const ends = [...places.filter((place) => place < whole.length).toSorted((a, b) => a - b), whole.length];
        const pieces = ends.map((end, i) => whole.slice(ends[i - 1] ?? 0, end));
        expect(readAll(pieces)).toMatchObject({ status: 200, body, isWhole: true, keptFor: 9000 });
        expect(readAll(pieces).headers['x-y']).toBe('z');
      }),
      { numRuns: 300 },
    );
  });
});
