// A real Prometheus as a store to ask and to write to, over a configuration of the test's own.
import { startRouter, type RouterProcess } from './router-process.ts';

export interface PrometheusStoreOptions {
  /** The text of the configuration; without rule_files when `rules` are given. */
  readonly config?: string;
  /** The text of a rule file: rules.yml in its folder. */
  readonly rules?: string;
  readonly remoteWriteReceiver?: boolean;
  readonly nativeHistograms?: boolean;
  /** A fixed one is the same after a restart. */
  readonly port?: number;
  readonly args?: readonly string[];
}

export function startPrometheusStore(binary: string, options: PrometheusStoreOptions = {}): Promise<RouterProcess> {
  const { config = '', rules, remoteWriteReceiver = false, nativeHistograms = false, port = 0, args = [] } = options;
  return startRouter(
    {
      command: binary,
      args: (configFile, dataFolder) => [
        `--config.file=${configFile}`,
        `--storage.tsdb.path=${dataFolder}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--web.enable-lifecycle',
        ...(remoteWriteReceiver ? ['--web.enable-remote-write-receiver'] : []),
        ...(nativeHistograms ? ['--enable-feature=native-histograms'] : []),
        ...args,
      ],
      readyPath: '/-/ready',
    },
    {
      config: rules === undefined ? config : `${config}\nrule_files: [rules.yml]\n`,
      ...(rules === undefined ? {} : { files: { 'rules.yml': rules } }),
    },
  );
}
