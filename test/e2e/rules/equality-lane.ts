// A lane: one rule group, and metrics that change exactly between its slots. Two servers that scrape the same page
// at different moments then see the same thing at every slot, whatever their scrapes' phases are.
import { line } from '../../support/e2e/exporter.ts';

/** What the schedules below say over so many slots; after them they begin again. */
export const STEPS = 24;

export class Lane {
  readonly name: string;
  readonly interval: number;
  /** Step 0; nothing happens before. */
  begins: number | null = null;

  constructor(name: string, interval: number) {
    this.name = name;
    this.interval = interval;
  }

  #step(now: number): number {
    if (this.begins === null) return -1;
    return Math.floor((now - this.begins + this.interval / 2) / this.interval);
  }

  /** Instants of samples are those of the scrapes. */
  plain(now: number): string {
    const step = this.#step(now);
    const all = UP.map(([host, schedule]) => line('demo_up', { lane: this.name, host }, isOn(schedule, step) ? 1 : 0));
    all.push(...UP.map(([host]) => line('demo_info', { lane: this.name, host, team: TEAMS.get(host)!, odd: ODD }, 1)));
    for (const [queue, values] of QUEUES) {
      all.push(
        line('demo_queue', { lane: this.name, queue, host: 'h1' }, step < 0 ? 1 : values[step % values.length]!),
      );
    }
    for (const [item, schedule] of ITEMS) {
      if (isOn(schedule, step)) all.push(line('demo_item', { lane: this.name, item }, step));
    }
    if (step >= 0) all.push(line('demo_running', { lane: this.name }, 1));
    return all.join('');
  }

  /** Samples say themselves when they are from: rates are the same wherever they are asked for. */
  timed(now: number): string {
    const step = this.#step(now);
    if (this.begins === null || step < 0) return '';
    const at = this.begins + step * this.interval - this.interval / 2;
    const all: string[] = [];
    for (const code of ['200', '500']) {
      // It begins anew, as counters do when their process does.
      const since = step % 14;
      const total = code === '200' ? since * 100 : Math.max(0, since - 5) * 7;
      all.push(line('demo_requests_total', { lane: this.name, code }, total, at));
    }
    for (const [le, share] of [
      ['0.1', 0.5],
      ['0.5', step % 8 < 4 ? 0.95 : 0.6],
      ['2.5', 0.99],
      ['+Inf', 1],
    ] as const) {
      all.push(line('demo_seconds_bucket', { lane: this.name, le }, Math.round(step * step * 100 * share), at));
    }
    return all.join('');
  }
}

const ODD = 'a,b=c "d" \\ e {f} é😀';
const TEAMS: ReadonlyMap<string, string> = new Map([
  ['h1', 'web'],
  ['h2', 'web'],
  ['h3', 'db'],
  ['h4', 'db'],
]);

/** By host, a character a step: `1` is up. */
const UP: readonly (readonly [host: string, schedule: string])[] = [
  ['h1', '111000000000111111100011'],
  ['h2', '110101101110000111101010'],
  ['h3', '111111111111111111111111'],
  ['h4', '100000000000000000000111'],
];
const QUEUES: readonly (readonly [queue: string, values: readonly number[]])[] = [
  ['mail', [1, 5, 50, 500, 5000, 5e6, 0.001, -3, 12, 12, 12, 1]],
  ['strange,=queue', [1, 2, Infinity, 3, -Infinity, 4, 0.1 + 0.2, 123456789]],
];
const ITEMS: readonly (readonly [item: string, schedule: string])[] = [
  ['always', '111111111111111111111111'],
  ['comes and goes', '011100011111100001000111'],
  ['a="b",c={d}', '001111110000001111110000'],
];

const isOn = (schedule: string, step: number): boolean => step < 0 || schedule[step % schedule.length] === '1';
