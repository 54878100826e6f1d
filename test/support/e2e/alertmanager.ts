// A real Alertmanager: which one, how old it is, and how to run it.
import { execFileSync } from 'node:child_process';
import { startRouter, type RouterOptions, type RouterProcess } from './router-process.ts';

export interface Alertmanager {
  readonly binary: string;
  /** 25 is 0.25; a build that does not say its version is taken for the newest. */
  readonly minor: number;
}

/** BELFRY_PEER_ALERTMANAGER, else the one in PATH; null when there is none. */
export function findAlertmanager(): Alertmanager | null {
  const binary = process.env['BELFRY_PEER_ALERTMANAGER'] ?? 'prometheus-alertmanager';
  try {
    const said = execFileSync(binary, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    const minor = /version 0\.(\d+)/.exec(said)?.[1];
    return { binary, minor: minor === undefined ? Infinity : Number(minor) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

export const startAlertmanager = (binary: string, options: RouterOptions): Promise<RouterProcess> =>
  startRouter(
    {
      command: binary,
      args: (configFile, dataFolder) => [
        `--config.file=${configFile}`,
        `--storage.path=${dataFolder}`,
        '--web.listen-address=127.0.0.1:0',
        '--cluster.listen-address=',
      ],
    },
    options,
  );
