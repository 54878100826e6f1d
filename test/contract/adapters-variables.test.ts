import { userInfo } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { systemVariable } from '../../src/adapters/variables.ts';

describe('systemVariable()', () => {
  const { HOME } = process.env;
  afterEach(() => {
    if (HOME === undefined) delete process.env['HOME'];
    else process.env['HOME'] = HOME;
  });

  it('reads the environment as it is now', () => {
    process.env['HOME'] = '/elsewhere';
    expect([systemVariable('HOME'), systemVariable('BELFRY_NOBODY_SETS_THIS')]).toEqual(['/elsewhere', '']);
  });

  it('knows the home folder where the environment does not', () => {
    delete process.env['HOME'];
    expect(systemVariable('HOME')).toBe(userInfo().homedir);
  });
});
