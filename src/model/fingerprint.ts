// FNV-1a 64 over name, 0xFF, value, 0xFF of the sorted labels: upstream's alert identity. The hash is kept as two
// 32-bit halves, the low one multiplied in 16-bit steps, so that all arithmetic stays in machine integers: many
// times as fast as BigInt.

declare const fingerprint: unique symbol;
export type Fingerprint = string & { readonly [fingerprint]: true };

// The prime is 2^40 + 0x1b3: multiplying shifts the low half by 8 bits into the high one.
const PRIME = 0x1b3;
const NOT_ASCII = /[^\0-\x7f]/;

export function fingerprintOf(flat: readonly string[]): Fingerprint {
  let high = 0xcbf29ce4 | 0;
  let low = 0x84222325 | 0;
  for (const part of flat) {
    // One character per byte of the UTF-8; a lone surrogate counts as U+FFFD.
    const bytes = NOT_ASCII.test(part) ? Buffer.from(part, 'utf8').toString('latin1') : part;
    for (let i = 0; i <= bytes.length; i++) {
      low ^= i < bytes.length ? bytes.charCodeAt(i) : 0xff;
      const lower = (low & 0xffff) * PRIME;
      const upper = (low >>> 16) * PRIME + (lower >>> 16);
      high = (Math.imul(high, PRIME) + (low << 8) + (upper >>> 16)) | 0;
      low = (upper << 16) | (lower & 0xffff);
    }
  }
  return (hex(high) + hex(low)) as Fingerprint;
}

const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, '0');

/** As URLs and templates have it. */
export const fingerprintNumber = (fingerprint: Fingerprint): bigint => BigInt(`0x${fingerprint}`);
