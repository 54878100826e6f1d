// The head of a mail. The user's own headers take the place of ours; one that renders to nothing is left out. What
// labels bring along cannot begin a header of its own: control characters become spaces.
import type { Message, MessageAlert } from '../../notify/message.ts';
import { goQuote } from '../../model/go-quote.ts';
import { zoneNamed } from '../../template/functions-time.ts';
import { formatTime } from '../../template/time-layout.ts';
import { GoTime } from '../../template/time.ts';
import { UTC } from '../../template/zone.ts';
import type { Scene } from '../scene.ts';
import { parseAddressList, type MailAddress } from './address.ts';
import type { Thread } from './memory.ts';
import type { MailHeader } from './request.ts';
import { upstreamThread } from './thread.ts';

export interface HeadParts {
  readonly scene: Scene;
  readonly sender: MailAddress;
  readonly to: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
  readonly subject: string;
  /** Message-ID */
  readonly id: string;
  /** null: upstream's threading. */
  readonly thread: Thread | null;
  readonly threading: { readonly enabled: boolean; readonly byDate: string };
  /** headers: by their canonical names. */
  readonly own: ReadonlyMap<string, string>;
}

/** Mail programs show a part of the first hundred. */
const LONGEST_SUBJECT = 250;
const LONGEST_VALUE = 900;
/** Of a domain name. */
const LONGEST_LABEL = 63;

export function mailHeaders(parts: HeadParts): readonly MailHeader[] {
  const { scene, sender, to, replyTo, subject, id, own } = parts;
  const { message } = scene;
  const above = parentOf(parts);
  const all = new Map<string, MailHeader['value']>([
    ['From', [sender]],
    ['To', to],
    ['Reply-To', replyTo],
    ['Subject', oneLine(subject, LONGEST_SUBJECT)],
    ['Message-Id', id],
    ['In-Reply-To', above],
    ['References', above],
    ['Date', timeText(scene, 'Mon, 02 Jan 2006 15:04:05 -0700')],
    // RFC 3834: no out-of-office note comes back.
    ['Auto-Submitted', 'auto-generated'],
    ['List-Id', [listOf(message.receiver, sender)]],
    ['X-Belfry-Status', message.status],
    ['X-Belfry-Severity', severities(message.alerts).join(', ')],
    ['X-Belfry-Group', groupText(message)],
  ]);
  for (const [name, template] of own) {
    if (name !== 'Subject') all.set(name, ownValue(name, scene.text(template)));
  }
  return [...all]
    .map(([name, value]) => ({ name, value: typeof value === 'string' ? oneLine(value, LONGEST_VALUE) : value }))
    .filter(({ value }) => value.length > 0);
}

/** Addresses are read as such, so that their names are encoded and not they themselves. */
function ownValue(name: string, value: string): MailHeader['value'] {
  if (!/^(?:From|Sender|To|Cc|Reply-To)$/.test(name)) return value;
  const { addresses, faults } = parseAddressList(value);
  return faults.length === 0 ? addresses : value;
}

/** '' for the first mail of a thread. */
function parentOf({ scene, thread, threading, id }: HeadParts): string {
  if (thread !== null) return thread.id === id ? '' : thread.id;
  const by = threading.byDate === 'none' ? 'none' : 'daily';
  return upstreamThread(scene.message.groupKey, by, timeText(scene, '2006-01-02'));
}

/** Of the flush, on the receiver's clock. */
const timeText = ({ message, locale }: Scene, layout: string): string =>
  formatTime(GoTime.ofMillis(message.at, zoneNamed(locale.timezone) ?? UTC), layout);

/** RFC 2919: one list a receiver, in the sender's domain. */
function listOf(receiver: string, { address }: MailAddress): MailAddress {
  const label = receiver
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, LONGEST_LABEL)
    .replace(/-$/, '');
  const domain = address.slice(address.lastIndexOf('@') + 1).replace(/[[\]]/g, '');
  const name = oneLine(receiver.replace(/["\\<>]/g, ' '), 100);
  return { name, address: `${label || 'receiver'}.belfry.${domain}` };
}

/** Of what fires, or of everything once nothing does. */
function severities(alerts: readonly MessageAlert[]): readonly string[] {
  const firing = alerts.filter(({ status }) => status === 'firing');
  const found = (firing.length > 0 ? firing : alerts).map(({ labels }) => labels.get('severity') ?? '');
  return [...new Set(found)].filter((severity) => severity !== '').toSorted();
}

const groupText = ({ groupLabels }: Message): string =>
  [...groupLabels].map(([name, value]) => `${name}=${goQuote(value)}`).join(', ');

function oneLine(text: string, longest: number): string {
  const line = text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .toWellFormed()
    .trim();
  const points = [...line];
  return points.length <= longest ? line : `${points.slice(0, longest - 1).join('')}…`;
}
