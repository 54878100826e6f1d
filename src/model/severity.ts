// How bad a word of a `severity` label says it is. Nobody agreed on the words; these are the ones in use.

export type SeverityRank = 0 | 1 | 2 | 3 | 4;

const WORDS: readonly (readonly [rank: SeverityRank, words: string])[] = [
  [0, 'critical crit page emergency emerg fatal disaster panic p0 p1 sev0 sev1'],
  [1, 'error err high major severe p2 sev2'],
  [2, 'warning warn medium minor average p3 sev3'],
  [4, 'info information informational notice low none debug p4 p5 sev4 sev5'],
];
const RANKS: ReadonlyMap<string, SeverityRank> = new Map(
  WORDS.flatMap(([rank, words]) => words.split(' ').map((word) => [word, rank] as const)),
);

/** 0 is the worst. A word nobody knows, and none at all, is between a warning and a note. */
export const severityRank = (severity: string): SeverityRank => RANKS.get(severity.toLowerCase()) ?? 3;
