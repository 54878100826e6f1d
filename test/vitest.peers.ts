import { defineConfig } from 'vitest/config';

// The suites that start the real process and real peers (Prometheus, Alertmanager): one file after the other,
// because they share ports, processors and patience.
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/e2e/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    allowOnly: false,
  },
});
