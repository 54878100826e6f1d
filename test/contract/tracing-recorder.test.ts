import { expect, test } from 'vitest';
import { MetricsRegistry } from '../../src/adapters/metrics-registry.ts';
import { createTracingRecorder } from '../../src/adapters/tracing-recorder.ts';
import { VirtualClock } from '../../src/scenario/virtual-clock.ts';
import { t } from '../support/builders.ts';

function scene() {
  const registry = new MetricsRegistry();
  const clock = new VirtualClock(t('0s'));
  const lines: string[] = [];
  const record = createTracingRecorder({
    log: (level, message, fields = {}) =>
      void (level !== 'debug' && lines.push(`${level} ${message} ${JSON.stringify(fields)}`)),
    ...{ registry, clock },
  });
  const counts = async (): Promise<readonly string[]> =>
    (await registry.render()).split('\n').filter((line) => line.startsWith('belfry_tracing_'));
  return { record, clock, lines, counts };
}

test('every count is there from the start', async () => {
  expect(await scene().counts()).toEqual([
    'belfry_tracing_spans_exported_total 0',
    'belfry_tracing_spans_retried_total 0',
    'belfry_tracing_spans_dropped_total{reason="queue_full"} 0',
    'belfry_tracing_spans_dropped_total{reason="refused"} 0',
    'belfry_tracing_spans_dropped_total{reason="given_up"} 0',
    'belfry_tracing_spans_dropped_total{reason="stopped"} 0',
  ]);
});

test('a collector that takes a part of each batch is told of once in a while', () => {
  const { record, lines } = scene();
  for (let i = 0; i < 100; i++) {
    record.exported(511);
    record.dropped(1, 'refused', 'one is odd');
  }
  expect(lines).toEqual(['warn Spans were given up {"spans":1,"reason":"refused","detail":"one is odd"}']);
});

test('a collector that is away for long is told of once in a while, and when it is back', async () => {
  const { record, clock, lines, counts } = scene();
  record.switched('collector:4317');
  for (let i = 0; i < 5; i++) record.retried(10, 'no answer');
  for (let i = 0; i < 2000; i++) record.dropped(1, 'queue full', '');
  await clock.advanceTo(t('2m'));
  record.retried(10, 'no answer');
  record.exported(7);
  record.exported(7);
  record.warned('slow down');
  record.warned('slow down');
  record.switched(null);
  expect(lines).toEqual([
    'info Spans go to a collector {"endpoint":"collector:4317"}',
    'warn Spans were not taken and will be sent again {"spans":10,"detail":"no answer"}',
    'warn Spans were given up {"spans":1,"reason":"queue full","detail":""}',
    'warn Spans were not taken and will be sent again {"spans":10,"detail":"no answer","unsaid":4}',
    'info The collector takes spans again {"failed":6}',
    'warn The collector took spans with a remark {"detail":"slow down"}',
    'info Tracing is off {}',
  ]);
  expect((await counts()).slice(0, 3)).toEqual([
    'belfry_tracing_spans_exported_total 14',
    'belfry_tracing_spans_retried_total 60',
    'belfry_tracing_spans_dropped_total{reason="queue_full"} 2000',
  ]);
});
