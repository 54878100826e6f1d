import { describe, expect, it } from 'vitest';
import { CannotStart, type ServeOptions } from '../../src/app-options.ts';
import { parseServeOptions } from '../../src/cli/serve-options.ts';
import { explainFailure, serve, type Served, type Signal } from '../../src/cli/serve.ts';

const options = ((): ServeOptions => {
  const around = {
    version: '1',
    hostname: 'box',
    exampleConfig: 'example.yml',
    socketsPassed: 0,
    shippedTemplates: [],
    exists: () => true,
  };
  const parsed = parseServeOptions(new Map(), around);
  if (!parsed.ok) throw new Error('the defaults are refused');
  return parsed.options;
})();

/** Signals are sent by hand; what happens is told in order. */
function stage(start: (told: string[]) => Promise<Served>) {
  const told: string[] = [];
  const listeners = new Set<(signal: Signal) => void>();
  let now = 0;
  const code = serve(options, {
    start: () => start(told),
    stderr: (text) => void told.push(text),
    onSignal: (take) => {
      listeners.add(take);
      return () => void listeners.delete(take);
    },
    abandon: (exitCode) => void told.push(`abandoned with ${exitCode}`),
    now: () => now,
  });
  const send = (signal: Signal, at = now): void => {
    now = at;
    for (const take of listeners) take(signal);
  };
  return { code, told, send, listeners };
}

const running =
  (stop: Promise<void> = Promise.resolve()) =>
  async (told: string[]): Promise<Served> => ({
    reload: async () => {
      told.push('reload');
      return null;
    },
    stop: () => stop.then(() => void told.push('stop')),
  });

describe('`serve()`', () => {
  it.each<Signal>(['SIGTERM', 'SIGINT'])('stops on %s and ends with 0', async (signal) => {
    const { code, told, send, listeners } = stage(running());
    await Promise.resolve();
    send(signal);
    expect(await code).toBe(0);
    expect(told).toEqual(['stop']);
    expect(listeners.size).toBe(0);
  });

  it('reloads on SIGHUP and goes on', async () => {
    const { code, told, send } = stage(running());
    await Promise.resolve();
    send('SIGHUP');
    send('SIGHUP');
    send('SIGTERM');
    expect(await code).toBe(0);
    expect(told).toEqual(['reload', 'reload', 'stop']);
  });

  it('survives a reload that throws, and shows the stack', async () => {
    const { code, told, send } = stage(async (into) => ({
      reload: () => Promise.reject(new TypeError('ours')),
      stop: async () => void into.push('stop'),
    }));
    await Promise.resolve();
    send('SIGHUP');
    send('SIGTERM');
    expect(await code).toBe(0);
    expect(told.join()).toMatch(/TypeError: ours\n +at .*stop/s);
  });

  it('stops after starting when the signal came before it had started', async () => {
    const { code, told, send } = stage(running());
    send('SIGTERM');
    expect(await code).toBe(0);
    expect(told).toEqual(['stop']);
  });

  it('ends at once on a second signal', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { code, told, send } = stage(running(promise));
    send('SIGINT', 0);
    send('SIGINT', 2000);
    expect(told).toEqual(['SIGINT again: ending at once\n', 'abandoned with 1']);
    resolve();
    expect(await code).toBe(0);
  });

  it('takes two signals of one key press for one', async () => {
    const { code, told, send } = stage(running());
    send('SIGINT', 0);
    send('SIGINT', 3);
    expect(await code).toBe(0);
    expect(told).toEqual(['stop']);
  });

  it('tells why it cannot start and ends with 1', async () => {
    const { code, told } = stage(() => Promise.reject(new CannotStart('a.yml:1:1: error: no')));
    expect(await code).toBe(1);
    expect(told).toEqual(['a.yml:1:1: error: no\n']);
  });
});

describe('`explainFailure()`', () => {
  const failed = (fields: object): Error => Object.assign(new Error('the message'), fields);
  const listen = { syscall: 'listen', address: '127.0.0.1', port: 9093 };

  it.each([
    ['EADDRINUSE', listen, 'belfry: cannot listen on 127.0.0.1:9093: another process does'],
    ['EACCES', { ...listen, port: 80 }, 'belfry: cannot listen on 127.0.0.1:80: permission denied'],
    [
      'EADDRNOTAVAIL',
      { ...listen, address: '::2' },
      'belfry: cannot listen on [::2]:9093: this machine has no such address',
    ],
    ['ENOENT', { syscall: 'open', path: 'web.yml' }, 'belfry: the message'],
  ])('is one line for %s', (code, fields, says) => {
    const text = explainFailure(failed({ ...fields, code }));
    expect(text).toContain(says);
    expect(text).not.toContain('\n');
  });

  it('shows the stack of what is our own mistake', () => {
    expect(explainFailure(new TypeError('x is not a function'))).toMatch(/TypeError: x is not a function\n +at /);
  });
});
