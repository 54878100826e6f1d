// Keys that hold a yes or no, a number, or a span of time. The schema has checked their spelling.
import type { Printable } from '../../input/print-yaml.ts';
import { readBool, readInt } from '../../input/scalar.ts';
import { parseDuration, parseGoDuration, printDuration, printGoDuration } from '../../model/duration.ts';
import type { DurationMs } from '../../model/time.ts';
import type { Form } from './form.ts';

const formatted = (format: string) => (key: string) => ({ [key]: { type: ['string', 'null'], format } });

export function bool(otherwise = false): Form<boolean> {
  return {
    properties: formatted('bool'),
    read: (section, key) => section.bool(key, otherwise),
    print: (key, value) => [[key, value]],
  };
}

/** null when it is not said. */
export function optionalBool(): Form<boolean | null> {
  return {
    properties: formatted('bool'),
    read: (section, key) => readBool(section.text(key)),
    print: (key, value) => (value === null ? [] : [[key, value]]),
  };
}

export function wholeNumber(otherwise = 0, format: 'uint' | 'int' = 'uint'): Form<number> {
  return {
    properties: formatted(format),
    read: (section, key) => readInt(section.text(key)) ?? otherwise,
    print: (key, value) => [[key, value]],
  };
}

/** As upstream prints it: not at all while it says nothing. */
export const omitEmpty = <T>(form: Form<T>): Form<T> => ({
  ...form,
  print: (key, value) => {
    const isEmpty = value === false || value === 0 || (value instanceof Map && value.size === 0);
    return isEmpty ? [] : form.print(key, value);
  },
});

/** As upstream prints it: even when it says nothing. */
export const printedAlways = <T extends Printable>(form: Form<T>): Form<T> => ({
  ...form,
  print: (key, value) => [[key, value]],
});

/** timeout: zero and less set no limit of their own, as upstream has it. */
export function timeout(): Form<DurationMs | null> {
  return {
    properties: formatted('go-duration'),
    read: (section, key) => {
      if (!section.has(key)) return null;
      const parsed = parseGoDuration(section.text(key), 'nanoseconds');
      return parsed.ok && parsed.ms > 0 ? parsed.ms : null;
    },
    print: (key, ms) => (ms === null ? [] : [[key, printGoDuration(ms)]]),
  };
}

/** In Go's notation, which wants a unit. */
export function goSpan(otherwise: DurationMs = 0): Form<DurationMs> {
  return {
    properties: formatted('unit-duration'),
    read: (section, key) => {
      const parsed = parseGoDuration(section.text(key));
      return section.has(key) && parsed.ok ? parsed.ms : otherwise;
    },
    print: (key, ms) => [[key, printGoDuration(ms)]],
  };
}

/** In Prometheus' notation. */
export function span(otherwise: DurationMs): Form<DurationMs> {
  return {
    properties: formatted('duration'),
    read: (section, key) => {
      const parsed = parseDuration(section.text(key));
      return section.has(key) && parsed.ok ? parsed.ms : otherwise;
    },
    print: (key, ms) => [[key, printDuration(ms)]],
  };
}
