// Data sources as a configuration without wishes has them.
import type { DataSourceConfig } from '../../src/config/config.ts';
import { DEFAULT_HTTP_CONFIG } from '../../src/outbound/compile.ts';

export const dataSource = (changes: Partial<DataSourceConfig> = {}): DataSourceConfig => ({
  name: 'prometheus',
  url: 'http://127.0.0.1:9090',
  externalUrl: 'http://127.0.0.1:9090',
  http: DEFAULT_HTTP_CONFIG,
  timeout: 30_000,
  params: [],
  tenant: null,
  concurrency: 32,
  maxBytes: 64 * 1024 * 1024,
  maxSeries: 100_000,
  partialAnswers: 'keep',
  holdVanished: 300_000,
  readAfterWrite: 'prove',
  ...changes,
});
