// Rule files compiled. It takes long for many; where it is done is not the loader's business.
import type { CompiledRuleFile, RuleSource } from '../rules/compile.ts';
import type { RuleOptions } from '../rules/options.ts';

export interface RuleCompiler {
  /** In the order of the sources. */
  compile(sources: readonly RuleSource[], options: RuleOptions): Promise<readonly CompiledRuleFile[]>;
}
