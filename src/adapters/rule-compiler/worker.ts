// The thread that compiles rule files: one message for each, in order, then it ends. Started by rule-compiler.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { compileRuleFile } from '../../rules/compile.ts';
import type { CompileTask } from './rule-compiler.ts';

const { sources, options } = workerData as CompileTask;
for (const source of sources) parentPort!.postMessage(compileRuleFile(source, options));
