import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curlLine } from '../../../src/adapters/prometheus/curl.ts';
import type { DataSourceConfig } from '../../../src/config/config.ts';
import { Secret } from '../../../src/input/secret.ts';
import { DEFAULT_HTTP_CONFIG } from '../../../src/outbound/compile.ts';
import { dataSource } from '../../support/data-source.ts';

const url = 'http://prometheus:9090/api/v1/query';
const asked = { query: 'up', at: 1_700_000_000_123, params: [], headers: [] };

/** As a shell takes it apart. */
function words(line: string): readonly string[] {
  const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  return printed.split('\0').slice(0, -1);
}

describe('curlLine()', () => {
  it('is the question as a line for a shell', () => {
    const line = curlLine(dataSource(), url, { ...asked, query: 'sum(rate(x{a="b"}[5m])) > 1' });
    expect(line).toBe(
      `curl -sSg --data-urlencode 'query=sum(rate(x{a="b"}[5m])) > 1' --data-urlencode nocache=1 --data-urlencode time=1700000000.123 ${url}`,
    );
  });

  it('survives any query', () => {
    const nasty = [
      "it's",
      '$(reboot)',
      '`x`',
      'a\nb',
      '\\',
      '"',
      '!!',
      '-x',
      '@/etc/passwd',
      "'; rm -rf / #",
      '🙂',
      '\0',
    ];
    for (const query of nasty) {
      expect(words(curlLine(dataSource(), url, { ...asked, query }))).toContain(`query=${query.replaceAll('\0', '')}`);
    }
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', ' ', '\n', 'a', '`', '(') }), (query) => {
        expect(words(curlLine(dataSource(), url, { ...asked, query }))).toContain(`query=${query}`);
      }),
      { numRuns: 20 },
    );
  });

  it('shows headers, parameters and the tenant, but nothing that looks like a secret', () => {
    const config: DataSourceConfig = dataSource({
      tenant: 'team-a',
      params: [
        ['extra_label', ['env=prod']],
        ['api_key', ['hush']],
      ],
      http: {
        ...DEFAULT_HTTP_CONFIG,
        auth: { kind: 'basic', username: { kind: 'inline', text: 'me' }, password: null },
        headers: [
          { name: 'X-Shown', values: ['a'], secrets: [new Secret('hush')], files: ['/run/hush'] },
          { name: 'X-Api-Key', values: ['hush'], secrets: [], files: [] },
        ],
      },
    });
    const headers = [['Authorization', 'Bearer hush'] as const, ['X-Group', 'g'] as const];
    const line = words(curlLine(config, url, { ...asked, headers }));
    expect(line.join(' ')).not.toContain('hush');
    expect(line).toEqual([
      'curl',
      '-sSg',
      '-u',
      'me',
      '-H',
      'X-Scope-OrgID: team-a',
      ...['-H', 'X-Shown: a', '-H', 'X-Shown: <secret>', '-H', 'X-Shown: <secret>', '-H', 'X-Api-Key: <secret>'],
      ...['-H', 'Authorization: <secret>', '-H', 'X-Group: g'],
      ...['query=up', 'nocache=1', 'extra_label=env=prod', 'api_key=<secret>', 'time=1700000000.123'].flatMap(
        (pair) => ['--data-urlencode', pair],
      ),
      url,
    ]);
  });

  it('names certificates and kinds of authorization', () => {
    const http: DataSourceConfig['http'] = {
      ...DEFAULT_HTTP_CONFIG,
      auth: { kind: 'authorization', type: 'Bearer', credentials: { kind: 'inline', secret: new Secret('hush') } },
      tls: { ...DEFAULT_HTTP_CONFIG.tls, ca: { kind: 'file', path: '/etc/my ca.pem' }, insecureSkipVerify: true },
    };
    const line = words(curlLine(dataSource({ http }), url, asked));
    expect(line.slice(2, 7)).toEqual(['-H', 'Authorization: Bearer <secret>', '-k', '--cacert', '/etc/my ca.pem']);
  });
});
