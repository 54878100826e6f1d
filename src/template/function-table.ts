// Which functions a template may call. A set's own functions hide built-ins of the same name.
import type { Callable } from './go-type.ts';

/** Built-ins that the evaluator treats itself: they do not evaluate all arguments, or call one of them. */
export type Special = 'and' | 'or' | 'call';

export interface TemplateFunction {
  readonly callable: Callable;
  readonly special: Special | null;
}

export type FunctionTable = ReadonlyMap<string, TemplateFunction>;

export function functionTable(...layers: readonly ReadonlyMap<string, TemplateFunction>[]): FunctionTable {
  return new Map(layers.flatMap((layer) => [...layer]));
}

export function plainFunctions(callables: Readonly<Record<string, Callable>>): ReadonlyMap<string, TemplateFunction> {
  return new Map(Object.entries(callables).map(([name, callable]) => [name, { callable, special: null }]));
}
