// What a data source's answers cost: node test/bench/data-source.ts
// One JSON line per size of answer: microseconds per sample of parsing it as JSON alone, of reading it for the first
// time, and of reading it again with other values; then what a whole question costs over a real connection.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemFiles } from '../../src/adapters/files.ts';
import { createHttpClient } from '../../src/adapters/http-client.ts';
import { createDataSource } from '../../src/adapters/prometheus/data-source.ts';
import { readAnswer } from '../../src/adapters/prometheus/read-answer.ts';
import { KnownMetrics } from '../../src/adapters/prometheus/vector-scan.ts';
import { systemClock } from '../../src/adapters/clock.ts';
import { DEFAULT_HTTP_CONFIG } from '../../src/outbound/compile.ts';

const SIZES = [1, 10, 100, 10_000];
const limits = { maxBytes: 64 * 1024 * 1024, maxSeries: 100_000 };

function answerBody(series: number, round: number): string {
  const samples = Array.from({ length: series }, (_, i) => {
    const metric = {
      __name__: 'http_requests:rate5m',
      cluster: 'prod-eu-1',
      code: '500',
      env: 'production',
      handler: `/api/v1/items/${i % 50}`,
      instance: `10.0.${i >> 8}.${i & 255}:9100`,
      job: 'api-server',
      method: 'GET',
      namespace: `team-${i % 100}`,
      pod: `api-server-5d4f8b7c9-${i}`,
    };
    return { metric, value: [1_795_152_000 + round * 5, String((i + 1) * 0.1 + round)] };
  });
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result: samples } });
}

const answerOf = (text: string) =>
  ({
    kind: 'answer',
    status: 200,
    headers: new Map<string, string>(),
    body: { bytes: Buffer.from(text), end: 'whole' },
  }) as const;

/** Microseconds of CPU per sample, the best of five. */
function microsPerSample(series: number, work: (round: number) => unknown): number {
  const rounds = Math.max(4, Math.ceil(200_000 / series));
  let best = Infinity;
  for (let run = 0; run < 5; run++) {
    const begin = process.cpuUsage();
    for (let round = 0; round < rounds; round++) work(round);
    const { user, system } = process.cpuUsage(begin);
    best = Math.min(best, (user + system) / rounds / series);
  }
  return Number(best.toFixed(3));
}

function benchReading(series: number): void {
  const answers = [0, 1, 2, 3].map((round) => answerOf(answerBody(series, round)));
  const first = readAnswer(answers[0]!, limits, KnownMetrics.none());
  if (first.kind === 'failure') throw new Error(first.message);
  const line = {
    name: 'read an answer',
    series,
    jsonParse: microsPerSample(series, (round) => JSON.parse(answers[round & 3]!.body.bytes.toString())),
    firstTime: microsPerSample(series, (round) => readAnswer(answers[round & 3]!, limits, KnownMetrics.none())),
    again: microsPerSample(series, (round) => readAnswer(answers[round & 3]!, limits, first.metrics)),
  };
  console.log(JSON.stringify(line));
}

async function benchAsking(series: number): Promise<void> {
  const bodies = [0, 1, 2, 3].map((round) => answerBody(series, round));
  let count = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end(bodies[count++ & 3]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await using client = createHttpClient({ files: systemFiles, env: {}, clock: systemClock });
  const source = createDataSource(
    {
      name: 'bench',
      url: `http://127.0.0.1:${port}`,
      externalUrl: '',
      http: DEFAULT_HTTP_CONFIG,
      timeout: 10_000,
      params: [],
      tenant: null,
      concurrency: 32,
      partialAnswers: 'keep',
      holdVanished: 300_000,
      readAfterWrite: 'prove',
      ...limits,
    },
    { client, clock: systemClock, entropy: { fraction: () => 0.5 }, userAgent: 'Belfry/bench' },
  );
  const questions = Math.max(200, Math.ceil(400_000 / (series + 40)));
  const ask = async (at: number): Promise<void> => {
    const now = Date.now();
    const question = {
      query: 'http_requests:rate5m{code="500"} > 1',
      at,
      deadline: now + 10_000,
      turnBy: now + 10_000,
    } as const;
    const answer = await source.ask({ ...question, params: [], headers: [], signal: new AbortController().signal });
    if (answer.kind === 'failure') throw new Error(answer.message);
  };
  const round = async (): Promise<number> => {
    const begin = process.cpuUsage();
    let at = 0;
    const lane = async (): Promise<void> => {
      while (at < questions) await ask(1_795_152_000_000 + at++ * 5000);
    };
    await Promise.all(Array.from({ length: 16 }, lane));
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / questions;
  };
  await round();
  const micros = Math.min(await round(), await round(), await round());
  console.log(
    JSON.stringify({ name: 'ask, the server in the same process', series, microsPerQuestion: Math.round(micros) }),
  );
  server.close();
  server.closeAllConnections();
}

for (const series of SIZES) benchReading(series);
for (const series of SIZES) await benchAsking(series);
