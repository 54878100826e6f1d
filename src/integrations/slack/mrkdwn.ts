// Text for Slack: what comes from outside is shown, never obeyed. `<`, `>` and `&` are all it takes to say a mention or
// a link; code spans end at a backtick. Lengths are counted as JavaScript does, which is never less than Slack does.
import { cutUnits } from '../../notify/cut-text.ts';
import { httpUrlFault } from '../../outbound/url.ts';
import { formatTime } from '../../template/time-layout.ts';
import { GoTime } from '../../template/time.ts';
import { UTC } from '../../template/zone.ts';
import { zoneNamed } from '../../template/functions-time.ts';
import type { Instant } from '../../model/time.ts';

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** Escaped, at most so long: an entity that the cut went through is gone. */
export function escaped(text: string, most: number): string {
  const spelled = text.toWellFormed().replace(/[&<>]/g, (char) => ENTITIES.get(char) ?? char);
  return cutUnits(spelled, most).replace(/&[a-z]*…$/, '…');
}

/** Line ends, tabs and control characters are spaces. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

/** A backtick would end the span. */
export function code(text: string, most: number): string {
  const inner = escaped(oneLine(text).replaceAll('`', 'ˋ'), most - 2);
  return inner === '' ? '' : `\`${inner}\``;
}

const LONGEST_LINE = 340;

/** An entry of a list; '' for none. */
export function bullet(text: string): string {
  const line = escaped(oneLine(text), LONGEST_LINE);
  return line === '' ? '' : `•  ${line}`;
}

/** What a link may point to, spelled so that nothing in it ends the link; null when it is no web address. */
export function webAddress(text: string, most = 2000): string | null {
  if (httpUrlFault(text.trim()) !== null) return null;
  const { href } = new URL(text.trim());
  const safe = href.replace(/[<>|]/g, (char) => encodeURIComponent(char));
  return safe.length <= most ? safe : null;
}

export const link = (address: string, label: string): string => `<${address.replaceAll('&', '&amp;')}|${label}>`;

/** A moment in the reader's own zone; where Slack cannot, in the receiver's. */
export function moment(at: Instant, timezone: string): string {
  const local = formatTime(GoTime.ofMillis(at, zoneNamed(timezone) ?? UTC), '2006-01-02 15:04 MST');
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${local}>`;
}
