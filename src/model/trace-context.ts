// Which trace something belongs to, as W3C Trace Context writes it in a header, and which new traces are kept.

export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Bit 0: sampled. Bit 1: the trace id is random. */
  readonly flags: number;
  /** The tracestate header, '' without one. */
  readonly state: string;
}

export const SAMPLED = 1;

export const isSampled = ({ flags }: TraceContext): boolean => (flags & SAMPLED) !== 0;

/** Later versions may add parts; those of version 0 are these four. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const KNOWN_FLAGS = 3;

/** null for a header that is missing or means nothing: a trace begins here then. */
export function readTraceparent(traceparent: string, state: string): TraceContext | null {
  const [, version, traceId = '', spanId = '', flagText = '', more] = TRACEPARENT.exec(traceparent) ?? [];
  if (version === undefined || version === 'ff' || isZero(traceId) || isZero(spanId)) return null;
  const flags = Number.parseInt(flagText, 16);
  if (version === '00' && (more !== undefined || flags > KNOWN_FLAGS)) return null;
  return { traceId, spanId, flags: flags & KNOWN_FLAGS, state: readState(state) };
}

const MOST_STATE = 512;
const VENDOR = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** Passed on as it came, or not at all. */
function readState(text: string): string {
  const vendors = text
    .split(',')
    .map((vendor) => vendor.trim())
    .filter((vendor) => vendor !== '');
  const isGood = text.length <= MOST_STATE && vendors.length <= 32 && vendors.every((vendor) => VENDOR.test(vendor));
  return isGood ? vendors.join(',') : '';
}

export function printTraceparent({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}

const isZero = (id: string): boolean => /^0+$/.test(id);

/**
 * Whether a trace that begins with this id is kept: of its last eight bytes, taken as a number, the lowest fraction is.
 * Everybody who samples so keeps the same traces.
 */
export function isKept(traceId: string, fraction: number): boolean {
  if (fraction >= 1) return true;
  if (!(fraction > 0)) return false;
  return BigInt(`0x${traceId.slice(16)}`) >> 1n < BigInt(Math.trunc(fraction * 2 ** 63));
}
