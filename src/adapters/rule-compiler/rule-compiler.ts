// Rule files compiled beside everything else that goes on: many in a thread of their own, and few, for which a thread
// would take longer to begin than they take, here in small steps.
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { RuleCompiler } from '../../ports/rule-compiler.ts';
import type { CompiledRuleFile, RuleSource } from '../../rules/compile.ts';
import type { RuleOptions } from '../../rules/options.ts';

/** Some 1000 rules, 0.2 seconds of a core: what a thread needs before it reads the first. */
const FEW_CHARACTERS = 512 * 1024;
/** The others wait no longer than this for their turn, or for one rule. */
const LONGEST_TURN_MS = 10;

export interface RuleCompilerParts {
  readonly inSteps: (source: RuleSource, options: RuleOptions) => Generator<undefined, CompiledRuleFile>;
  readonly fewCharacters?: number;
}

export function createRuleCompiler({ inSteps, fewCharacters = FEW_CHARACTERS }: RuleCompilerParts): RuleCompiler {
  return {
    compile(sources, options) {
      const size = sources.reduce((sum, { text }) => sum + text.length, 0);
      return size > fewCharacters
        ? inThread({ sources, options })
        : inTurns(sources.map((source) => inSteps(source, options)));
    },
  };
}

async function inTurns(
  compilations: readonly Generator<undefined, CompiledRuleFile>[],
): Promise<readonly CompiledRuleFile[]> {
  const compiled: CompiledRuleFile[] = [];
  let began = performance.now();
  for (const steps of compilations) {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) {
        compiled.push(step.value);
        break;
      }
      if (performance.now() - began < LONGEST_TURN_MS) continue;
      await setImmediate();
      began = performance.now();
    }
  }
  return compiled;
}

export interface CompileTask {
  readonly sources: readonly RuleSource[];
  readonly options: RuleOptions;
}

/** File by file: what has come is taken over while the next one is compiled. */
function inThread(task: CompileTask): Promise<readonly CompiledRuleFile[]> {
  // A build renames this file and the worker's alike.
  const suffix = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  const worker = new Worker(new URL(`./worker${suffix}`, import.meta.url), { workerData: task });
  const { promise, resolve, reject } = Promise.withResolvers<readonly CompiledRuleFile[]>();
  const compiled: CompiledRuleFile[] = [];
  worker.on('message', (file: CompiledRuleFile) => compiled.push(file));
  worker.on('error', reject);
  worker.on('exit', () => {
    if (compiled.length === task.sources.length) resolve(compiled);
    else reject(new Error('the thread that compiles rule files ended early'));
  });
  return promise;
}
