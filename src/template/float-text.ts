// Floats as decimal or hexadecimal text, digit for digit as Go's strconv.FormatFloat: the shortest text that
// reads back, or exactly so many digits rounded half to even on the exact binary value.

export type FloatVerb = 'e' | 'E' | 'f' | 'g' | 'G' | 'b' | 'x' | 'X';

/** `precision` -1 asks for the shortest digits that read back as the same float. */
export function floatText(value: number, verb: FloatVerb, precision: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  switch (verb) {
    case 'b': {
      const { mantissa, exponent } = binary(size);
      return `${sign}${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
    }
    case 'x':
    case 'X': {
      const text = hexText(size, precision);
      return sign + (verb === 'X' ? text.toUpperCase() : text);
    }
    case 'e':
    case 'E': {
      const digits = precision < 0 ? shortest(size) : significant(size, precision + 1);
      return sign + exponentForm(digits, precision < 0 ? digits.digits.length - 1 : precision, verb);
    }
    case 'f': {
      const digits = precision < 0 ? shortest(size) : rounded(exact(size), precision, 'decimals');
      return sign + plainForm(digits, precision < 0 ? Math.max(digits.digits.length - digits.point, 0) : precision);
    }
    case 'g':
    case 'G':
      return sign + general(size, verb, precision);
  }
}

/** 0.d1d2d3… · 10^point; zero has the digits '' (or '0' where there must be one). */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

function general(size: number, verb: 'g' | 'G', precision: number): string {
  const wanted = precision === 0 ? 1 : precision;
  const digits = wanted < 0 ? shortest(size) : significant(size, wanted);
  const count = digits.digits.length;
  let limit = wanted;
  if (limit > count && count >= digits.point) limit = count;
  if (wanted < 0) limit = 6;
  const exponent = digits.point - 1;
  if (exponent < -4 || exponent >= limit) {
    const shown = wanted < 0 || wanted > count ? count : wanted;
    return exponentForm(digits, shown - 1, verb === 'g' ? 'e' : 'E');
  }
  return plainForm(digits, Math.max(count - digits.point, 0));
}

function exponentForm({ digits, point }: Decimal, precision: number, letter: string): string {
  const first = digits === '' ? '0' : digits[0]!;
  const rest = precision > 0 ? `.${digits.slice(1, precision + 1).padEnd(precision, '0')}` : '';
  const exponent = digits === '' || digits === '0' ? 0 : point - 1;
  const sign = exponent < 0 ? '-' : '+';
  return `${first}${rest}${letter}${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function plainForm({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (precision <= 0) return whole;
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, '0')}`;
}

/** JavaScript and Go agree on the shortest digits; only their layout differs. */
function shortest(size: number): Decimal {
  if (size === 0) return { digits: '0', point: 1 };
  const text = size.toExponential();
  const at = text.indexOf('e');
  return { digits: text.slice(0, at).replace('.', ''), point: Number(text.slice(at + 1)) + 1 };
}

/** Up to 17 digits the engine's own conversion is exact unless the value is a tie, which it rounds up. */
function significant(size: number, count: number): Decimal {
  if (size === 0) return { digits: '0', point: 1 };
  if (count >= 1 && count <= 17) {
    const finer = size.toExponential(count);
    if (finer[finer.indexOf('e') - 1] !== '5' || Number(finer) !== size) {
      const text = size.toExponential(count - 1);
      const at = text.indexOf('e');
      const digits = trimZeros(text.slice(0, at).replace('.', ''));
      return { digits, point: Number(text.slice(at + 1)) + 1 };
    }
  }
  return rounded(exact(size), count, 'digits');
}

const trimZeros = (digits: string): string => digits.replace(/0+$/, '');

/** Every digit of the binary value. */
function exact(size: number): Decimal {
  if (size === 0) return { digits: '', point: 0 };
  const { mantissa, exponent } = binary(size);
  const whole = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  const digits = whole.toString();
  return { digits: trimZeros(digits), point: digits.length + Math.min(exponent, 0) };
}

function rounded({ digits, point }: Decimal, precision: number, unit: 'digits' | 'decimals'): Decimal {
  const keep = unit === 'digits' ? precision : point + precision;
  if (keep >= digits.length) return { digits, point };
  if (keep < 0) return { digits: '', point: 0 };
  const half = digits[keep]!;
  const isTie = half === '5' && keep + 1 === digits.length;
  const last = keep === 0 ? 0 : Number(digits[keep - 1]);
  const up = isTie ? last % 2 === 1 : half >= '5';
  const kept = digits.slice(0, keep);
  if (!up) return { digits: trimZeros(kept), point: trimZeros(kept) === '' ? 0 : point };
  const raised = (BigInt(`0${kept}`) + 1n).toString().padStart(keep, '0');
  return { digits: trimZeros(raised), point: point + raised.length - keep };
}

const SCRATCH = new DataView(new ArrayBuffer(8));

/** size = mantissa · 2^exponent, as Go lays a float64 out. */
function binary(size: number): { readonly mantissa: bigint; readonly exponent: number } {
  SCRATCH.setFloat64(0, size);
  const bits = SCRATCH.getBigUint64(0);
  const field = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  return field === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: field - 1075 };
}

function hexText(size: number, precision: number): string {
  if (size === 0) return `0x0${precision > 0 ? `.${'0'.repeat(precision)}` : ''}p+00`;
  let { mantissa, exponent } = binary(size);
  while (mantissa < 1n << 52n) {
    mantissa <<= 1n;
    exponent--;
  }
  // One digit before the point, 13 after it.
  exponent += 52;
  let places = 13;
  if (precision >= 0 && precision < 13) {
    const shift = BigInt(4 * (13 - precision));
    const rest = mantissa & ((1n << shift) - 1n);
    const half = 1n << (shift - 1n);
    mantissa >>= shift;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    places = precision;
    if (mantissa >= 2n << BigInt(4 * places)) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const digits = mantissa.toString(16);
  const fraction = precision < 0 ? trimZeros(digits.slice(1)) : digits.slice(1, places + 1).padEnd(precision, '0');
  const sign = exponent < 0 ? '-' : '+';
  return `0x${digits[0]}${fraction === '' ? '' : `.${fraction}`}p${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
