import { defineConfig } from 'vitest/config';

// Everything that needs nothing but Node. The suites against real peers have a config of their own: vitest.peers.ts.
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/bench/**'],
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: 20_000,
    allowOnly: false,
  },
});
