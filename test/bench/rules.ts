// Belfry beside a vmalert, the same rules for both, in turns (see README.md in this folder):
//   node test/bench/rules.ts [--peer=vmalert] [--only=P21] [--seconds=30] [--runs=1] [--side=belfry]
// One JSON line per load and side, then a table of medians.
import { parseArgs } from 'node:util';
import { loads, nameOf } from './rules-loads.ts';
import { measure, type RulesSide } from './rules-side.ts';
import { table, type MeasuredLoad } from './rules-table.ts';

const { values } = parseArgs({
  options: {
    peer: { type: 'string', default: 'vmalert' },
    'peer-resend': { type: 'string', default: '' },
    'node-options': { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    load: { type: 'string', default: '' },
    seconds: { type: 'string', default: '30' },
    runs: { type: 'string', default: '1' },
    side: { type: 'string', default: '' },
  },
});
const nodeOptions = values['node-options'];
const sides: readonly RulesSide[] = [
  { name: 'belfry' as const, binary: '', nodeOptions },
  { name: 'vmalert' as const, binary: values.peer, nodeOptions },
].filter(({ name }) => values.side === '' || values.side === name);
const only = new Set(values.only.split(',').filter((item) => item !== ''));
const wanted = loads.filter(
  (load) => (only.size === 0 || load.items.some((item) => only.has(item))) && nameOf(load).includes(values.load),
);

const measured: MeasuredLoad[] = [];
for (const load of wanted) {
  for (let run = 1; run <= Number(values.runs); run++) {
    for (const side of sides) {
      const outcome = await measure(side, load, Number(values.seconds), values['peer-resend']);
      measured.push({ load, side: side.name, outcome });
      console.log(JSON.stringify({ items: load.items, load: nameOf(load), run, side: side.name, ...outcome }, short));
    }
  }
}
console.log(`\n${table(measured)}`);

function short(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}
