// Loaded into the Belfry that is measured (NODE_OPTIONS=--import): on SIGUSR2 it writes what its main thread has cost
// and how long its event loop stood still, both since the last time.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const file = process.env['BELFRY_PROBE']!;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let before = process.threadCpuUsage();
  let count = 0;
  process.on('SIGUSR2', () => {
    const { user, system } = process.threadCpuUsage(before);
    const readings = { p99: delay.percentile(99) / 1e6, longest: delay.max / 1e6, cpu: (user + system) / 1000 };
    delay.reset();
    before = process.threadCpuUsage();
    writeFileSync(file, JSON.stringify({ count: ++count, ...readings }));
  });
}
