// Which header names and values a configuration may ask for: what is well-formed on the wire, and which names
// belong to the client itself.
import { goQuote } from '../model/go-quote.ts';
import { canonicalHeaderName } from '../model/header-name.ts';
import type { Section } from './section.ts';

/** Upstream's list, in lower case. */
const RESERVED = new Set([
  'authorization',
  'host',
  'content-encoding',
  'content-length',
  'content-type',
  'user-agent',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'www-authenticate',
  'accept-encoding',
  'x-prometheus-remote-write-version',
  'x-prometheus-remote-read-version',
  'x-prometheus-scrape-timeout-seconds',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-content-sha256',
]);

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;

export function refuseBadHeaderName(section: Section, name: string): void {
  if (!TOKEN.test(name)) section.refuse(name, 'config/bad-value', `invalid header name ${goQuote(name)}`);
}

export function refuseReservedHeader(section: Section, name: string): void {
  if (!RESERVED.has(name.toLowerCase())) return;
  const message = `setting header ${goQuote(canonicalHeaderName(name))} is not allowed`;
  section.refuse(name, 'config/not-allowed', message);
}

export function refuseBadHeaderValue(section: Section, name: string, value: string): void {
  if (CONTROL.test(value)) {
    section.refuse(name, 'config/bad-value', `invalid value for header ${goQuote(name)}: control character`);
  }
}
