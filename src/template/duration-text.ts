// Go's time.Duration as text: 1h2m3.5s, 1.5ms, 0s.

const NS_PER_SECOND = 1_000_000_000n;

export function durationText(ns: bigint): string {
  if (ns === 0n) return '0s';
  const sign = ns < 0n ? '-' : '';
  const size = ns < 0n ? -ns : ns;
  if (size < 1000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${withFraction(size, 3)}µs`;
  if (size < NS_PER_SECOND) return `${sign}${withFraction(size, 6)}ms`;
  const minutes = size / (60n * NS_PER_SECOND);
  const seconds = withFraction(size % (60n * NS_PER_SECOND), 9);
  const hours = minutes / 60n;
  if (minutes === 0n) return `${sign}${seconds}s`;
  if (hours === 0n) return `${sign}${minutes}m${seconds}s`;
  return `${sign}${hours}h${minutes % 60n}m${seconds}s`;
}

/** size / 10^places without trailing zeros. */
function withFraction(size: bigint, places: number): string {
  const unit = 10n ** BigInt(places);
  const fraction = (size % unit).toString().padStart(places, '0').replace(/0+$/, '');
  return `${size / unit}${fraction === '' ? '' : `.${fraction}`}`;
}
