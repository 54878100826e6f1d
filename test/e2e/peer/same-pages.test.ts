// Belfry beside a real Alertmanager: the same configuration and the same alerts, and the same pages come out, but
// for the listed defects. On a busy machine a message comes late, and then it may say something else: what differs
// is measured again, with fewer cases beside it, and counts when it differs each time.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Alertmanager } from '../../support/e2e/alertmanager.ts';
import { describeBesideAlertmanager } from '../peers.ts';
import type { Case } from './case.ts';
import { answering } from './cases/answering.ts';
import { grouping } from './cases/grouping.ts';
import { inhibiting } from './cases/inhibiting.ts';
import { living } from './cases/living.ts';
import { muting } from './cases/muting.ts';
import { resolving } from './cases/resolving.ts';
import { routing } from './cases/routing.ts';
import { compare, type Verdict } from './compare.ts';
import { runAlone, runTogether, type Outcome } from './run.ts';

/** Pairs of servers at a time. */
const PAIRS = 3;
/** How often a case is measured at most. */
const MEASURED = 3;
const LONGEST_MS = 240_000;

const together = { grouping, resolving, routing, answering, inhibiting, muting };

type Run = (cases: readonly Case[], peer: Alertmanager) => Promise<readonly Outcome[]>;

describeBesideAlertmanager('the same pages as Alertmanager', (peer) => {
  const known = (cases: readonly Case[]): readonly Case[] => cases.filter(({ needs = 0 }) => needs <= peer.minor);
  const verdicts = new Map<Case, Verdict>();

  describe('from servers that all cases share', () => {
    beforeAll(() => judge(known(Object.values(together).flat()), runTogether, peer, verdicts), LONGEST_MS);
    for (const [name, cases] of Object.entries(together)) {
      describe(name, () => {
        it.each(known(cases).map((one) => [one.title, one] as const))('%s', (_title, one) => expectSame(verdicts, one));
      });
    }
  });

  describe('from servers that live through something', () => {
    beforeAll(() => judge(known(living), inTurn, peer, verdicts), LONGEST_MS);
    it.each(known(living).map((one) => [one.title, one] as const))('%s', (_title, one) => expectSame(verdicts, one));
  });
});

async function judge(cases: readonly Case[], run: Run, peer: Alertmanager, into: Map<Case, Verdict>): Promise<void> {
  let open = cases;
  for (let times = 0; times < MEASURED && open.length > 0; times++) {
    const outcomes = await run(open, peer);
    open.forEach((one, index) => into.set(one, compare(one, outcomes[index]!, peer)));
    open = open.filter((one) => into.get(one)!.differences.length > 0);
  }
}

async function inTurn(cases: readonly Case[], peer: Alertmanager): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const turns = cases.entries();
  const one = async (): Promise<void> => {
    for (const [index, next] of turns) outcomes[index] = await runAlone(next, peer);
  };
  await Promise.all(Array.from({ length: PAIRS }, one));
  return outcomes;
}

function expectSame(verdicts: ReadonlyMap<Case, Verdict>, one: Case): void {
  const { differences, story } = verdicts.get(one)!;
  expect(differences.length === 0 ? '' : [...differences, story].join('\n')).toBe('');
}
