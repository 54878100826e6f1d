// Tells operators what becomes of the samples and alerts that rules send to others: each event is its metrics and, as
// rarely as recorder.ts says things, a log line.
import type { Clock } from '../ports/clock.ts';
import type { AlertSinkMetrics, RemoteWriteMetrics } from '../ports/sending-metrics.ts';
import { QuietLog, type Log } from './quiet-log.ts';
import { withoutCredentials } from './remote-write-counts.ts';

export interface SendingRecorderParts {
  readonly log: Log;
  readonly metrics: { readonly remoteWrite: RemoteWriteMetrics; readonly alertSink: AlertSinkMetrics };
  readonly clock: Pick<Clock, 'now'>;
}

export function createSendingRecorder({ log, metrics, clock }: SendingRecorderParts): SendingRecorderParts['metrics'] {
  const tell = new QuietLog(log, clock);
  return { remoteWrite: ofRemoteWrite(metrics.remoteWrite, tell), alertSink: ofAlertSink(metrics.alertSink, tell) };
}

function ofRemoteWrite(metrics: RemoteWriteMetrics, tell: QuietLog): RemoteWriteMetrics {
  return {
    samplesIn: (target, count, newestAt) => metrics.samplesIn(target, count, newestAt),
    pending: (target, count) => metrics.pending(target, count),
    requestDone: (target, seconds, bytes, ok) => metrics.requestDone(target, seconds, bytes, ok),
    samplesSent(target, count, newestAt) {
      metrics.samplesSent(target, count, newestAt);
      tell.over([`retry\0${target}`], 'Remote write takes samples again', { target });
    },
    samplesRetried(target, count, why) {
      metrics.samplesRetried(target, count, why);
      const fields = { target, samples: count, detail: why };
      tell.trouble('warn', `retry\0${target}`, why, 'Remote write failed and will be tried again', fields);
    },
    samplesFailed(target, count, why) {
      metrics.samplesFailed(target, count, why);
      const fields = { target, samples: count, detail: why };
      tell.trouble('error', `refused\0${target}`, why, 'Remote write refused samples for good', fields);
    },
    samplesDropped(target, count, reason) {
      metrics.samplesDropped(target, count, reason);
      if (reason === 'relabelled') return;
      const fields = { target, samples: count, reason };
      tell.trouble('error', `dropped\0${target}`, reason, 'Samples for remote write were given up', fields);
    },
    protocol(target, version) {
      metrics.protocol(target, version);
      tell.now('info', 'Remote write is spoken', { target, version });
    },
  };
}

function ofAlertSink(metrics: AlertSinkMetrics, tell: QuietLog): AlertSinkMetrics {
  return {
    queued: (target, count) => metrics.queued(target, count),
    sent(target, count, seconds) {
      metrics.sent(target, count, seconds);
      const alertmanager = withoutCredentials(target);
      tell.over([`alerts\0${target}`], 'An external Alertmanager takes alerts again', { alertmanager });
    },
    failed(target, count, why) {
      metrics.failed(target, count, why);
      const fields = { alertmanager: withoutCredentials(target), alerts: count, detail: why };
      tell.trouble('warn', `alerts\0${target}`, why, 'An external Alertmanager did not take alerts', fields);
    },
    dropped(target, count) {
      metrics.dropped(target, count);
      const fields = { alertmanager: withoutCredentials(target), alerts: count };
      tell.trouble('warn', `gone\0${target}`, '', 'Alerts for an external Alertmanager were given up', fields);
    },
  };
}
