// What a sample of remote write costs: node test/bench/remote-write.ts [series] [rounds]
// One JSON line per format: microseconds per sample to find its series, encode and compress it, in batches of 2000,
// for series that are sent again and for series seen for the first time.
import { encode } from '../../src/adapters/remote-write/encode.ts';
import { SeriesBook, type Pending } from '../../src/adapters/remote-write/series.ts';
import { Labels } from '../../src/model/labels.ts';

const seriesCount = Number(process.argv[2] ?? 20_000);
const rounds = Number(process.argv[3] ?? 20);
const BATCH = 2000;

const labelSets = (): readonly Labels[] =>
  Array.from({ length: seriesCount }, (_, i) =>
    Labels.of([
      ['__name__', `instance:node_cpu_seconds:rate${i % 50}`],
      ['cluster', 'prod-eu-1'],
      ['env', 'production'],
      ['instance', `10.0.${i >> 8}.${i & 255}:9100`],
      ['job', 'node-exporter'],
      ['namespace', `team-${i % 100}`],
      ['pod', `api-server-5d4f8b7c9-${i}`],
      ['region', 'eu-west-1'],
      ['team', 'platform'],
    ]),
  );

const receipt = { settle: (): void => {} };

for (const protocol of ['1.0', '2.0'] as const) {
  const book = new SeriesBook({ externalLabels: Labels.empty, rules: [], names: 'utf8' });
  // The labels of a new answer are new objects that say the same.
  const answers = [labelSets(), labelSets()];
  const costs: number[] = [];
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    const labels = answers[round % 2]!;
    const at = Date.UTC(2026, 10, 20) + round * 15_000;
    const from = process.cpuUsage();
    bytes = 0;
    for (let i = 0; i < seriesCount; i += BATCH) {
      const batch: Pending[] = [];
      for (const one of labels.slice(i, i + BATCH)) {
        const series = book.find(one);
        if (series !== null) batch.push({ series, at, value: Math.sin(i + round) * 100, receipt });
      }
      bytes += encode(batch, protocol).length;
    }
    const { user, system } = process.cpuUsage(from);
    costs.push((user + system) / seriesCount);
  }
  const again = costs.slice(Math.floor(rounds / 4)).toSorted((a, b) => a - b);
  console.log(
    JSON.stringify({
      bench: 'remote-write',
      protocol,
      series: seriesCount,
      firstMicrosPerSample: Number(costs[0]!.toFixed(2)),
      medianMicrosPerSample: Number(again[again.length >> 1]!.toFixed(2)),
      bytesPerSample: Number((bytes / seriesCount).toFixed(1)),
    }),
  );
}
