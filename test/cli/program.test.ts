import { describe, expect, it } from 'vitest';
import type { ServeOptions } from '../../src/app-options.ts';
import { allFlags, type Flag } from '../../src/cli/flags.ts';
import { runProgram } from '../../src/cli/program.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly served: readonly ServeOptions[];
}

async function run(...args: readonly string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const served: ServeOptions[] = [];
  const code = await runProgram(args, {
    version: '1.2.3',
    hostname: 'box',
    exampleConfig: 'example.yml',
    socketsPassed: 0,
    shippedTemplates: [],
    exists: () => true,
    columns: 100,
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    serve: async (options) => served.push(options) + 6,
    check: async () => 3,
  });
  return { code, out, err, served };
}

describe('`runProgram()`', () => {
  it.each([
    ['no arguments at all', []],
    ['the command', ['serve']],
    ['a flag with =', ['--storage.path=x']],
    ['a flag with a space', ['--storage.path', 'x']],
    ['flags after the command', ['serve', '--storage.path', 'x']],
    ['a flag before the command', ['--storage.path=x', 'serve']],
    ['a flag with a space before the command', ['--storage.path', 'x', 'serve']],
    ['flags on both sides of the command', ['--log.silences', '--no-log.silences', 'serve', '--storage.path=x']],
  ])('serves with %s, and its exit code is that of serving', async (_title, args) => {
    const { code, served } = await run(...args);
    expect(code).toBe(7);
    expect(served[0]?.storagePath).toBe(args.length > 1 || args[0]?.startsWith('--') ? 'x' : 'data/');
  });

  it('takes a value that is called like the command', async () => {
    expect((await run('--storage.path', 'serve')).served[0]?.storagePath).toBe('serve');
    expect((await run('--storage.path', 'serve', 'serve')).served[0]?.storagePath).toBe('serve');
  });

  it('collects repeated flags, empty values and switches', async () => {
    const { served } = await run(
      ...['--web.listen-address', ':1', '--web.listen-address=:2', '--cluster.listen-address=', '--log.silences'],
    );
    expect(served[0]).toMatchObject({
      listen: [{ port: 1 }, { port: 2 }],
      cluster: null,
      log: { silences: true },
    });
  });

  it('turns a switch off with --no-', async () => {
    const { served } = await run('--log.silences', '--no-log.silences');
    expect(served[0]?.log.silences).toBe(false);
  });

  it('takes a value that begins with a dash', async () => {
    const { served } = await run('--alerts.per-alertname-limit', '-1', '--cluster.label', '-x');
    expect(served[0]?.perAlertnameLimit).toBe(0);
  });

  it.each([
    [
      ['--web.listen-adress=:1'],
      'belfry: unknown flag --web.listen-adress; did you mean "--web.listen-address"?\nTry belfry --help\n',
    ],
    [['--nothing-like-it'], 'belfry: unknown flag --nothing-like-it\nTry belfry --help\n'],
    [['-x'], 'belfry: unknown flag -x\nTry belfry --help\n'],
    [['--storage.path'], 'belfry: --storage.path needs a value\nTry belfry --help\n'],
    [['--log.silences=true'], 'belfry: --log.silences takes no value\nTry belfry --help\n'],
    [['extra'], 'belfry: unexpected extra\nTry belfry --help\n'],
    [['--storage.path=x', 'extra'], 'belfry: unexpected extra\nTry belfry --help\n'],
    [['serve', '--storage.path=x', 'serve'], 'belfry: unexpected serve\nTry belfry --help\n'],
    [['serve', 'a', 'b'], 'belfry: unexpected a, b\nTry belfry --help\n'],
    [
      ['--log.level=x', '--log.format=y'],
      'belfry: --log.level is "x": it must be debug, info, warn or error\nbelfry: --log.format is "y": it must be logfmt or json\nTry belfry --help\n',
    ],
  ])('%j is refused with exit code 1', async (args, says) => {
    expect(await run(...args)).toEqual({ code: 1, out: '', err: says, served: [] });
  });

  it.each([[['--version']], [['serve', '--version']]])('%j prints the version', async (args) => {
    const { code, out, err } = await run(...args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^belfry, version 1\.2\.3\n {2}node: +v\d+/);
  });

  it.each([[['--help']], [['-h']], [['serve', '-h']]])('%j prints the help', async (args) => {
    const { code, out, err, served } = await run(...args);
    expect({ code, err, served }).toEqual({ code: 0, err: '', served: [] });
    expect(out).toMatch(/^Usage: belfry \[serve\] \[flags\]\n/);
    const isShown = ({ name }: Flag): boolean => new RegExp(`^  --${RegExp.escape(name)}[ \\n]`, 'm').test(out);
    expect(allFlags.filter(isShown)).toEqual(allFlags.filter(({ help: text }) => text !== ''));
  });

  it('groups the help and keeps it within the width', async () => {
    const { out } = await run('--help');
    expect(out.match(/^[A-Z][^.\n]*:$/gm)?.map((title) => title.slice(0, 7))).toEqual([
      ...['Configu', 'Web:', 'Alerts,', 'Rules:', 'Log:', 'Cluster', 'Other:'],
    ]);
    expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(out).toMatch(/^  --data\.retention <duration> +How long history is kept \(default: 120h\)$/m);
  });
});
