// Belfry beside an Alertmanager, the same work for both, in turns (see README.md in this folder):
//   node test/bench/router.ts [--peer=prometheus-alertmanager] [--alerts=100000] [--runs=1] [--only=P1,P3]
// One JSON line per figure, then a table of medians.
import { parseArgs } from 'node:util';
import { table, type Measured } from './router-table.ts';
import type { Side } from './router-side.ts';
import { works } from './router-works.ts';

const { values } = parseArgs({
  options: {
    peer: { type: 'string', default: 'prometheus-alertmanager' },
    alerts: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});
const sides: readonly Side[] = [
  { name: 'ours', binary: '' },
  { name: 'peer', binary: values.peer },
];
const only = new Set(values.only.split(',').filter((item) => item !== ''));
const isWanted = (item: string): boolean => only.size === 0 || only.has(item);

const measured: Measured[] = [];
for (const work of works.filter(({ items }) => items.some(isWanted))) {
  for (let run = 1; run <= Number(values.runs); run++) {
    for (const side of sides) {
      for (const figure of await work.run(side, Number(values.alerts))) {
        if (!isWanted(figure.item)) continue;
        const line: Measured = { run, side: side.name, ...figure };
        measured.push(line);
        console.log(JSON.stringify({ ...line, value: Number(line.value.toPrecision(4)) }));
      }
    }
  }
}
console.log(`\n${table(measured)}`);
