// What an alert measures, when the rule behind it is evaluated here: for messages that say how bad it is.

export type Comparison = '==' | '!=' | '<=' | '<' | '>=' | '>';

export interface Reading {
  /** The value now. null: of an alert that has ended, and could not be asked for. */
  readonly value: number | null;
  /** The worst since it began to match: the highest, or the lowest where low is bad. */
  readonly peak: number;
  /** What the rule compares with. `value` is null when that is no number. */
  readonly threshold: { readonly op: Comparison; readonly value: number | null } | null;
}

/** For people: whole numbers whole, others to four digits. */
export function shownNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/** `> 90`, or '' when the rule compares with no number. */
export function shownThreshold({ threshold }: Reading): string {
  if (threshold === null || threshold.value === null) return '';
  return `${threshold.op} ${shownNumber(threshold.value)}`;
}

/** Of two values the one further beyond the threshold. */
export function worse(a: number, b: number, op: Comparison | null): number {
  if (Number.isNaN(a)) return b;
  if (Number.isNaN(b)) return a;
  return op === '<' || op === '<=' ? Math.min(a, b) : Math.max(a, b);
}
