// http_config: from the checked YAML tree to the values the HTTP client works by, with upstream's rules about what
// may stand beside what. Relative file names become relative to `baseDir`, the folder of the configuration file.
import type { Path } from '../input/doc.ts';
import { Secret } from '../input/secret.ts';
import { compileAuth } from './compile-auth.ts';
import { compileProxy, NO_PROXY } from './compile-proxy.ts';
import { compileTls, NO_TLS } from './compile-tls.ts';
import { refuseBadHeaderName, refuseBadHeaderValue, refuseReservedHeader } from './header-rules.ts';
import type { HttpConfig } from './http-config.ts';
import type { Report } from '../input/node.ts';
import { Section } from './section.ts';

/** What an absent http_config means. */
export const DEFAULT_HTTP_CONFIG: HttpConfig = {
  auth: null,
  tls: NO_TLS,
  proxy: NO_PROXY,
  followRedirects: true,
  enableHttp2: true,
  headers: [],
};

/** null when anything was reported. */
export function compileHttpConfig(value: unknown, path: Path, report: Report, baseDir: string): HttpConfig | null {
  const http = Section.open(value, path, report, baseDir);
  const config: HttpConfig = {
    auth: compileAuth(http),
    tls: compileTls(http.section('tls_config')),
    proxy: compileProxy(http),
    followRedirects: http.bool('follow_redirects', true),
    enableHttp2: http.bool('enable_http2', true),
    headers: compileHeaders(http.section('http_headers')),
  };
  return http.refused ? null : config;
}

function compileHeaders(section: Section | null): HttpConfig['headers'] {
  if (section === null) return [];
  const headers: HttpConfig['headers'][number][] = [];
  for (const name of section.keys()) {
    refuseBadHeaderName(section, name);
    refuseReservedHeader(section, name);
    const header = section.section(name);
    if (header === null) continue;
    const [values, secrets, files] = [header.list('values'), header.list('secrets'), header.list('files')];
    for (const value of [...values, ...secrets]) refuseBadHeaderValue(section, name, value);
    headers.push({
      name,
      values,
      secrets: secrets.map((secret) => new Secret(secret)),
      files: files.map((file) => header.file(file)),
    });
  }
  return headers;
}
