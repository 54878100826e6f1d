// Certificates and keys tried when the configuration is loaded: with one that is missing, or is none, nothing would be
// sent. Later changes of the files are taken up as connections are made. What no route leads to is only warned of, as
// upstream does not look at it.
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { TlsPart, TlsUse } from '../config/config.ts';
import type { Problem } from '../model/problem.ts';
import type { Files } from '../ports/files.ts';

export async function checkTls(files: Files, uses: readonly TlsUse[]): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const use of uses) {
    const { fault, texts } = await readParts(files, use);
    const found = fault ?? tried(texts);
    if (found === null) continue;
    const severity = use.isReached ? 'error' : 'warning';
    problems.push({ severity, code: 'config/bad-tls', message: found.message, ...use.places[found.part] });
  }
  return problems;
}

type Texts = Readonly<Partial<Record<TlsPart, string>>>;

interface Fault {
  readonly part: TlsPart;
  readonly message: string;
}

const NAMES: Readonly<Record<TlsPart, string>> = {
  ca: 'CA certificate',
  cert: 'client certificate',
  key: 'client key',
};

async function readParts(
  files: Files,
  { tls }: TlsUse,
): Promise<{ readonly fault: Fault | null; readonly texts: Texts }> {
  const texts: Partial<Record<TlsPart, string>> = {};
  for (const part of ['ca', 'cert', 'key'] as const) {
    const source = tls[part];
    if (source?.kind === 'file') {
      const read = await files.read(source.path);
      if (!read.ok)
        return { fault: { part, message: `unable to read the ${NAMES[part]}: ${read.problem.message}` }, texts };
      texts[part] = read.value;
    } else if (source !== null) texts[part] = 'text' in source ? source.text : source.secret.open();
  }
  return { fault: null, texts };
}

function tried({ ca, cert, key }: Texts): Fault | null {
  if (ca !== undefined && certificate(ca) === null) return { part: 'ca', message: 'this CA certificate is none' };
  if (cert === undefined || key === undefined) return null;
  const own = certificate(cert);
  if (own === null) return { part: 'cert', message: 'this client certificate is none' };
  const secret = privateKey(key);
  if (secret === null) return { part: 'key', message: 'this client key is none, or it has a password' };
  return own.checkPrivateKey(secret)
    ? null
    : { part: 'key', message: 'this key is not that of the client certificate' };
}

function certificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function privateKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}
