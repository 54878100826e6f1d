// The process: arguments in, exit code out. What the command line needs of the machine is handed to it here.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runProgram } from './cli/program.ts';
import type { Config } from './config/config.ts';
import type { Checked } from './model/problem.ts';
import type { Files } from './ports/files.ts';
import { serve, type Signal } from './cli/serve.ts';
import { socketsPassed } from './cli/systemd.ts';

const OLDEST_NODE = '24.15.0';
/** --data.retention */
const STANDARD_RETENTION = 432_000_000;
const SIGNALS: readonly Signal[] = ['SIGHUP', 'SIGINT', 'SIGTERM'];

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const TEMPLATES = fromHere('../templates');
const stdout = (chunk: string): void => void process.stdout.write(chunk);
const stderr = (chunk: string): void => void process.stderr.write(chunk);

keepCompiled();
if (process.versions.node.localeCompare(OLDEST_NODE, 'en', { numeric: true }) < 0) {
  stderr(`belfry needs Node ${OLDEST_NODE} or newer, this is ${process.version}: "npm start" brings the right one\n`);
  process.exitCode = 1;
} else {
  process.exitCode = await runProgram(process.argv.slice(2), {
    version: readVersion(),
    hostname: hostname(),
    exampleConfig: `${TEMPLATES}/example.alertmanager.yml`,
    shippedTemplates: shippedTemplates(),
    exists: existsSync,
    socketsPassed: socketsPassed(process.env, process.pid),
    columns: process.stdout.columns ?? 100,
    stdout,
    stderr,
    serve: async (options) => {
      // While a server fills, all it reads survives; V8 then allocates all it reads as old, also the re-sends that
      // are forgotten at once: 150 MB of garbage per 100,000 alerts, until a full collection.
      setFlagsFromString('--no-allocation-site-pretenuring');
      // Not before the version is known to be right: older ones fail on parts of it.
      const { createApp } = await import('./app.ts');
      return serve(options, { start: createApp, stderr, onSignal, abandon, now: () => performance.now() });
    },
    check: async (request) => {
      const [{ check }, { systemFiles }] = await Promise.all([import('./cli/check.ts'), import('./adapters/files.ts')]);
      return check(request, {
        files: systemFiles,
        stdin: () => text(process.stdin),
        compile: compileConfigFile,
        stdout,
      });
    },
  });
}

/**
 * What is loaded from here on, and by threads, is stripped of its types and compiled once, not at every start. Beside the
 * packages, which are believed just as much; where that cannot be written, everything is as without.
 */
function keepCompiled(): void {
  process.env['NODE_COMPILE_CACHE'] ??= fromHere('../node_modules/.cache/belfry');
  enableCompileCache(process.env['NODE_COMPILE_CACHE']);
}

/** What is behind this is loaded for a configuration only, not for rule files. */
async function compileConfigFile(files: Files, file: string): Promise<Checked<Config>> {
  const { compileFiles } = await import('./engine/compile.ts');
  // Which features a server will have is not known here: nothing is said of event_recorder without one.
  const options = { matcherMode: 'fallback', retention: STANDARD_RETENTION, eventRecorder: true } as const;
  const result = await compileFiles(files, { ...options, file, shippedTemplates: shippedTemplates() });
  return result.ok ? { ok: true, value: result.compiled.config, warnings: result.warnings } : result;
}

function shippedTemplates(): readonly string[] {
  const names = readdirSync(TEMPLATES).filter((name) => name.endsWith('.tmpl'));
  return names.toSorted().map((name) => `${TEMPLATES}/${name}`);
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(fromHere('../package.json'), 'utf8'));
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : '';
}

function onSignal(take: (signal: Signal) => void): () => void {
  for (const signal of SIGNALS) process.on(signal, take);
  return () => {
    for (const signal of SIGNALS) process.off(signal, take);
  };
}

/** The one hard exit: asked for twice, and the orderly end is not coming. */
function abandon(code: number): void {
  // oxlint-disable-next-line unicorn/no-process-exit
  process.exit(code);
}
