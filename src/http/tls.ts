// The TLS half of the web config, carried out: files read, options for the server made, client certificates
// judged after the handshake where Node's own check cannot say what is wanted.
import { createSecureContext, type SecureVersion, type TlsOptions, type TLSSocket } from 'node:tls';
import type { SecretSource, TextSource, TlsVersion } from '../outbound/http-config.ts';
import type { Files } from '../ports/files.ts';
import { TLS13_CIPHERS } from './tls-names.ts';
import type { ServerTls } from './web-config.ts';
import { messageOf } from '../model/error-message.ts';

const NODE_VERSION: Readonly<Record<TlsVersion, SecureVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

/** Rejects when a file cannot be read or does not hold what it should. */
export async function tlsOptions(tls: ServerTls, files: Pick<Files, 'read'>): Promise<TlsOptions> {
  const { ciphers, curves, clientCa, clientAuth } = tls;
  // One after the other: of two that are missing always the same is named.
  const cert = await read(files, tls.cert, 'cert_file');
  const key = await read(files, tls.key, 'key_file');
  const ca = clientCa === null ? undefined : await read(files, clientCa, 'client_ca_file');
  const options: TlsOptions = {
    cert,
    key,
    minVersion: NODE_VERSION[tls.minVersion],
    maxVersion: NODE_VERSION[tls.maxVersion],
    honorCipherOrder: true,
    requestCert: clientAuth !== 'NoClientCert',
    // isWelcome decides: Node would also refuse a client without a certificate.
    rejectUnauthorized: clientAuth === 'RequireAndVerifyClientCert',
    ...(ca === undefined ? {} : { ca }),
    ...(ciphers.length === 0 ? {} : { ciphers: [...new Set([...TLS13_CIPHERS, ...ciphers])].join(':') }),
    ...(curves.length === 0 ? {} : { ecdhCurve: curves.join(':') }),
  };
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new Error(`the certificate and key cannot be used: ${messageOf(cause)}`, { cause });
  }
  return options;
}

/** Whether a client that has shaken hands may stay. */
export function isWelcome(tls: Pick<ServerTls, 'clientAuth' | 'allowedSans'>, socket: TLSSocket): boolean {
  const certificate = socket.getPeerX509Certificate();
  switch (tls.clientAuth) {
    case 'NoClientCert':
    case 'RequestClientCert':
      break;
    case 'RequireAnyClientCert':
      if (certificate === undefined) return false;
      break;
    case 'VerifyClientCertIfGiven':
      if (certificate !== undefined && !socket.authorized) return false;
      break;
    case 'RequireAndVerifyClientCert':
      if (certificate === undefined || !socket.authorized) return false;
  }
  if (tls.allowedSans === null || certificate === undefined) return true;
  const names = subjectAltNames(certificate.subjectAltName ?? '');
  return tls.allowedSans.some((allowed) => names.includes(allowed));
}

/** `DNS:a.example, IP Address:127.0.0.1`; a value with anything unusual in it comes as a JSON string. */
export function subjectAltNames(text: string): string[] {
  const names: string[] = [];
  for (const [, quoted, plain] of text.matchAll(
    /(?:^|, )(?:DNS|IP Address|email|URI):(?:("(?:[^"\\]|\\.)*")|([^,"]*))/g,
  )) {
    if (quoted === undefined) names.push(plain ?? '');
    else {
      const name: unknown = JSON.parse(quoted);
      if (typeof name === 'string') names.push(name);
    }
  }
  return names;
}

async function read(files: Pick<Files, 'read'>, source: TextSource | SecretSource, key: string): Promise<string> {
  if (source.kind === 'inline') return 'secret' in source ? source.secret.open() : source.text;
  const file = await files.read(source.path);
  if (file.ok) return file.value;
  throw new Error(`failed to read ${key}: ${file.problem.message}`);
}
