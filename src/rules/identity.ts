// Who a rule and a group are when their file is read again. A rule is its kind, name and labels, and its turn among
// equals: state stays with it when it moves, or when its expression changes. A group's fingerprint is everything
// that is carried out of it, places aside.
import { hash } from 'node:crypto';
import type { Rule, RuleGroup } from './rule.ts';

type Named = Pick<Rule, 'kind' | 'name' | 'labels'>;

/** Gives out the ids of one group's rules, in their order. */
export class RuleIds {
  readonly #taken = new Map<string, number>();

  next({ kind, name, labels }: Named): string {
    const digest = hash('sha1', JSON.stringify([kind, name, labels]), 'hex').slice(0, 16);
    const turn = this.#taken.get(digest) ?? 0;
    this.#taken.set(digest, turn + 1);
    return turn === 0 ? digest : `${digest}.${turn}`;
  }
}

export function fingerprintOf(group: Omit<RuleGroup, 'fingerprint'>): string {
  return hash('sha1', JSON.stringify(group, withoutPlaces), 'hex');
}

const withoutPlaces = (key: string, value: unknown): unknown => (key === 'at' ? undefined : value);
