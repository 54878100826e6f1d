// The Prometheus half of the file put together, and what its parts need of each other.
import type { RulesConfig } from './config.ts';
import { alertingSchema, compileAlerting } from './alerting.ts';
import { compileDataSources, dataSourcesSchema } from './data-sources.ts';
import type { Node } from '../input/node.ts';
import { compileRemoteWrite, remoteWriteSchema } from './remote-write.ts';
import type { FilesContext } from './files-pattern.ts';
import { compileRuleFiles, ruleFilesSchema } from './rule-files.ts';

/** Keys of the top level. */
export const rulesSchema = {
  rule_files: ruleFilesSchema,
  prometheus: dataSourcesSchema,
  remote_write: remoteWriteSchema,
  alerting: alertingSchema,
};

export function compileRules(root: Node, files: FilesContext): RulesConfig {
  const compiled = compileRuleFiles(root, files);
  const context = { baseDir: files.baseDir, names: compiled.nameScheme };
  if (root.at('rule_files').items().length > 0 && !root.at('prometheus').isSet) {
    const hint = 'add prometheus: {url: http://…}';
    root
      .at('rule_files')
      .error('config/required', 'rules need to know whom to ask: there is no prometheus', hint, 'key');
  }
  return {
    ...compiled,
    dataSources: compileDataSources(root.at('prometheus'), context),
    remoteWrite: compileRemoteWrite(root.at('remote_write'), context),
    alerting: compileAlerting(root.at('alerting'), context),
  };
}
