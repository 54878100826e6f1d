// `npm run ok`: every gate that needs nothing but Node, quick ones first. All of them run, so that one call
// shows everything there is to mend; the last lines say which gates failed.
//   --peers            adds the suites against real peers (`npm run ok:full`)
//   --without=<gate>   leaves one out
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';

interface Gate {
  readonly name: string;
  readonly command: readonly [tool: string, ...args: string[]];
}

const gates: readonly Gate[] = [
  { name: 'format', command: ['oxfmt', '--check'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'lint', command: ['oxlint', '--type-aware', 'src', 'test'] },
  { name: 'unused', command: ['knip', '--no-progress'] },
  { name: 'tests', command: ['vitest', 'run', '--config', 'test/vitest.config.ts'] },
];
const peers: Gate = { name: 'peers', command: ['vitest', 'run', '--config', 'test/vitest.peers.ts'] };

const root = join(import.meta.dirname, '..');
const tools = join(root, 'node_modules/.bin');

const { values } = parseArgs({
  options: { peers: { type: 'boolean', default: false }, without: { type: 'string', multiple: true, default: [] } },
});
const known = [...gates, peers].map((gate) => gate.name);
for (const name of values.without)
  if (!known.includes(name)) throw new Error(`no gate is called ${name}: ${known.join(', ')}`);
const chosen = [...gates, ...(values.peers ? [peers] : [])].filter((gate) => !values.without.includes(gate.name));
if (chosen.length === 0) throw new Error('every gate is left out: nothing would be looked at');

say(`node ${process.versions.node}`);
const failed: string[] = [];
for (const gate of chosen) {
  const began = performance.now();
  say(`\n── ${gate.name}: ${gate.command.join(' ')}`);
  const passed = await passes(gate);
  if (!passed) failed.push(gate.name);
  say(`── ${gate.name} ${passed ? 'passed' : 'FAILED'} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
if (failed.length > 0) process.exitCode = 1;
say(failed.length > 0 ? `\nfailed: ${failed.join(', ')}` : `\nok: ${chosen.map((gate) => gate.name).join(', ')}`);

async function passes({ command: [tool, ...args] }: Gate): Promise<boolean> {
  // The tools are scripts that ask for `node`: ours must be the first they find.
  const env = { ...process.env, PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}` };
  const child = spawn(join(tools, tool), args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'close')) as [code: number | null];
  return code === 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
