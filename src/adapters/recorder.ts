// Tells operators what happens: each event is one log line and its metrics, here and nowhere else. A receiver that
// is down for hours fails the same way many times a minute: said once, again when it changes, else once a minute.
import type { Clock } from '../ports/clock.ts';
import type { IntegrationRef, Recorder } from '../ports/recorder.ts';
import type { LogFields, LogLevel } from './log.ts';
import type { Metrics } from './metrics.ts';
import { Quiet } from './quiet.ts';

export interface RecorderParts {
  readonly log: (level: LogLevel, message: string, fields?: LogFields) => void;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** --log.silences */
  readonly tellSilences: boolean;
}

export function createRecorder({ log, metrics, clock, tellSilences }: RecorderParts): Recorder {
  const quiet = new Quiet(clock);
  return {
    started: (version, configFile) =>
      log('info', 'Belfry starts', { version, node: process.version, config: configFile }),
    stopping: () => log('info', 'Belfry stops: messages underway may finish', {}),
    configLoaded({ outcome, at, hash, detail, integrations }) {
      for (const integration of integrations) metrics.integrationConfigured(integration);
      if (outcome === 'refused') {
        metrics.configRefused();
        return log('error', 'The configuration is refused, the one before stays', { problems: detail });
      }
      if (outcome === 'taken in part') {
        metrics.configTakenInPart(hash);
        const message =
          'The configuration is loaded, but for rules with mistakes: they are not evaluated, or as before';
        return log('error', message, { problems: detail });
      }
      metrics.configLoaded(hash, at);
      if (detail === '') log('info', 'The configuration is loaded', {});
      else log('warn', 'The configuration is loaded, with warnings', { problems: detail });
    },
    alertsReceived({ firing, resolved, limited }) {
      metrics.alertsReceived(firing, resolved, limited);
      log('debug', 'Alerts received', { firing, resolved, limited });
      if (limited > 0 && quiet.mayTell('limited', '')) {
        log('warn', 'Alerts were refused: too many with one alertname', { refused: limited, ...quiet.told('limited') });
      }
    },
    alertsInvalid(count) {
      metrics.alertsInvalid(count);
      log('debug', 'Alerts were refused: not valid', { refused: count });
    },
    ingestRefused(waiting) {
      metrics.ingestRefused();
      if (!quiet.mayTell('ingest', '')) return;
      log('warn', 'A post of alerts was refused: too many wait for the store', { waiting, ...quiet.told('ingest') });
    },
    suppressed(reason, count) {
      metrics.suppressed(reason, count);
      log('debug', 'Alerts are kept out of a notification', { reason, alerts: count });
    },
    timed: (work, things, doIt) => metrics.work.timed(work, things, doIt),
    maintained: (what, ok) => metrics.work.maintained(what, ok),
    flushed: (event) => log('debug', 'A group is flushed', { ...event }),
    notification(integration, groupKey, reason) {
      metrics.notification(integration);
      log('debug', 'A notification begins', { ...namesOf(integration), groupKey, reason });
    },
    attempt(event) {
      const { integration, groupKey, seconds, attempts, outcome, reason, detail, retryInMs } = event;
      metrics.attempt(integration, outcome, seconds);
      if (isFailure(event)) {
        if (attempts > FAILED_AT_ATTEMPT) metrics.notification(integration);
        metrics.notificationFailed(integration, reason ?? 'other');
      }
      const subject = `${integration.receiver}\u0000${integration.name}`;
      const fields = { ...namesOf(integration), groupKey, attempts, seconds };
      if (outcome === 'delivered') {
        log('debug', 'A notification is delivered', { ...fields, answer: detail });
        const failed = quiet.forget(subject);
        if (failed > 0)
          log('info', 'Notifications are delivered again', { ...namesOf(integration), failedAttempts: failed });
      } else if (outcome === 'rejected') {
        quiet.mayTell(subject, detail);
        log('error', 'A notification was refused for good and is parked', { ...fields, reason, detail });
      } else if (quiet.mayTell(subject, detail)) {
        log('warn', 'A notification failed and will be tried again', {
          ...fields,
          reason,
          detail,
          retryInMs,
          ...quiet.told(subject),
        });
      } else log('debug', 'A notification failed again', { ...fields, reason, detail, retryInMs });
    },
    templateFailed(integration, groupKey, message) {
      metrics.templateFailed(integration);
      log('error', 'A template failed: a plain text goes out instead', {
        ...namesOf(integration),
        groupKey,
        detail: message,
      });
    },
    silence: (change, id, by, comment) =>
      log(tellSilences ? 'info' : 'debug', `A silence is ${change}`, { id, createdBy: by, comment }),
    storeFailed(reason) {
      metrics.storeFailed();
      log('error', 'The store is away: alerts are notified all the same, but not kept', { detail: reason });
    },
    storeRecovered: () => log('info', 'The store is back: what it missed is written', {}),
    quarantined(path, reason) {
      metrics.quarantined();
      log('error', 'The database was damaged: it is set aside and a new one begun', { path, detail: reason });
    },
    unreadable(what, id, reason) {
      if (what === 'silence') metrics.work.silenceUnreadable();
      log('error', 'Something stored cannot be read any more: it is left out', { what, id, reason });
    },
    defect(where, error) {
      metrics.defect(where);
      log('error', 'A mistake in the program was survived: please report it', { where, detail: stackOf(error) });
    },
  };
}

/** After about a minute of failed attempts, and about every five minutes from then on. */
const FAILED_AT_ATTEMPT = 10;
const FAILED_AGAIN_EVERY = 5;

/**
 * Upstream gives a notification up at the end of its group interval and begins another: its alerts divide failed
 * by begun ones. Ours goes on, so a long one counts as such a row of failures.
 */
function isFailure({ outcome, attempts }: { readonly outcome: string; readonly attempts: number }): boolean {
  if (outcome !== 'retry') return outcome === 'rejected';
  return attempts >= FAILED_AT_ATTEMPT && (attempts - FAILED_AT_ATTEMPT) % FAILED_AGAIN_EVERY === 0;
}

const namesOf = ({ receiver, name }: IntegrationRef): LogFields => ({ receiver, integration: name });

const stackOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
};
