import { describe, expect, it } from 'vitest';
import { ambientUses, isPure } from './purity-rules.ts';
import { readTree, sourceFile } from './source-text.ts';

const pure = readTree('src').filter(isPure);

describe('the pure folders', () => {
  it('ask for no clock, chance, environment, timer, file or network', () => {
    expect(pure.flatMap(ambientUses)).toEqual([]);
  });

  it('were all looked at', () => {
    const folders = new Set(pure.map((file) => file.path.split('/')[1]!));
    expect([...folders].toSorted()).toEqual([
      'config',
      'engine',
      'evaluate',
      'history',
      'input',
      'integrations',
      'model',
      'mute',
      'notify',
      'outbound',
      'ports',
      'promql',
      'route',
      'rules',
      'template',
    ]);
    expect(pure.length).toBeGreaterThanOrEqual(40);
  });

  it('do not include the senders, the adapters and the doors', () => {
    const impure = ['src/integrations/webhook/send.ts', 'src/adapters/clock.ts', 'src/http/server.ts', 'src/main.ts'];
    expect(impure.filter((path) => isPure(sourceFile(path, '')))).toEqual([]);
  });
});

describe('`ambientUses()`', () => {
  it.each([
    'const now = Date.now();',
    'const now = new Date();',
    'const now = new Date;',
    'const now = new Date( );',
    'const text = Date();',
    'const now = DateTime.now();',
    'const now = DateTime.utc();',
    'const now = performance.now();',
    'const now = Temporal.Now.instant();',
    'const jitter = Math.random();',
    'const id = crypto.randomUUID();',
    'const home = process.env.HOME;',
    'const { env } = process;',
    'const home = `${process.env.HOME}/x`;',
    'const here = import.meta.dirname;',
    'const p = globalThis["process"];',
    'setTimeout(wake, 10);',
    'setInterval(wake, 10);',
    'setImmediate(wake);',
    'const signal = AbortSignal.timeout(5);',
    'await fetch(url);',
    'const get = fetch;',
    'console.log(1);',
    'a.localeCompare(b);',
    'new Date(at).getHours();',
    "import { readFileSync } from 'node:fs';",
    "import { connect } from 'node:net';",
    "import { randomUUID } from 'node:crypto';",
    "import * as crypto from 'node:crypto';",
    "import { hash, randomInt } from 'node:crypto';",
    "import { setTimeout as sleep } from 'node:timers/promises';",
    "import { inspect } from 'node:util';",
  ])('refuses %s', (text) => {
    expect(ambientUses(sourceFile('src/model/x.ts', text))).not.toEqual([]);
  });

  it.each([
    'const text = new Date(at).toISOString();',
    'function at(date: Date): number { return date.getTime(); }',
    'const at = Date.UTC(2026, 0, 1);',
    'const at = Date.parse(text);',
    '// Date.now() is never called here',
    "const code = 'process.exit()';",
    'const text = `a process and a fetch ${name}`;',
    'const words = /setTimeout|process/;',
    'job.process(1); queue.fetch(2);',
    "import { hash } from 'node:crypto';",
    "import type { Server } from 'node:http';",
  ])('lets pass %s', (text) => {
    expect(ambientUses(sourceFile('src/model/x.ts', text))).toEqual([]);
  });
});
