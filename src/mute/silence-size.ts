// How large upstream's encoding of a silence is, to the byte: what its limit counts is a protobuf message, with a time
// to forget it at besides. Ours is stored otherwise.
import type { Matcher } from '../model/matcher.ts';
import type { Instant } from '../model/time.ts';
import type { Silence } from './silence.ts';

export function encodedSize(silence: Silence): number {
  const { flat } = silence.annotations;
  let size = text(silence.id) + text(silence.createdBy) + text(silence.comment);
  for (const at of [silence.startsAt, silence.endsAt, silence.updatedAt]) size += nested(timestamp(at));
  // Of an entry both parts are written, empty or not.
  for (let i = 0; i < flat.length; i += 2) size += nested(filled(flat[i]!) + filled(flat[i + 1]!));
  size += nested(silence.matchers.reduce((sum, each) => sum + nested(matcher(each)), 0));
  // How long it is kept after its end makes the number of a second no longer.
  return nested(size) + nested(timestamp(silence.endsAt));
}

/** Each of our fields has a tag of one byte; what is 0 or empty is left out. */
const TAG = 1;

function varint(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

const number = (value: number): number => (value === 0 ? 0 : TAG + varint(value));

const nested = (size: number): number => TAG + varint(size) + size;

const filled = (value: string): number => nested(Buffer.byteLength(value));

const text = (value: string): number => (value === '' ? 0 : filled(value));

const timestamp = (at: Instant): number => number(Math.floor(at / 1000)) + number((at % 1000) * 1_000_000);

/** The kind of a matcher is a number, that of equality 0. */
const matcher = ({ op, name, value }: Matcher): number => number(op === '=' ? 0 : 1) + text(name) + text(value);
