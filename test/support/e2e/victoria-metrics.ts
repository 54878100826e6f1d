// A real VictoriaMetrics, single-node: how to run it, and how to have it take samples.
import { freePort } from './free-port.ts';
import { startRouter, type RouterProcess } from './router-process.ts';

/** It does not say which port it was given, so it is given one; the same after a restart. */
export async function startVictoriaMetrics(binary: string, args: readonly string[] = []): Promise<RouterProcess> {
  const address = `127.0.0.1:${await freePort()}`;
  return startRouter(
    {
      command: binary,
      args: (_configFile, dataFolder) => [
        `-storageDataPath=${dataFolder}`,
        `-httpListenAddr=${address}`,
        '-retentionPeriod=100y',
        '-loggerLevel=INFO',
      ],
      listening: /starting http server at http:\/\/(127\.0\.0\.1:\d+)\//,
      readyPath: '/health',
    },
    { config: '', args },
  );
}

/** Lines in the text format of exporters, with timestamps; searchable when this resolves. */
export async function importSamples(url: string, lines: readonly string[]): Promise<void> {
  const answer = await fetch(`${url}/api/v1/import/prometheus`, { method: 'POST', body: `${lines.join('\n')}\n` });
  if (!answer.ok) throw new Error(`the import was answered ${answer.status}: ${await answer.text()}`);
  await fetch(`${url}/internal/force_flush`);
}
