// XXH64 with seed 0: what upstream's notification log and event recorder know an alert by. The algorithm is public;
// numbers are its primes. On BigInt, for it is asked only where events are written out.
const MASK = 0xffff_ffff_ffff_ffffn;
const P1 = 0x9e37_79b1_85eb_ca87n;
const P2 = 0xc2b2_ae3d_27d4_eb4fn;
const P3 = 0x1656_67b1_9e37_79f9n;
const P4 = 0x85eb_ca77_c2b2_ae63n;
const P5 = 0x27d4_eb2f_1656_67c5n;

export function xxhash64(bytes: Buffer): bigint {
  const { length } = bytes;
  let at = 0;
  let sum: bigint;
  if (length >= 32) {
    const lanes = [(P1 + P2) & MASK, P2, 0n, -P1 & MASK];
    for (; at + 32 <= length; at += 32) {
      for (let lane = 0; lane < 4; lane++) lanes[lane] = round(lanes[lane]!, bytes.readBigUInt64LE(at + 8 * lane));
    }
    const [a, b, c, d] = lanes as [bigint, bigint, bigint, bigint];
    sum = (rotated(a, 1n) + rotated(b, 7n) + rotated(c, 12n) + rotated(d, 18n)) & MASK;
    for (const lane of lanes) sum = ((sum ^ round(0n, lane)) * P1 + P4) & MASK;
  } else sum = P5;
  sum = (sum + BigInt(length)) & MASK;
  for (; at + 8 <= length; at += 8) {
    sum = (rotated(sum ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * P1 + P4) & MASK;
  }
  if (at + 4 <= length) {
    sum = (rotated(sum ^ ((BigInt(bytes.readUInt32LE(at)) * P1) & MASK), 23n) * P2 + P3) & MASK;
    at += 4;
  }
  for (; at < length; at++) sum = (rotated(sum ^ ((BigInt(bytes[at]!) * P5) & MASK), 11n) * P1) & MASK;
  sum = ((sum ^ (sum >> 33n)) * P2) & MASK;
  sum = ((sum ^ (sum >> 29n)) * P3) & MASK;
  return sum ^ (sum >> 32n);
}

const rotated = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & MASK;

const round = (lane: bigint, input: bigint): bigint => (rotated((lane + input * P2) & MASK, 31n) * P1) & MASK;
