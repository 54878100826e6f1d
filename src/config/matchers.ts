// Matchers of a route or one side of an inhibit rule: the list of texts, and the two older mappings
// (match, match_re), which end here. All must hold; sorted as upstream sorts them inside keys.
import { goQuote } from '../model/go-quote.ts';
import { isValidLabelName, type LabelNameMode } from '../model/label-name.ts';
import { compareMatchers, makeMatcher, type Matcher, type MatcherOp } from '../model/matcher.ts';
import { parseMatchers, printMatcher, type MatcherMode } from '../model/matcher-parse.ts';
import type { Node } from '../input/node.ts';

export interface MatcherKeys {
  readonly matchers: string;
  readonly match: string;
  readonly matchRe: string;
}

export function compileMatchers(owner: Node, keys: MatcherKeys, mode: MatcherMode): readonly Matcher[] {
  return [
    ...compileMapping(owner.at(keys.match), '=', keys.matchers),
    ...compileMapping(owner.at(keys.matchRe), '=~', keys.matchers),
    ...compileMatcherList(owner.at(keys.matchers), mode),
  ].toSorted(compareMatchers);
}

/** Each text may hold several. */
export function compileMatcherList(list: Node, mode: MatcherMode): readonly Matcher[] {
  const matchers: Matcher[] = [];
  for (const entry of list.entries('matcher')) {
    if (typeof entry.value !== 'string') continue;
    const parsed = parseMatchers(entry.value, mode);
    if (!parsed.ok) {
      const hint = parsed.message.startsWith('error parsing regexp')
        ? undefined
        : 'write name="value", with =, !=, =~ or !~';
      entry.errorWithin(parsed, 'config/bad-matcher', parsed.message, hint);
      continue;
    }
    matchers.push(...parsed.matchers);
    if (parsed.warning !== undefined) entry.warn(warningCodes[parsed.warning.kind], parsed.warning.message);
  }
  return matchers;
}

const warningCodes = {
  'classic-only': 'config/matcher-classic-only',
  disagreement: 'config/matcher-disagreement',
} as const;

/** Outside classic mode any text is a label name. */
export const labelNames = (mode: MatcherMode): LabelNameMode => (mode === 'classic' ? 'legacy' : 'utf8');

function compileMapping(mapping: Node, op: MatcherOp, newKey: string): readonly Matcher[] {
  const matchers: Matcher[] = [];
  for (const [name, entry] of mapping.fields()) {
    if (!isValidLabelName(name, 'legacy')) {
      const hint = `${newKey} can say ${printMatcher({ name, op, value: entry.text })}`;
      entry.error('config/bad-label-name', `invalid label name ${goQuote(name)}`, hint, 'key');
    }
    if (op === '=~' && entry.value === null) {
      entry.error(
        'config/bad-matcher',
        `invalid regexp value for ${goQuote(name)}`,
        'an empty regular expression is ""',
        'key',
      );
      continue;
    }
    const made = makeMatcher(name, op, entry.text);
    // Upstream's group keys show the anchors of the older mapping, and incidents at PagerDuty go by them.
    const shown = op === '=~' && made.ok ? makeMatcher(name, op, `^(?:${entry.text})$`) : made;
    if (shown.ok) matchers.push(shown.matcher);
    else entry.error('config/bad-matcher', shown.message);
  }
  return matchers;
}
