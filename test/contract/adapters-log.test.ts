import { closeSync, constants, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createLogger, type LogFields, type Logger, type LogOptions } from '../../src/adapters/log.ts';
import { logfmtLine } from '../../src/adapters/logfmt.ts';
import { Secret } from '../../src/input/secret.ts';

/** What the log holds after it was closed. */
async function logged(options: Omit<LogOptions, 'fd'>, write: (log: Logger['log']) => void): Promise<string> {
  const path = join(tmpdir(), `belfry-${process.pid}-${crypto.randomUUID()}.log`);
  const fd = openSync(path, 'w');
  const logger = createLogger({ ...options, fd });
  write(logger.log);
  await logger.close(AbortSignal.timeout(5000));
  closeSync(fd);
  const text = readFileSync(path, 'utf8');
  rmSync(path);
  return text;
}

describe('`createLogger()`', () => {
  it("writes logfmt in upstream's look", async () => {
    const text = await logged({ level: 'info', format: 'logfmt' }, (log) => {
      log('info', 'Listening on', { address: '127.0.0.1:9093' });
      log('warn', 'started');
    });
    const [first, second, rest] = text.split('\n');
    expect(first).toMatch(
      /^time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=INFO msg="Listening on" address=127\.0\.0\.1:9093$/,
    );
    expect(second).toMatch(/ level=WARN msg=started$/);
    expect(rest).toBe('');
  });

  it('writes JSON', async () => {
    const text = await logged({ level: 'info', format: 'json' }, (log) => log('error', 'a "b"', { n: 1, list: ['x'] }));
    const { time, ...line } = JSON.parse(text) as LogFields;
    expect(line).toEqual({ level: 'ERROR', msg: 'a "b"', n: 1, list: ['x'] });
    expect(time).toMatch(/^\d{4}-.*Z$/);
  });

  it.each([
    ['debug', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
    ['info', ['INFO', 'WARN', 'ERROR']],
    ['warn', ['WARN', 'ERROR']],
    ['error', ['ERROR']],
  ] as const)('at %s leaves out what is below', async (level, expected) => {
    const text = await logged({ level, format: 'logfmt' }, (log) => {
      for (const each of ['debug', 'info', 'warn', 'error'] as const) log(each, 'x');
    });
    expect([...text.matchAll(/level=(\w+)/g)].map((match) => match[1])).toEqual(expected);
  });

  it.each(['logfmt', 'json'] as const)('never shows a secret in %s', async (format) => {
    const text = await logged({ level: 'info', format }, (log) =>
      log('info', 'x', { a: new Secret('hush'), b: { c: [new Secret('hush')] } }),
    );
    expect(text).toContain('<secret>');
    expect(text).not.toContain('hush');
  });

  it("does not let a field pass for the line's own", async () => {
    const text = await logged({ level: 'info', format: 'logfmt' }, (log) =>
      log('info', 'true', { msg: 'false', level: 'x', time: 'y' }),
    );
    expect(text).toMatch(/^time=\d\S+ level=INFO msg=true logged_msg=false logged_level=x logged_time=y\n$/);
  });

  it('loses nothing at a normal end, however much is written at once', async () => {
    const text = await logged({ level: 'info', format: 'logfmt' }, (log) => {
      for (let i = 0; i < 20_000; i++) log('info', 'line', { i });
    });
    expect(
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => Number(/i=(\d+)$/.exec(line)?.[1])),
    ).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
  });
});

describe('a process that logs to a pipe', () => {
  const program = (lines: number): string => `
    import { createLogger } from './src/adapters/log.ts';
    const logger = createLogger({ level: 'info', format: 'logfmt' });
    for (let i = 0; i < ${lines}; i++) logger.log('info', 'line', { i, pad: 'x'.repeat(1000) });
    await logger.close(AbortSignal.timeout(200));
    console.log(logger.dropped());
  `;
  interface Ended {
    readonly dropped: number;
    readonly status: number | null;
  }

  async function run(lines: number, stderr: number): Promise<Ended> {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program(lines)], {
      stdio: ['ignore', 'pipe', stderr],
    });
    let out = '';
    child.stdout?.on('data', (data: Buffer) => void (out += String(data)));
    await once(child, 'close');
    return { dropped: Number(out), status: child.exitCode };
  }

  it.each([
    ['writes what fits although nobody reads yet', 30, 0, 0],
    ['drops and counts what nobody reads, and ends all the same', 20_000, 1000, 20_000],
  ])('%s', async (_title, lines, least, most) => {
    const path = join(tmpdir(), `belfry-${process.pid}-${crypto.randomUUID()}.fifo`);
    execFileSync('mkfifo', [path]);
    const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writing = openSync(path, constants.O_WRONLY);
    const { dropped, status } = await run(lines, writing);
    expect(status).toBe(0);
    expect(dropped).toBeGreaterThanOrEqual(least);
    expect(dropped).toBeLessThanOrEqual(most);
    const buffer = Buffer.alloc(1024 * 1024);
    expect(buffer.toString('utf8', 0, readSync(reading, buffer)).split('\n').length).toBeGreaterThan(30);
    for (const fd of [reading, writing]) closeSync(fd);
    rmSync(path);
  });
});

describe('`logfmtLine()`', () => {
  it.each<[value: unknown, text: string]>([
    ['plain', 'plain'],
    ['a-b_c/d:e{}[]', 'a-b_c/d:e{}[]'],
    ['back\\slash', 'back\\slash'],
    ['ümlaut', 'ümlaut'],
    ['', '""'],
    ['two words', '"two words"'],
    ['a=b', '"a=b"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['two\nlines', '"two\\nlines"'],
    ['non\u00a0breaking', '"non\\u00a0breaking"'],
    ['\u001b[31m', '"\\x1b[31m"'],
    [1.5, '1.5'],
    [true, 'true'],
    [null, 'null'],
    [{ a: [1] }, '"{\\"a\\":[1]}"'],
  ])('writes %j as %s', (value, text) => {
    const record: LogFields = { key: value, msg: 'm', level: 'INFO', time: 't' };
    expect(logfmtLine(record)).toBe(`time=t level=INFO msg=m key=${text}`);
  });
});
