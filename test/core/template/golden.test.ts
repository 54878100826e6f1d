import { describe, expect, test } from 'vitest';
import { expectedOf, readGolden, renderCase } from './golden-data.ts';

// Thousands of cases: one test per file keeps the run quick and lists every difference at once.
describe('templates give what real Go gives', () => {
  test.each([
    ['template', 600],
    ['compare', 600],
    ['printf', 2000],
    ['html', 1200],
    ['prometheus', 350],
  ])('every case of %s.json, at least %i of them', (name, atLeast) => {
    const golden = readGolden(name);
    expect(golden.cases.length).toBeGreaterThanOrEqual(atLeast);
    const differences = golden.cases.flatMap((one) => {
      const want = expectedOf(one);
      const got = renderCase(golden, one);
      return got === want ? [] : [{ template: one.t, got, want }];
    });
    expect(differences).toEqual([]);
  });
});
