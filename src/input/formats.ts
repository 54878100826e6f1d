// What the text of a scalar may be, by the name a schema gives it as `format`. A format answers null, or what is
// wrong and perhaps what was meant.
import { parseDuration, parseGoDuration } from '../model/duration.ts';
import { goQuote } from '../model/go-quote.ts';
import { isValidLabelName } from '../model/label-name.ts';
import { readBool, readFloat, readInt } from './scalar.ts';

export interface FormatFault {
  readonly message: string;
  readonly hint?: string;
}

export type Format = (text: string) => FormatFault | null;

export const FORMATS: Readonly<Record<string, Format>> = {
  bool: (text) => (readBool(text) === null ? { message: `expected true or false, found ${goQuote(text)}` } : null),
  int: (text) => (isInteger(text) ? null : { message: `expected a whole number, found ${goQuote(text)}` }),
  uint: (text) =>
    isInteger(text) && !text.startsWith('-')
      ? null
      : { message: `expected a whole number of at least 0, found ${goQuote(text)}` },
  float: (text) => (readFloat(text) === null ? { message: `expected a number, found ${goQuote(text)}` } : null),
  duration: (text) => {
    const parsed = parseDuration(text);
    return parsed.ok ? null : withHint(parsed.message, durationHint(text));
  },
  'go-duration': (text) => {
    const parsed = parseGoDuration(text, 'nanoseconds');
    return parsed.ok ? null : withHint(parsed.message, goDurationHint(text));
  },
  'unit-duration': (text) => {
    const parsed = parseGoDuration(text);
    return parsed.ok ? null : withHint(parsed.message, goDurationHint(text));
  },
  'label-name': (text) => (isValidLabelName(text, 'utf8') ? null : { message: `invalid label name ${goQuote(text)}` }),
  'legacy-label-name': (text) =>
    isValidLabelName(text, 'legacy')
      ? null
      : { message: `invalid label name ${goQuote(text)}`, hint: 'letters, digits and _, not beginning with a digit' },
  url: urlFault,
  // Any text: they say what may be shown of it (secret-places.ts).
  secret: () => null,
  'secret-url': () => null,
  'open-url': () => null,
};

function urlFault(text: string): FormatFault | null {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1] ?? '';
  if (!/^https?$/i.test(scheme)) {
    const hint = scheme === '' || !text.includes('://') ? { hint: `did you mean "http://${text}"?` } : {};
    return { message: `unsupported scheme ${goQuote(scheme)} for URL`, ...hint };
  }
  if (!/^[a-z]+:\/\/(?:[^/?#@]*@)?[^/?#:@]/i.test(text)) return { message: 'missing host for URL' };
  return URL.canParse(text) ? null : { message: `cannot parse ${goQuote(text)} as a URL` };
}

function durationHint(text: string): string | undefined {
  if (/^[1-9][0-9]*$/.test(text)) return `a unit is missing: did you mean "${text}s"?`;
  if (/^[0-9]*\.[0-9]+/.test(text)) return 'only whole numbers: "1500ms", not "1.5s"';
  if (text.startsWith('-')) return 'durations cannot be negative';
  if (/[A-Z ]/.test(text)) return 'units are y w d h m s ms, without spaces';
  return /^(?:[0-9]+[a-z]+){2,}$/.test(text) ? 'units go from big to small, each once: y w d h m s ms' : undefined;
}

function goDurationHint(text: string): string | undefined {
  return /^[0-9]+[dwy]/.test(text) ? 'units here are h m s ms: a day is "24h"' : undefined;
}

function withHint(message: string, hint: string | undefined): FormatFault {
  return hint === undefined ? { message } : { message, hint };
}

function isInteger(text: string): boolean {
  const value = readInt(text);
  return value !== null && Number.isSafeInteger(value);
}
