// The figures of rule loads as a Markdown table: medians of both sides, and what their ratio should be.
import { nameOf, type RuleLoad } from './rules-loads.ts';
import type { Outcome, RulesSide } from './rules-side.ts';

export interface MeasuredLoad {
  readonly load: RuleLoad;
  readonly side: RulesSide['name'];
  readonly outcome: Outcome;
}

interface Column {
  readonly what: string;
  readonly of: (outcome: Outcome) => number | undefined;
  readonly target?: (load: RuleLoad) => string | undefined;
}

const when =
  (target: string, ...items: readonly string[]) =>
  (load: RuleLoad): string | undefined =>
    load.items.some((item) => items.includes(item)) ? target : undefined;

const FIGURES: readonly Column[] = [
  { what: 'CPU us per evaluation', of: (one) => one.cpuPerEvaluation, target: (load) => load.target },
  { what: 'CPU s per million samples', of: (one) => one.cpuPerMillionSamples },
  { what: 'cores', of: (one) => one.cpuShare },
  { what: 'RSS MB', of: (one) => one.rss, target: when('<= 2.5', 'P25') },
  { what: 'slots kept %', of: (one) => one.kept * 100, target: when('100 %', 'P22', 'P23') },
  { what: 'lag p50 ms', of: (one) => one.lagP50 },
  { what: 'lag p99 ms', of: (one) => one.lagP99, target: when('< 250 ms', 'P22', 'P23') },
  { what: 'answer to alert p50 ms', of: (one) => one.heard?.alerts.p50 },
  { what: 'answer to alert p99 ms', of: (one) => one.heard?.alerts.p99, target: () => '<= 1' },
  { what: 'answer to webhook p99 ms', of: (one) => one.heard?.webhooks.p99, target: () => '<= 50 ms' },
];

export function table(measured: readonly MeasuredLoad[]): string {
  const lines = [...Map.groupBy(measured, ({ load }) => load)].flatMap(([load, all]) =>
    FIGURES.flatMap((figure) => {
      const ours = median(all, 'belfry', figure);
      const peer = median(all, 'vmalert', figure);
      if (ours === null && peer === null) return [];
      const ratio = ours === null || peer === null || peer === 0 ? '' : (ours / peer).toPrecision(2);
      const target = figure.target?.(load) ?? '';
      const head = `| ${load.items.join(', ')} | ${nameOf(load)} | ${figure.what}`;
      return [`${head} | ${shown(ours)} | ${shown(peer)} | ${ratio} | ${target} |`];
    }),
  );
  return ['| | Load | Figure | Belfry | vmalert | Ratio | Target |', '|---|---|---|---|---|---|---|', ...lines].join(
    '\n',
  );
}

function median(all: readonly MeasuredLoad[], side: RulesSide['name'], { of }: Column): number | null {
  const values = all
    .filter((one) => one.side === side)
    .map(({ outcome }) => of(outcome))
    .filter((value): value is number => value !== undefined && !Number.isNaN(value))
    .sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? null;
}

const shown = (value: number | null): string => {
  if (value === null) return '-';
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
};
