// The part of the file about rules themselves: which files they are in, and what `global` says about their
// evaluation, with Prometheus' keys and defaults. Where they ask, write and tell is in the files beside this one.
import { parseDuration } from '../model/duration.ts';
import { patternFault } from '../model/file-pattern.ts';
import { goQuote } from '../model/go-quote.ts';
import { isValidLabelName } from '../model/label-name.ts';
import { Labels } from '../model/labels.ts';
import type { DurationMs } from '../model/time.ts';
import type { FilesPattern, RulesConfig } from './config.ts';
import type { Node } from '../input/node.ts';
import { filesPattern, type FilesContext } from './files-pattern.ts';

const text = { type: ['string', 'null'] };
const duration = { ...text, format: 'duration' };

/** Keys of `global`. */
export const ruleGlobalSchema = {
  evaluation_interval: duration,
  rule_query_offset: duration,
  external_labels: { type: ['object', 'null'], additionalProperties: text },
  metric_name_validation_scheme: { type: ['string', 'null'], enum: ['utf8', 'legacy', ''] },
};

export const ruleFilesSchema = { type: ['array', 'null'], items: text };

export type RuleFilesConfig = Pick<
  RulesConfig,
  'ruleFiles' | 'evaluationInterval' | 'ruleQueryOffset' | 'externalLabels' | 'nameScheme'
>;

const DEFAULT_INTERVAL: DurationMs = 60_000; // evaluation_interval

export function compileRuleFiles(root: Node, context: FilesContext): RuleFilesConfig {
  const global = root.at('global');
  const nameScheme = global.at('metric_name_validation_scheme').text === 'legacy' ? 'legacy' : 'utf8';
  return {
    ruleFiles: compilePatterns(root.at('rule_files'), context),
    evaluationInterval: durationOf(global.at('evaluation_interval')) || DEFAULT_INTERVAL,
    ruleQueryOffset: durationOf(global.at('rule_query_offset')),
    externalLabels: compileExternalLabels(global.at('external_labels'), nameScheme),
    nameScheme,
  };
}

/** The schema has refused what is no duration; zero counts as not given. */
function durationOf(node: Node): DurationMs {
  const parsed = parseDuration(node.text);
  return parsed.ok ? parsed.ms : 0;
}

function compilePatterns(list: Node, context: FilesContext): readonly FilesPattern[] {
  const patterns: FilesPattern[] = [];
  for (const entry of list.entries('rule file')) {
    const fault = faultOf(entry.text);
    if (fault !== null) entry.error('config/bad-value', `invalid rule file path ${goQuote(entry.text)}: ${fault}`);
    else patterns.push(filesPattern(entry, { what: 'rule file', code: 'lint/no-files' }, context));
  }
  return patterns;
}

function faultOf(pattern: string): string | null {
  if (pattern === '') return 'it is empty';
  return /^https?:\/\//i.test(pattern) ? 'rules are read from files only' : patternFault(pattern);
}

function compileExternalLabels(node: Node, scheme: 'utf8' | 'legacy'): Labels {
  const labels: [string, string][] = [];
  for (const [name, value] of node.fields()) {
    if (!isValidLabelName(name, scheme)) {
      value.error('config/bad-label-name', `${goQuote(name)} is not a valid label name`, undefined, 'key');
    } else if (/\$(?:\{|\w)/.test(value.text)) {
      const message = `external label ${goQuote(name)}: variables of the environment are not filled in`;
      value.error('config/unsupported', message, 'write the value itself');
    } else labels.push([name, value.text]);
  }
  return Labels.of(labels);
}
