// Tells operators what rules do: each event is one log line and its metrics, here and nowhere else. What fails again
// and again is said as recorder.ts says it. A data source that is away fails every rule there is: then it is the
// source that is spoken of, once, and not each rule.
import { goQuote } from '../model/go-quote.ts';
import type { Transition } from '../evaluate/alerting.ts';
import type { Clock } from '../ports/clock.ts';
import type { RuleRecorder } from '../ports/rule-recorder.ts';
import type { Rule, RuleGroup } from '../rules/rule.ts';
import type { LogFields, LogLevel } from './log.ts';
import { Quiet } from './quiet.ts';
import type { RuleMetrics } from './rule-metrics.ts';

export interface RuleRecorderParts {
  readonly log: (level: LogLevel, message: string, fields?: LogFields) => void;
  readonly metrics: RuleMetrics;
  readonly clock: Pick<Clock, 'now'>;
}

export function createRuleRecorder({ log, metrics, clock }: RuleRecorderParts): RuleRecorder {
  const quiet = new Quiet(clock);
  const levelOf = ({ debug }: Rule): LogLevel => (debug ? 'info' : 'debug');
  return {
    slotsMissed(group, missed) {
      metrics.slotsMissed(group, missed);
      const subject = `missed\0${group.id}`;
      if (!quiet.mayTell(subject, '')) return;
      const fields = { ...groupOf(group), missed, interval: group.interval / 1000, ...quiet.told(subject) };
      log('warn', 'Slots of a rule group were missed: evaluating it takes too long', fields);
    },
    ruleEvaluated(group, rule, { seconds, samples, cost }) {
      metrics.ruleEvaluated(group, rule, seconds, samples);
      if (cost !== null) metrics.queryDone(cost);
      log(levelOf(rule), 'A rule is evaluated', { ...namesOf(group, rule), samples, seconds });
      const failed = quiet.forget(subjectOf(group, rule));
      if (failed > 0) log('info', 'A rule can be evaluated again', { ...namesOf(group, rule), failed });
      const away = quiet.forget(sourceOf(group));
      if (away > 0) log('info', 'A data source answers again', { ...dataSourceOf(group), failedEvaluations: away });
    },
    ruleFailed(group, rule, reason, message, { seconds, cost }) {
      const fields = { ...namesOf(group, rule), reason, detail: message, seconds };
      // Somebody stopped it: a reload, or the end.
      if (reason === 'aborted') return log('debug', 'An evaluation was given up', fields);
      metrics.ruleFailed(group, rule, reason, seconds);
      metrics.queryDone(cost);
      if (OF_THE_SOURCE.has(reason)) {
        const subject = sourceOf(group);
        if (quiet.mayTell(subject, reason)) {
          return log('warn', 'A data source cannot be asked: alerts stay as they are', {
            ...dataSourceOf(group),
            ...fields,
            ...quiet.told(subject),
          });
        }
      } else {
        const subject = subjectOf(group, rule);
        if (quiet.mayTell(subject, message)) {
          return log('warn', 'A rule could not be evaluated: its alerts stay as they are', {
            ...fields,
            ...quiet.told(subject),
          });
        }
      }
      log('debug', 'A rule could not be evaluated again', fields);
    },
    foundNothing(group, rule, { kind, reason }) {
      metrics.foundNothing(kind);
      const fields = { ...dataSourceOf(group), ...namesOf(group, rule), reason };
      const subject = `vanished\0${sourceOf(group)}`;
      if (kind === 'hold' && quiet.mayTell(subject, reason)) {
        const message = 'Most of what rules found in a data source is gone at once: for a while nothing ends for that';
        return log('warn', message, { ...fields, ...quiet.told(subject) });
      }
      const held = kind === 'hold' ? 0 : quiet.forget(subject);
      if (held > 0) return log('info', 'Rules believe again that they find nothing', { ...fields, held });
      log('debug', 'A rule finds nothing any more', { ...fields, verdict: kind });
    },
    templateFailed(group, rule, message) {
      metrics.templateFailed();
      const subject = `template\0${subjectOf(group, rule)}`;
      const level = quiet.mayTell(subject, message) ? 'warn' : 'debug';
      const told = level === 'warn' ? quiet.told(subject) : {};
      log(level, 'A template of a rule failed: the error stands in its place', {
        ...namesOf(group, rule),
        detail: message,
        ...told,
      });
    },
    transitions(group, rule, transitions) {
      metrics.transitions(transitions);
      log(levelOf(rule), 'Alerts of a rule changed', { ...namesOf(group, rule), ...changesOf(transitions) });
    },
    groupEvaluated(group, event) {
      metrics.groupEvaluated(group, event);
      const { seconds, samples, late } = event;
      log('debug', 'A rule group is evaluated', { ...groupOf(group), seconds, samples, late: late / 1000 });
    },
    readBack(group, rule, { sighting, seconds, reason }) {
      metrics.readBack(sighting);
      const subject = `read back\0${subjectOf(group, rule)}`;
      const fields = { ...namesOf(group, rule), sighting, seconds, reason };
      if (sighting === 'unseen' && quiet.mayTell(subject, reason)) {
        const message = 'What a rule has written cannot be read back: rules that read it may see the slot before';
        return log('warn', message, { ...fields, ...quiet.told(subject) });
      }
      const failed = sighting === 'unseen' ? 0 : quiet.forget(subject);
      if (failed > 0) return log('info', 'What a rule writes can be read back again', { ...fields, failed });
      log('debug', 'What a rule has written was looked for', fields);
    },
    writeRejected(group, rejected, message) {
      metrics.writeRejected(rejected);
      const subject = `write\0${group.id}`;
      const level = quiet.mayTell(subject, message) ? 'warn' : 'debug';
      const told = level === 'warn' ? quiet.told(subject) : {};
      log(level, 'Samples of a rule group were not written', { ...groupOf(group), rejected, detail: message, ...told });
    },
    said(count) {
      metrics.said(count);
      log('debug', 'Alerts of rules are handed on', { alerts: count });
    },
  };
}

/** Failures that are no rule's own. */
const OF_THE_SOURCE: ReadonlySet<string> = new Set(['unavailable', 'unauthorised']);

const groupOf = ({ file, name }: RuleGroup): LogFields => ({ file, group: name });
const namesOf = (group: RuleGroup, rule: Rule): LogFields => ({ ...groupOf(group), rule: rule.name });
const dataSourceOf = ({ datasource }: RuleGroup): LogFields => (datasource === null ? {} : { dataSource: datasource });

const subjectOf = (group: RuleGroup, rule: Rule): string => `rule\0${group.id}\0${rule.id}`;
const sourceOf = ({ datasource }: RuleGroup): string => `source\0${datasource ?? ''}`;

/** `pending => firing: matched for long enough (3)`, and whom it befell first. */
function changesOf(transitions: readonly Transition[]): LogFields {
  const counts = new Map<string, number>();
  for (const { from, to, reason } of transitions) {
    const change = `${from} => ${to}: ${reason}`;
    counts.set(change, (counts.get(change) ?? 0) + 1);
  }
  const changes = [...counts].map(([change, count]) => `${change} (${count})`).join(', ');
  return {
    changes,
    first: transitions
      .slice(0, 1)
      .map(({ labels }) => labelsOf(labels))
      .join(''),
  };
}

const labelsOf = (labels: Transition['labels']): string =>
  `{${[...labels].map(([name, value]) => `${name}=${goQuote(value)}`).join(', ')}}`;
