// A process to be killed: commits numbered facts for ever and prints each number once it is durable.
// node store-writer.ts <directory> <first number>
import { openWorkerStore } from '../../src/adapters/sqlite/worker-store.ts';

const [directory, first] = process.argv.slice(2);
const { store } = await openWorkerStore(directory!);

async function lane(start: number, step: number): Promise<never> {
  for (let n = start; ; n += step) {
    const at = n;
    await store.commit(
      [
        { kind: 'event', event: { kind: 'stopped', at } },
        {
          kind: 'groups.put',
          groups: [{ key: String(n), routeId: '', receiver: '', groupBy: '', labels: [], nextFlushAt: at, flushes: n }],
        },
      ],
      at,
    );
    process.stdout.write(`${n}\n`);
  }
}

const LANES = 4;
await Promise.all(Array.from({ length: LANES }, (_, i) => lane(Number(first) + i, LANES)));
