// Rule groups in pages, in two ways: Prometheus' (a token names the group the next page begins with) and vmalert's
// (pages are numbered and counted). Which of them is asked for shows in the parameters.
import type { RuleGroupView } from '../engine/contract.ts';
import { goQuote } from '../model/go-quote.ts';
import type { Filtered } from './filters.ts';
import { wrongParameter } from './prometheus-answer.ts';
import { firstValue, type Query } from './query.ts';
import { selectGroups, type RuleFilter, type SelectedGroup } from './rule-filters.ts';
import { groupToken, type RuleIdentity } from './rule-identity.ts';

export type RulePage =
  | { readonly by: 'token'; readonly limit: number; readonly token: string }
  | { readonly by: 'number'; readonly limit: number; readonly number: number };

export interface RulePageMade {
  readonly groups: readonly SelectedGroup[];
  /** null: nothing follows. */
  readonly nextToken: string | null;
  /** Of numbered pages only. */
  readonly counts: Readonly<Record<'page' | 'total_pages' | 'total_groups' | 'total_rules', number>> | null;
}

export function rulePage(query: Query): Filtered<RulePage> {
  const token = firstValue(query, 'group_next_token');
  const number = firstValue(query, 'page_num');
  const limit = limitOf(query);
  if (!limit.ok) return limit;
  if (number === '') {
    if (token !== '' && limit.value === Infinity) return wrongParameter('group_next_token', LIMIT_NEEDED);
    return { ok: true, value: { by: 'token', limit: limit.value, token } };
  }
  if (token !== '')
    return wrongParameter('page_num', 'pages are asked for by number or by group_next_token, not by both');
  if (limit.value === Infinity) return wrongParameter('page_num', LIMIT_NEEDED);
  if (!/^\+?0*[1-9]\d{0,8}$/.test(number))
    return wrongParameter('page_num', `expected to be a positive number, found ${goQuote(number)}`);
  return { ok: true, value: { by: 'number', limit: limit.value, number: Number(number) } };
}

export function makeRulePage(
  all: readonly RuleGroupView[],
  filter: RuleFilter,
  page: RulePage,
  identity: RuleIdentity,
): Filtered<RulePageMade> {
  return page.by === 'token' ? byToken(all, filter, page, identity) : byNumber(all, filter, page, identity);
}

function byToken(
  all: readonly RuleGroupView[],
  filter: RuleFilter,
  { limit, token }: RulePage & { readonly by: 'token' },
  identity: RuleIdentity,
): Filtered<RulePageMade> {
  const start = token === '' ? 0 : all.findIndex(({ group }) => groupToken(group) === token);
  if (start === -1)
    return wrongParameter('group_next_token', `invalid group_next_token '${token}'. were rule groups changed?`);
  const groups: SelectedGroup[] = [];
  for (const selected of selectGroups(all.slice(start), filter, identity)) {
    if (groups.length === limit)
      return { ok: true, value: { groups, nextToken: groupToken(selected.view.group), counts: null } };
    groups.push(selected);
  }
  return { ok: true, value: { groups, nextToken: null, counts: null } };
}

function byNumber(
  all: readonly RuleGroupView[],
  filter: RuleFilter,
  { limit, number }: RulePage & { readonly by: 'number' },
  identity: RuleIdentity,
): Filtered<RulePageMade> {
  const selected = [...selectGroups(all, filter, identity)];
  const pages = Math.max(1, Math.ceil(selected.length / limit));
  if (number > pages)
    return { ok: false, message: `page_num=${number} exceeds total amount of pages in result=${pages}` };
  const groups = selected.slice((number - 1) * limit, number * limit);
  const rules = selected.reduce((sum, group) => sum + group.rules.length, 0);
  const counts = { page: number, total_pages: pages, total_groups: selected.length, total_rules: rules };
  return { ok: true, value: { groups, nextToken: null, counts } };
}

const LIMIT_NEEDED = 'group_limit needs to be present in order to paginate over the groups';
const LARGEST_INT32 = 2_147_483_647;

function limitOf(query: Query): Filtered<number> {
  const text = firstValue(query, 'group_limit');
  if (text === '') return { ok: true, value: Infinity };
  const isNumber = /^[-+]?\d+$/.test(text);
  const limit = isNumber ? Number(text) : NaN;
  if (!isNumber || limit > LARGEST_INT32 || limit < -LARGEST_INT32 - 1) {
    const because = isNumber ? 'value out of range' : 'invalid syntax';
    const problem = `strconv.ParseInt: parsing ${goQuote(text)}: ${because}`;
    return wrongParameter('group_limit', `group_limit needs to be a valid number: ${problem}`);
  }
  if (limit <= 0) return wrongParameter('group_limit', 'group_limit needs to be greater than 0');
  return { ok: true, value: limit };
}
