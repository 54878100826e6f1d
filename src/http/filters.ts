// The filters of GET requests: matchers, receiver patterns and state flags of the query string.
import type { AlertFilter, GroupFilter } from '../engine/contract.ts';
import type { Matcher } from '../model/matcher.ts';
import { parseMatcher, type MatcherMode } from '../model/matcher-parse.ts';
import { compileAnchored } from '../model/regex.ts';
import { flagOf, lastOf, type Query } from './query.ts';

/** A message is for the person who asked, in upstream's words. */
export type Filtered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

export function alertFilter(query: Query, mode: MatcherMode): Filtered<AlertFilter> {
  const matchers = matchersOf(query, 'filter', mode);
  if (!matchers.ok) return matchers;
  const receiver = receiverPattern(query);
  if (!receiver.ok) return receiver;
  const receiverMatchers = receiverFilter(query, mode);
  if (!receiverMatchers.ok) return receiverMatchers;
  return {
    ok: true,
    value: {
      matchers: matchers.value,
      active: flagOf(query, 'active'),
      silenced: flagOf(query, 'silenced'),
      inhibited: flagOf(query, 'inhibited'),
      unprocessed: flagOf(query, 'unprocessed'),
      receiver: receiver.value,
      receiverMatchers: receiverMatchers.value,
    },
  };
}

export function groupFilter(query: Query, mode: MatcherMode): Filtered<GroupFilter> {
  const filter = alertFilter(query, mode);
  return filter.ok ? { ok: true, value: { ...filter.value, muted: flagOf(query, 'muted') } } : filter;
}

export function receiverFilter(query: Query, mode: MatcherMode): Filtered<readonly Matcher[]> {
  const parsed = matchersOf(query, 'receiver_matchers', mode);
  return parsed.ok ? parsed : { ok: false, message: `failed to parse receiver_matchers param: ${parsed.message}` };
}

export function matchersOf(query: Query, name: string, mode: MatcherMode): Filtered<readonly Matcher[]> {
  const matchers: Matcher[] = [];
  for (const text of query.get(name) ?? []) {
    const parsed = parseMatcher(text, mode);
    if (!parsed.ok) return { ok: false, message: parsed.message };
    matchers.push(parsed.matcher);
  }
  return { ok: true, value: matchers };
}

function receiverPattern(query: Query): Filtered<AlertFilter['receiver']> {
  const pattern = lastOf(query, 'receiver');
  if (pattern === '') return { ok: true, value: null };
  const compiled = compileAnchored(pattern);
  if (!compiled.ok) return { ok: false, message: `failed to parse receiver param: ${compiled.message}` };
  return { ok: true, value: (name) => compiled.regex.test(name) };
}
