// tls_config carried out: certificates read (at each use, so that a rotated one is taken up), and the options a
// connection needs. Without a CA of its own a connection trusts what the system trusts as well as Node's own list,
// because a company's CA is installed in the system.
import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { SecretSource, TextSource, TlsConfig, TlsVersion } from '../outbound/http-config.ts';
import type { Files } from '../ports/files.ts';
import { readSecret, readText } from './http-auth.ts';
import { configFailure, isFailure, type HttpFailure } from './http-failure.ts';

export interface TlsMaterial {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

export interface TlsOptions {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
}

export async function readTlsMaterial(files: Files, tls: TlsConfig): Promise<TlsMaterial | HttpFailure> {
  const ca = await optional(files, tls.ca, 'CA certificate');
  if (isFailure(ca)) return ca;
  const cert = await optional(files, tls.cert, 'client certificate');
  if (isFailure(cert)) return cert;
  const key = tls.key === null ? null : await readSecret(files, tls.key, 'client key');
  return isFailure(key) ? key : { ca, cert, key };
}

async function optional(files: Files, source: TextSource | null, what: string): Promise<string | null | HttpFailure> {
  return source === null ? null : await readText(files, source, what);
}

export const sameMaterial = (a: TlsMaterial, b: TlsMaterial): boolean =>
  a.ca === b.ca && a.cert === b.cert && a.key === b.key;

export async function readTlsOptions(files: Files, tls: TlsConfig): Promise<TlsOptions | HttpFailure> {
  const material = await readTlsMaterial(files, tls);
  return isFailure(material) ? material : tlsOptions(tls, material);
}

const VERSIONS = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

const isOld = (version: TlsVersion | null): boolean => version === 'TLS10' || version === 'TLS11';

export function tlsOptions(tls: TlsConfig, material: TlsMaterial): TlsOptions | HttpFailure {
  if (material.ca !== null && !holdsCertificate(material.ca)) {
    return configFailure(`unable to use the CA certificate${named(tls.ca)}`);
  }
  let secureContext: SecureContext;
  try {
    secureContext = createSecureContext({
      ca: material.ca ?? trusted(),
      ...(material.cert === null ? {} : { cert: material.cert }),
      ...(material.key === null ? {} : { key: material.key }),
      ...(tls.minVersion === null ? {} : { minVersion: VERSIONS[tls.minVersion] }),
      ...(tls.maxVersion === null ? {} : { maxVersion: VERSIONS[tls.maxVersion] }),
      // OpenSSL 3 speaks the old versions only at security level 0.
      ...(isOld(tls.minVersion) || isOld(tls.maxVersion) ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
    });
  } catch {
    return configFailure(`unable to use the client certificate${named(tls.cert)} and key${named(tls.key)}`);
  }
  const servername = tls.serverName === null ? {} : { servername: tls.serverName };
  return { secureContext, rejectUnauthorized: !tls.insecureSkipVerify, ...servername };
}

/** Node keeps both lists once they are read. */
const trusted = (): string[] => [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];

const named = (source: TextSource | SecretSource | null): string =>
  source?.kind === 'file' ? ` in ${source.path}` : '';

/** OpenSSL takes text without any certificate silently, and then trusts nobody. */
function holdsCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
