// tls_config: which certificates to show and to believe. Files are only named here; a missing one is found when
// it is read.
import type { TlsConfig, TlsVersion } from './http-config.ts';
import type { Section } from './section.ts';

export const NO_TLS: TlsConfig = {
  ca: null,
  cert: null,
  key: null,
  serverName: null,
  insecureSkipVerify: false,
  minVersion: null,
  maxVersion: null,
};

const VERSIONS: readonly TlsVersion[] = ['TLS10', 'TLS11', 'TLS12', 'TLS13'];

export function compileTls(tls: Section | null): TlsConfig {
  if (tls === null) return NO_TLS;
  for (const key of ['ca', 'cert', 'key']) refuseReference(tls, key);
  tls.atMostOne(['ca', 'ca_file', 'ca_ref'], 'at most one of ca, ca_file & ca_ref must be configured');
  tls.atMostOne(['cert', 'cert_file', 'cert_ref'], 'at most one of cert, cert_file & cert_ref must be configured');
  tls.atMostOne(['key', 'key_file', 'key_ref'], 'at most one of key and key_file must be configured');

  const config: TlsConfig = {
    ca: tls.textSource('ca', 'ca_file'),
    cert: tls.textSource('cert', 'cert_file'),
    key: tls.secret('key', 'key_file'),
    serverName: tls.text('server_name') || null,
    insecureSkipVerify: tls.bool('insecure_skip_verify', false),
    minVersion: version(tls, 'min_version'),
    maxVersion: version(tls, 'max_version'),
  };
  if (config.cert !== null && config.key === null) {
    const message = 'exactly one of key or key_file must be configured when a client certificate is configured';
    tls.refuse(tls.text('cert') === '' ? 'cert_file' : 'cert', 'config/incomplete', message);
  }
  if (config.key !== null && config.cert === null) {
    const message = 'exactly one of cert or cert_file must be configured when a client key is configured';
    tls.refuse(tls.text('key') === '' ? 'key_file' : 'key', 'config/incomplete', message);
  }
  const { minVersion, maxVersion } = config;
  if (minVersion !== null && maxVersion !== null && VERSIONS.indexOf(maxVersion) < VERSIONS.indexOf(minVersion)) {
    const rule = 'must be greater than or equal to tls_config.min_version if both are specified';
    tls.refuseValue('max_version', 'config/bad-value', `tls_config.max_version ${rule}`);
  }
  return config;
}

/** Upstream's `*_ref` keys name entries of a secret manager; Alertmanager has none and does not start with them. */
export function refuseReference(section: Section, key: string): void {
  const reference = `${key}_ref`;
  if (section.text(reference) === '') return;
  section.refuse(
    reference,
    'config/unsupported',
    `${reference} cannot be used: there is no secret manager`,
    `use ${key}_file`,
  );
}

function version(tls: Section, key: string): TlsVersion | null {
  const text = tls.text(key);
  if (text === '') return null;
  const found = VERSIONS.find((known) => known === text);
  if (found === undefined) {
    tls.refuseValue(key, 'config/bad-value', `unknown TLS version: ${text}`, `one of ${VERSIONS.join(', ')}`);
  }
  return found ?? null;
}
