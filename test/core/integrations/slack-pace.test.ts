import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from '../../../src/integrations/slack/pace.ts';

describe('Pace', () => {
  it('lets the first go at once, a few wait, and tells the others when to come back, one a second', () => {
    const pace = new Pace();
    const turns = Array.from({ length: 10 }, () => pace.turn('c', 1000, 5000));
    expect(turns.map(({ kind, at }) => `${kind} ${at}`)).toEqual([
      ...['soon 5000', 'soon 6000', 'soon 7000', 'soon 8000', 'soon 9000', 'soon 10000'],
      ...['later 11000', 'later 12000', 'later 13000', 'later 14000'],
    ]);
  });

  it('holds up a line that Slack has paused, and no other', () => {
    const pace = new Pace();
    pace.pause('c', 9000, 5000);
    expect(pace.turn('c', 1000, 6000)).toEqual({ kind: 'later', at: 9000, asked: true });
    expect(pace.turn('d', 1000, 6000)).toEqual({ kind: 'soon', at: 6000 });
    expect(pace.turn('c', 1000, 9000)).toEqual({ kind: 'soon', at: 9000 });
  });

  it('does not wait for a clock that was set back to come round again', () => {
    const pace = new Pace();
    const later = 1_000_000_000;
    for (let i = 0; i < 20; i++) pace.turn('c', 1000, later);
    pace.pause('d', later + 1000, later);
    expect(pace.turn('c', 1000, 5000)).toEqual({ kind: 'soon', at: 5000 });
    expect(pace.turn('d', 1000, 5000)).toEqual({ kind: 'soon', at: 5000 });
  });

  it('forgets lines that nobody stands in', () => {
    const pace = new Pace();
    for (let i = 0; i < 5000; i++) pace.turn(`c${i}`, 1000, i * 10);
    expect(pace.turn('c4999', 1000, 49_990)).toEqual({ kind: 'soon', at: 50_990 });
  });

  it('keeps turns of a line apart, and serves whoever comes back when told', () => {
    const waits = fc.array(fc.nat({ max: 3000 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(waits, (gaps) => {
        const pace = new Pace();
        const taken: number[] = [];
        let now = 0;
        const due: number[] = [];
        for (const gap of gaps) due.push((now += gap));
        for (let tries = 0; due.length > 0; tries++) {
          expect(tries).toBeLessThan(gaps.length * 20);
          due.sort((a, b) => a - b);
          const at = due.shift()!;
          const turn = pace.turn('c', 1000, at);
          if (turn.kind === 'soon') taken.push(turn.at);
          else due.push(turn.at);
        }
        taken.sort((a, b) => a - b);
        for (const [i, at] of taken.slice(1).entries()) expect(at - taken[i]!).toBeGreaterThanOrEqual(1000);
      }),
    );
  });
});
