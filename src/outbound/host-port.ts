// `host:port`, as Go splits addresses: an IPv6 host stands in brackets, the host may be empty, the port not.
import { goQuote } from '../model/go-quote.ts';

export type HostPort =
  | { readonly ok: true; readonly host: string; readonly port: string }
  | { readonly ok: false; readonly message: string };

export function splitHostPort(address: string): HostPort {
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(address);
  if (match === null) {
    const isBare = !address.includes(':') || /^\[[^[\]]*\]$/.test(address);
    const fault = isBare ? 'missing port in address' : 'too many colons in address';
    return { ok: false, message: `address ${address}: ${fault}` };
  }
  const [, bracketed, plain = '', port = ''] = match;
  if (port === '') return { ok: false, message: `address ${goQuote(address)}: port cannot be empty` };
  return { ok: true, host: bracketed ?? plain, port };
}
