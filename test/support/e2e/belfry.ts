// Belfry as people run it: the real process on this Node, over a configuration file and a data folder of its own.
import { fileURLToPath } from 'node:url';
import { startRouter, type RouterOptions, type RouterProcess } from './router-process.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

export const startBelfry = (options: RouterOptions): Promise<RouterProcess> =>
  startRouter(
    {
      command: process.execPath,
      args: (configFile, dataFolder) => [
        main,
        `--config.file=${configFile}`,
        `--storage.path=${dataFolder}`,
        '--web.listen-address=127.0.0.1:0',
        '--cluster.listen-address=',
      ],
    },
    options,
  );
