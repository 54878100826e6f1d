// The texts of flags as values. Everything that is wrong is collected, in messages that name the flag.
import { isIPv6 } from 'node:net';
import { goQuote } from '../model/go-quote.ts';
import { parseDuration, parseGoDuration } from '../model/duration.ts';
import type { DurationMs } from '../model/time.ts';
import { allFlags } from './flags.ts';

/** What stood on the command line, by name of the flag. A switch is 'true' or 'false'. */
export type GivenFlags = ReadonlyMap<string, readonly string[]>;

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export class FlagValues {
  readonly problems: string[] = [];
  readonly #given: GivenFlags;

  constructor(given: GivenFlags) {
    this.#given = given;
    for (const { name, repeatable, value } of allFlags) {
      if (value === null) continue;
      if (repeatable !== true && this.all(name).length > 1) this.refuse(name, 'cannot be repeated');
      const taken = this.all(name).find((text) => allFlags.some((flag) => text.split('=', 1)[0] === `--${flag.name}`));
      if (taken !== undefined) this.refuse(name, `needs a value, and ${taken} looks like the next flag`);
    }
  }

  refuse(name: string, why: string): void {
    this.problems.push(`--${name} ${why}`);
  }

  isGiven(name: string): boolean {
    return this.all(name).length > 0;
  }

  all(name: string): readonly string[] {
    return this.#given.get(name) ?? [];
  }

  /** The default when nothing was given; '' when there is none. */
  text(name: string): string {
    return this.all(name).at(-1) ?? allFlags.find((flag) => flag.name === name)?.default ?? '';
  }

  textOrNull(name: string): string | null {
    const text = this.text(name);
    return text === '' ? null : text;
  }

  isOn(name: string): boolean {
    return this.text(name) === 'true';
  }

  choice<const T extends string>(name: string, choices: readonly T[]): T {
    const text = this.text(name);
    const found = choices.find((choice) => choice === text.toLowerCase());
    if (found !== undefined) return found;
    this.refuse(name, `is ${goQuote(text)}: it must be ${orList(choices)}`);
    return choices[0]!;
  }

  /** A whole number; upstream takes what is below 0 for 0, no limit. */
  limit(name: string): number {
    const text = this.text(name);
    const number = Number(text);
    if (/^[-+]?[0-9]+$/.test(text) && Number.isSafeInteger(number)) return Math.max(0, number);
    this.refuse(name, `is ${goQuote(text)}: it must be a whole number`);
    return 0;
  }

  /** In whole milliseconds. */
  duration(name: string, least: 'positive' | 'any'): DurationMs {
    const text = this.text(name);
    const parsed = parseFlagDuration(text);
    if (parsed === null) this.refuse(name, `is ${goQuote(text)}: it must be a duration, as 90s, 15m, 120h or 5d`);
    else if (parsed <= 0 && least === 'positive') this.refuse(name, `is ${goQuote(text)}: it must be longer than 0`);
    return Math.max(0, Math.ceil(parsed ?? 0));
  }

  /** As Prometheus' flags: its own notation alone, 0 included. */
  prometheusDuration(name: string): DurationMs {
    const text = this.text(name);
    const parsed = parseDuration(text);
    if (parsed.ok) return parsed.ms;
    this.refuse(name, `is ${goQuote(text)}: it must be a duration, as 90s, 15m, 1h30m or 5d`);
    return 0;
  }

  ratio(name: string): void {
    const text = this.text(name);
    const number = /^[0-9]*\.?[0-9]+$/.test(text) ? Number(text) : NaN;
    if (!(number > 0 && number <= 1)) this.refuse(name, `is ${goQuote(text)}: it must be greater than 0 and at most 1`);
  }

  address(name: string, text: string): HostPort {
    const parsed = parseHostPort(text);
    if (typeof parsed !== 'string') return parsed;
    this.refuse(name, `is ${goQuote(text)}: ${parsed}`);
    return { host: '', port: 0 };
  }
}

/** As upstream's flags: Go's notation, and days and weeks besides; Prometheus' years too. */
function parseFlagDuration(text: string): DurationMs | null {
  const hours = text.replace(/([0-9]+\.?[0-9]*|\.[0-9]+)([dw])/g, (_, number: string, unit: string) => {
    return `${Number(number) * (unit === 'd' ? 24 : 168)}h`;
  });
  const go = parseGoDuration(hours);
  if (go.ok) return go.ms;
  const prometheus = parseDuration(text);
  return prometheus.ok ? prometheus.ms : null;
}

/** What is wrong, when it is a text. */
function parseHostPort(text: string): HostPort | string {
  if (text.startsWith('vsock://')) return 'vsock is not supported';
  if (text.includes('://')) return 'it must be host:port, not a URL';
  const match = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(text);
  if (match === null) {
    return isIPv6(text)
      ? `an IPv6 address with a port is written [${text}]:9093`
      : 'it must be host:port, as 127.0.0.1:9093 or :9093';
  }
  const [, bracketed, plain, port] = match;
  if (bracketed !== undefined && !isIPv6(bracketed.replace(/%.*$/, '')))
    return 'in brackets there must be an IPv6 address';
  if (!/^[0-9]{1,5}$/.test(port!) || Number(port) > 65535) return 'the port must be a number from 0 to 65535';
  return { host: bracketed ?? plain!, port: Number(port) };
}

const orList = (choices: readonly string[]): string => `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
