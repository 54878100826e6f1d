// Numbers as Go's formats spell them.

/** `strconv.FormatFloat(x, 'f', -1, 64)`: the shortest that reads back, never with an exponent. */
export function printPlain(value: number): string {
  const special = printSpecial(value);
  if (special !== null) return special;
  const text = Math.abs(value).toString();
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [digits, exponent] = text.split('e') as [string, string?];
  if (exponent === undefined) return sign + text;
  const [whole, fraction = ''] = digits.split('.') as [string, string?];
  const shift = Number(exponent);
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${whole}${fraction}`;
  return sign + whole + fraction.padEnd(shift, '0');
}

/** `%v`: with an exponent from 1e21 on and below 0.0001. */
export function printShortest(value: number): string {
  const special = printSpecial(value);
  if (special !== null) return special;
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e21)) return printPlain(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

/** `%.6f` */
export function printFixed(value: number, digits: number): string {
  const special = printSpecial(value);
  if (special !== null) return special;
  return Math.abs(value) < 1e21 ? value.toFixed(digits) : `${BigInt(value)}.${'0'.repeat(digits)}`;
}

function printSpecial(value: number): string | null {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return null;
  return value > 0 ? '+Inf' : '-Inf';
}
