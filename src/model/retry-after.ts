// The Retry-After header: seconds, or an HTTP date.
import type { DurationMs, Instant } from './time.ts';

/** Nobody may silence us for longer. */
const LONGEST_MS: DurationMs = 3_600_000;

/** How long to wait; null when it says nothing we understand. */
export function retryAfter(value: string, now: Instant): DurationMs | null {
  const text = value.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_MS);
  const at = httpDate(text);
  return at === null ? null : Math.min(Math.max(at - now, 0), LONGEST_MS);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Fri, 20 Nov 2026 04:36:12 GMT`, the one form servers may send today. */
function httpDate(text: string): Instant | null {
  const match = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(text);
  if (match === null) return null;
  const [, day, name, year, hour, minute, second] = match;
  const month = MONTHS.indexOf(name!);
  return month < 0 ? null : Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
}
