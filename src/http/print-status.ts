// GET /api/v2/status. The version is upstream's whose API this is, because clients decide by it what they may ask.
import { printMillis } from '../model/rfc3339.ts';
import type { StatusView } from '../engine/contract.ts';

/** The Alertmanager release this API follows. */
const API_VERSION = '0.34.0';

export function printStatus(status: StatusView): string {
  const { cluster } = status;
  const peers = cluster === null ? [] : [{ address: cluster.address, name: cluster.name }];
  const body = {
    cluster: {
      ...(cluster === null ? {} : { name: cluster.name }),
      peers,
      status: cluster === null ? 'disabled' : 'ready',
    },
    config: { original: status.configOriginal },
    uptime: printMillis(status.startedAt),
    versionInfo: {
      branch: '',
      buildDate: '',
      buildUser: '',
      goVersion: '',
      revision: '',
      version: API_VERSION,
    },
  };
  return `${JSON.stringify(body)}\n`;
}
