// inhibit_rules: a firing alert on the source side mutes alerts on the target side that agree in `equal`. What
// muting then means is mute/inhibit.ts.
import { goQuote } from '../model/go-quote.ts';
import { isValidLabelName } from '../model/label-name.ts';
import type { MatcherMode } from '../model/matcher-parse.ts';
import type { InhibitRule } from './config.ts';
import { compileMatchers, labelNames } from './matchers.ts';
import type { Node } from '../input/node.ts';

export function compileInhibitRules(list: Node, mode: MatcherMode): readonly InhibitRule[] {
  const rules: InhibitRule[] = [];
  for (const entry of list.items()) {
    // Upstream starts with an empty entry, and no alert is muted by it: each also matches the source side.
    if (entry.value === null) entry.warn('config/null-entry', 'empty inhibit rule: it mutes nothing', 'remove it');
    else rules.push(compileRule(entry, mode));
  }
  return rules;
}

function compileRule(entry: Node, mode: MatcherMode): InhibitRule {
  const equal: string[] = [];
  for (const label of entry.at('equal').entries('label name')) {
    if (isValidLabelName(label.text, labelNames(mode))) equal.push(label.text);
    else label.error('config/bad-label-name', `invalid label name ${goQuote(label.text)} in equal list`);
  }
  return {
    name: entry.at('name').text,
    sourceMatchers: compileMatchers(
      entry,
      { matchers: 'source_matchers', match: 'source_match', matchRe: 'source_match_re' },
      mode,
    ),
    targetMatchers: compileMatchers(
      entry,
      { matchers: 'target_matchers', match: 'target_match', matchRe: 'target_match_re' },
      mode,
    ),
    equal,
  };
}
