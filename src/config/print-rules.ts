// The Prometheus half of the file written back for the status page, secrets hidden. All of it as comments: readers
// of that page as old as amtool refuse keys they do not know.
import { CommentedOut, type Printable } from '../input/print-yaml.ts';
import { printDuration } from '../model/duration.ts';
import { printHttpConfig } from '../outbound/print.ts';
import type { AlertmanagerTarget, DataSourceConfig, RemoteWriteConfig, RulesConfig } from './config.ts';

type Field = readonly [key: string, value: Printable];

/** Keys of the top level. */
export function printRules(rules: RulesConfig): readonly Field[] {
  const { ruleFiles, dataSources, remoteWrite, alerting } = rules;
  return [
    ...some(
      'rule_files',
      ruleFiles.map(({ pattern }) => pattern),
    ),
    ...some('prometheus', dataSources.map(printDataSource)),
    ...some('remote_write', remoteWrite.map(printRemoteWrite)),
    ...some('alerting', alerting.alertmanagers.map(printAlertmanager), (list) => new Map([['alertmanagers', list]])),
  ];
}

/** Keys of `global`; none for a file without rules. */
export function printRuleGlobals(rules: RulesConfig): readonly Field[] {
  if (rules.ruleFiles.length === 0) return [];
  const { evaluationInterval, ruleQueryOffset, externalLabels, nameScheme } = rules;
  const labels = new Map(externalLabels);
  return [
    ['evaluation_interval', new CommentedOut(printDuration(evaluationInterval))],
    ['rule_query_offset', new CommentedOut(printDuration(ruleQueryOffset))],
    ...(labels.size === 0 ? [] : [['external_labels', new CommentedOut(labels)] as const]),
    ['metric_name_validation_scheme', new CommentedOut(nameScheme)],
  ];
}

const some = (
  key: string,
  list: readonly Printable[],
  wrap: (list: readonly Printable[]) => Printable = (it) => it,
): readonly Field[] => (list.length === 0 ? [] : [[key, new CommentedOut(wrap(list))]]);

function printDataSource(source: DataSourceConfig): Printable {
  return new Map<string, Printable>([
    ['name', source.name],
    ['url', source.url],
    ...(source.externalUrl === source.url ? [] : [['external_url', source.externalUrl] as const]),
    ['timeout', printDuration(source.timeout)],
    ...(source.params.length === 0 ? [] : [['params', new Map(source.params)] as const]),
    ...(source.tenant === null ? [] : [['tenant', source.tenant] as const]),
    ['concurrency', source.concurrency],
    ['max_bytes', String(source.maxBytes)],
    ['max_series', source.maxSeries],
    ['partial_answers', source.partialAnswers],
    ['hold_vanished', printDuration(source.holdVanished)],
    ['read_after_write', source.readAfterWrite],
    ...printHttpConfig(source.http),
  ]);
}

function printRemoteWrite(target: RemoteWriteConfig): Printable {
  return new Map<string, Printable>([
    ['url', withoutPassword(target.url)],
    ['name', target.name],
    ['remote_timeout', printDuration(target.timeout)],
    ...printHttpConfig(target.http),
  ]);
}

function printAlertmanager(target: AlertmanagerTarget): Printable {
  return new Map<string, Printable>([
    ['url', withoutPassword(target.url)],
    ['timeout', printDuration(target.timeout)],
    ...printHttpConfig(target.http),
  ]);
}

const withoutPassword = (url: string): string => url.replace(/^([a-z]+:\/\/[^/?#@:]*):[^/?#@]*@/i, '$1:<secret>@');
