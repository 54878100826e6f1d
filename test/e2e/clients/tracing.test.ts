// The traces of a running Belfry, as a collector gets them over either protocol, beside what Alertmanager 0.34 sent of
// the same doings.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { startWebhookSink } from '../../support/e2e/webhook-sink.ts';
import { GrpcCollector } from '../../support/grpc-collector.ts';
import { readBatch, unpacked, type ReadBatch, type ReadSpan } from '../../support/otlp-read.ts';
import { treeOf } from '../../support/trace-scene.ts';
import { compareSpans, recorded } from '../../support/upstream-spans.ts';
import { firing, postJson, postSilence, silence, until } from '../chaos/ask.ts';

interface Collector extends AsyncDisposable {
  readonly tracing: string;
  spans(): readonly ReadSpan[];
}

async function overHttp(): Promise<Collector & { readonly batches: readonly ReadBatch[] }> {
  const batches: ReadBatch[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      batches.push(readBatch(unpacked(Buffer.concat(chunks), request.headers['content-encoding'])));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    tracing: `client_type: http, endpoint: '127.0.0.1:${port}', compression: gzip`,
    batches,
    spans: () => batches.flatMap(({ spans }) => spans),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function overGrpc(): Promise<Collector> {
  const collector = await GrpcCollector.start();
  return {
    tracing: `endpoint: '127.0.0.1:${collector.port}'`,
    spans: () => collector.calls.flatMap(({ spans }) => spans),
    [Symbol.asyncDispose]: () => collector[Symbol.asyncDispose](),
  };
}

const configOf = (tracing: string, hook: string): string => `
tracing: {${tracing}, insecure: true, sampling_fraction: 1, headers: {Authorization: {secrets: [Bearer hush-header]}}}
route: {receiver: team, group_wait: 0s, group_interval: 1m, group_by: [alertname]}
receivers: [{name: team, webhook_configs: [{url: '${hook}/hush-path'}]}]
inhibit_rules: [{source_matchers: [alertname="source"], target_matchers: [alertname="target"]}]
`;

describe('a running Belfry', () => {
  it.each([
    ['HTTP', overHttp],
    ['gRPC', overGrpc],
  ])('tells of what it does over %s, as 0.34 tells it', async (_title, start) => {
    await using collector = await start();
    await using hook = await startWebhookSink();
    hook.answer('/hush-path', [{ status: 503 }], { status: 200 });
    await using belfry = await startBelfry({ config: configOf(collector.tracing, hook.url) });
    expect((await postSilence(belfry.url, silence({ alertname: 'quiet' }))).status).toBe(200);
    const alerts = ['source', 'target', 'quiet'].map((alertname) => firing({ alertname }));
    expect((await postJson(`${belfry.url}/api/v2/alerts`, alerts)).status).toBe(200);
    await until('the webhook is told', 10_000, () => hook.received().length === 2);
    const status = await (await fetch(`${belfry.url}/api/v2/status`)).text();
    const metrics = await (await fetch(`${belfry.url}/metrics`)).text();
    expect(metrics).toContain('belfry_tracing_spans_exported_total');
    // What has not gone yet goes at the end.
    expect(await belfry.stop()).toBe('exit code 0');

    const spans = collector.spans();
    const notify = treeOf(spans).filter((line) => /Notify|HTTP POST/.test(line));
    expect(notify).toEqual([
      '  notify.Integration.Notify',
      '    HTTP POST',
      '  notify.Integration.Notify',
      '    HTTP POST',
    ]);
    const sent = spans
      .filter(({ name }) => name === 'HTTP POST')
      .map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`);
    expect(hook.received().map(({ headers }) => headers['traceparent'])).toEqual(sent);
    const compared = compareSpans(spans);
    expect(compared.differences).toEqual([]);
    expect(compared.same).toEqual([
      'GET /api/v2/status',
      'GET /metrics',
      'HTTP POST',
      'POST /api/v2/alerts',
      'POST /api/v2/silences',
      'api.getStatusHandler',
      'api.postAlertsHandler',
      'api.postSilencesHandler',
      'dispatch.AggregationGroup.flush',
      'notify.DedupStage.Exec',
      'notify.Integration.Notify',
      'notify.MuteStage.Exec',
      'provider.mem.Put',
      'silences.Set',
    ]);
    const shown = JSON.stringify(spans, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    for (const text of [shown, status, belfry.output]) expect(text).not.toContain('hush');
  });

  it('says who it is', async () => {
    await using collector = await overHttp();
    await using belfry = await startBelfry({ config: configOf(collector.tracing, 'http://127.0.0.1:9') });
    await (await fetch(`${belfry.url}/-/healthy`)).text();
    await belfry.stop();
    const [batch] = collector.batches;
    expect(Object.keys(batch!.resource)).toEqual(expect.arrayContaining([...recorded.resource]));
    expect(batch!.resource).toMatchObject({ 'service.name': 'belfry', 'telemetry.sdk.language': 'nodejs' });
  });

  it('ends in time beside a collector that never answers', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    await using belfry = await startBelfry({
      config: configOf(`client_type: http, endpoint: '127.0.0.1:${port}'`, 'http://127.0.0.1:9'),
    });
    await (await fetch(`${belfry.url}/-/healthy`)).text();
    const from = performance.now();
    expect(await belfry.stop()).toBe('exit code 0');
    expect(performance.now() - from).toBeLessThan(9000);
    expect(belfry.output).toContain('Spans were given up');
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
});
