import { describe, expect, it } from 'vitest';
import { LinePace } from '../../../src/adapters/prometheus/line-pace.ts';

/** After so many turns of so many milliseconds each, while others waited. */
function paceOf(turns: number, ms: number): LinePace {
  const pace = new LinePace();
  for (let turn = 0; turn <= turns; turn++) pace.moves(1, turn * ms);
  return pace;
}

describe('a line', () => {
  it.each([
    { name: 'is not judged by its beginning', turns: 31, ms: 1000, waiting: 1000, left: 10, isHopeless: false },
    {
      name: 'is hopeless when half of what is left is gone before the turn',
      turns: 200,
      ms: 10,
      waiting: 101,
      left: 2000,
      isHopeless: true,
    },
    { name: 'is joined when it is short enough', turns: 200, ms: 10, waiting: 99, left: 2000, isHopeless: false },
    {
      name: 'is joined when nobody waits, however slow it was',
      turns: 200,
      ms: 10_000,
      waiting: 0,
      left: 1,
      isHopeless: false,
    },
    { name: 'is hopeless for what is late already', turns: 200, ms: 10, waiting: 1, left: -5, isHopeless: true },
  ])('$name', ({ turns, ms, waiting, left, isHopeless }) => {
    expect(paceOf(turns, ms).isHopeless(waiting, left)).toBe(isHopeless);
  });

  it('is judged by how it moves now', () => {
    const pace = paceOf(200, 1000);
    expect(pace.isHopeless(10, 1000)).toBe(true);
    for (let turn = 1; turn <= 200; turn++) pace.moves(1, 200_000 + turn);
    expect(pace.isHopeless(10, 1000)).toBe(false);
  });

  it('is forgotten when it is empty', () => {
    const pace = paceOf(200, 1000);
    pace.moves(0, 201_000);
    for (let turn = 1; turn <= 31; turn++) pace.moves(1, 300_000 + turn * 1000);
    expect(pace.isHopeless(1000, 1)).toBe(false);
  });
});
