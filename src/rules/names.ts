// Receivers and data sources that rule files name. Whether they are there is asked of what is compiled already: another
// receiver is no reason to compile every file again.
import type { Node } from '../input/node.ts';
import { closest } from '../input/suggest.ts';
import { goQuote } from '../model/go-quote.ts';
import { inOrder, type Problem } from '../model/problem.ts';
import type { CompiledRuleFile } from './compile.ts';

export type Referred = 'receiver' | 'data source';

/** Notes that a name stands here, in the group or rule at work. */
export type Refer = (node: Node, what: Referred) => void;

export interface Reference {
  readonly what: Referred;
  readonly name: string;
  /** The id of the group it stands in; null when that is refused anyway. */
  readonly group: string | null;
  /** What is to be said when nothing has that name. */
  readonly problem: Problem;
}

/** Those there are; null when nobody knows. */
export interface Names {
  readonly receivers: ReadonlySet<string> | null;
  readonly dataSources: ReadonlySet<string> | null;
}

/** A group that names what is not there is refused. */
export function checkNames(compiled: CompiledRuleFile, { receivers, dataSources }: Names): CompiledRuleFile {
  const found: Problem[] = [];
  const refused = new Set<string>();
  for (const { what, name, group, problem } of compiled.references) {
    const names = what === 'receiver' ? receivers : dataSources;
    if (names === null || names.has(name)) continue;
    found.push({ ...problem, hint: nearestOf(name, names, what) });
    if (group !== null) refused.add(group);
  }
  if (found.length === 0) return compiled;
  return {
    ...compiled,
    groups: compiled.groups.filter(({ id }) => !refused.has(id)),
    problems: inOrder([...compiled.problems, ...found]),
    refused: [...compiled.refused, ...refused],
  };
}

function nearestOf(name: string, names: ReadonlySet<string>, what: Referred): string {
  const near = closest(name, names);
  if (near !== null) return `did you mean ${goQuote(near)}?`;
  if (names.size === 0) return `there is no ${what}`;
  const few = [...names].slice(0, 5).map(goQuote).join(', ');
  return `known: ${few}${names.size > 5 ? ', …' : ''}`;
}
