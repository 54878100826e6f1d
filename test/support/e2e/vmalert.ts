// A real vmalert over rules.yml in its folder.
import { startRouter, type RouterProcess } from './router-process.ts';
import { freePort } from './free-port.ts';

export interface VmalertOptions {
  /** The text of its rule file. */
  readonly rules: string;
  /** The store it asks and writes to. */
  readonly store: string;
  readonly notifier: string;
  readonly args?: readonly string[];
}

export async function startVmalert(binary: string, options: VmalertOptions): Promise<RouterProcess> {
  const { rules, store, notifier, args = [] } = options;
  const address = `127.0.0.1:${await freePort()}`;
  return startRouter(
    {
      command: binary,
      args: (configFile) => [
        `-rule=${configFile.replace(/config\.yml$/, 'rules.yml')}`,
        `-datasource.url=${store}`,
        `-remoteWrite.url=${store}`,
        `-notifier.url=${notifier}`,
        `-httpListenAddr=${address}`,
        '-loggerLevel=INFO',
        ...args,
      ],
      listening: /starting http server at http:\/\/(127\.0\.0\.1:\d+)\//,
      readyPath: '/health',
    },
    { config: '', files: { 'rules.yml': rules } },
  );
}
