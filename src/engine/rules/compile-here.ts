// Rule files compiled at once, by whoever asks.
import type { RuleCompiler } from '../../ports/rule-compiler.ts';
import { compileRuleFile } from '../../rules/compile.ts';

export const compileHere: RuleCompiler = {
  compile: async (sources, options) => sources.map((source) => compileRuleFile(source, options)),
};
