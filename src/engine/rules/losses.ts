// What to tell people when rule files lack what they had.
import { goQuote } from '../../model/go-quote.ts';
import type { Problem } from '../../model/problem.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import type { LoadedRules } from './load.ts';
import { STANDS_MS } from './standing.ts';

/** @param lost groups that are gone or have lost rules */
export function lossWarnings(
  lost: readonly RuleGroup[],
  { loaded, holdsLost }: { readonly loaded: Pick<LoadedRules, 'groups'>; readonly holdsLost: boolean },
): readonly Problem[] {
  const hasGroups = new Set(loaded.groups.map(({ at }) => at.file));
  return [...Map.groupBy(lost, ({ at }) => at.file)].flatMap(([file, groups]): readonly Problem[] => {
    const names = groups.map(({ name }) => goQuote(name)).join(', ');
    if (holdsLost) {
      const message = `${file} lacks rules that it had, of ${names}: they go on until it has stood so for ${STANDS_MS / 1000}s`;
      return [{ severity: 'warning', code: 'rules/held', message, at: null, hint: 'a reload takes it at once' }];
    }
    // Of a file that still has some, somebody has taken them out.
    if (hasGroups.has(file)) return [];
    return [
      { severity: 'warning', code: 'rules/gone', message: `${file} has no groups any more: ${names} ended`, at: null },
    ];
  });
}
