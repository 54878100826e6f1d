// Spans over HTTP: a POST of protocol buffers to /v1/traces.

import type { TracingConfig } from '../../config/config.ts';
import { DEFAULT_HTTP_CONFIG } from '../../outbound/compile.ts';
import type { HttpConfig } from '../../outbound/http-config.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Downloader } from '../http-download.ts';
import type { Exporter } from './exporter.ts';
import { packed } from './packed.ts';
import { judgeHttp } from './verdict.ts';

export interface HttpExporterParts {
  readonly http: Downloader;
  readonly clock: Pick<Clock, 'now'>;
  readonly userAgent: string;
}

/** An answer says how many spans it has left out, or why it took none. */
const LARGEST_ANSWER = 64 * 1024;

export function createHttpExporter(config: TracingConfig, { http, clock, userAgent }: HttpExporterParts): Exporter {
  const proxy = { ...DEFAULT_HTTP_CONFIG.proxy, fromEnvironment: true };
  const connection: HttpConfig = { ...DEFAULT_HTTP_CONFIG, proxy, tls: config.tls, headers: config.headers };
  const url = `${config.insecure ? 'http' : 'https'}://${config.endpoint}/v1/traces`;
  const isPacked = config.compression === 'gzip';
  const headers = {
    'Content-Type': 'application/x-protobuf',
    'User-Agent': userAgent,
    ...(isPacked ? { 'Content-Encoding': 'gzip' } : {}),
  };
  return {
    async send(message, signal) {
      const body = isPacked ? await packed(message) : message;
      const result = await http.download(connection, { method: 'POST', url, headers, body, signal }, LARGEST_ANSWER);
      return judgeHttp(result, clock.now());
    },
    close: () => {},
  };
}
