// The figures of a comparison as a Markdown table: medians, the ratio, and what we aim for.
import type { Side } from './router-side.ts';
import type { Figure } from './router-works.ts';

export interface Measured extends Figure {
  readonly run: number;
  readonly side: Side['name'];
}

/** By item and unit: of the ratio, unless it has a unit of its own. */
const TARGETS: Readonly<Record<string, string>> = {
  'P1 alerts/s': '>= 1.5',
  'P2 CPU s': '<= 0.5',
  'P3 alerts/s': '>= 5',
  'P3 CPU s': '<= 0.2',
  'P4 ms': '<= 0.2',
  'P5 ms': '<= 0.1',
  'P6 ms': '<= 0.02',
  'P7 silences/s': '>= 1',
  'P7 ms': '<= 5 ms',
  'P8 ms': '<= 1',
  'P9 MB': '<= 1',
  'P10 % slower': '<= 15 %',
  'P11 ms': '<= 300, 400, 3000 ms',
  'P12 % of a core': '<= 1 %',
  'P13 ms': '<= 100, 50 ms',
};

export function table(measured: readonly Measured[]): string {
  const rows = Map.groupBy(measured, ({ item, what, unit }) => `| ${item} | ${what} | ${unit} |`);
  const lines = [...rows].map(([head, all]) => {
    const ours = median(all, 'ours');
    const peer = median(all, 'peer');
    const ratio = ours === null || peer === null ? '' : (ours / peer).toPrecision(2);
    const target = TARGETS[`${all[0]!.item} ${all[0]!.unit}`] ?? '';
    return `${head} ${shown(ours)} | ${shown(peer)} | ${ratio} | ${target} |`;
  });
  return ['| | Work | Unit | Belfry | Peer | Ratio | Target |', '|---|---|---|---|---|---|---|', ...lines].join('\n');
}

function median(all: readonly Measured[], side: Side['name']): number | null {
  const values = all
    .filter((one) => one.side === side)
    .map(({ value }) => value)
    .sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? null;
}

const shown = (value: number | null): string => {
  if (value === null) return '-';
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
};
