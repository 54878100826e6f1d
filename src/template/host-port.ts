// Host and port apart, with Go's rules: net.SplitHostPort, net.ParseIP, net.JoinHostPort.
import { isIP } from 'node:net';

interface HostPort {
  readonly host: string;
  readonly port: string;
}

function splitHostPort(text: string): HostPort | null {
  const bracketed = /^\[([^[\]]*)\]:([^:[\]]*)$/.exec(text);
  if (bracketed !== null) return { host: bracketed[1]!, port: bracketed[2]! };
  const plain = /^([^:[\]]*):([^:[\]]*)$/.exec(text);
  return plain === null ? null : { host: plain[1]!, port: plain[2]! };
}

export const stripPort = (text: string): string => splitHostPort(text)?.host ?? text;

/** An address stays as it is; of a name the first part is kept, and the port. */
export function stripDomain(text: string): string {
  const split = splitHostPort(text);
  const host = split?.host ?? text;
  if (isIP(host) !== 0 && !host.includes('%')) return text;
  const first = host.split('.')[0]!;
  if (split === null || split.port === '') return first;
  return `${/[:%]/.test(first) ? `[${first}]` : first}:${split.port}`;
}
