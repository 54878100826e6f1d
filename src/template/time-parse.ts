// Reads a time by a Go layout. Complaints are Go's, word for word. What the text leaves open is taken from
// the zero time, and a time without a zone is UTC.
import { layoutParts, MONTHS, WEEKDAYS, type LayoutPart } from './time-layout.ts';
import { quoteBytes } from '../model/duration.ts';
import { daysInMonth, daysOf } from '../model/civil.ts';
import { momentOf, type GoTime } from './time.ts';
import { fixedZone, UTC, type Zone } from './zone.ts';

export type ParsedTime =
  | { readonly ok: true; readonly time: GoTime }
  | { readonly ok: false; readonly message: string };

export function parseTime(layout: string, text: string): ParsedTime {
  const reader = new Reader(layout, text);
  try {
    return { ok: true, time: reader.read() };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, message: error.message };
    throw error;
  }
}

class Refusal extends Error {}
/** A field whose digits are well formed but no such hour exists. */
class OutOfRange extends Error {}
class BadField extends Error {}

class Reader {
  readonly #layout: string;
  readonly #text: string;
  #rest: string;
  #year = 0;
  #month = 0;
  #day = 0;
  #yearDay = 0;
  #hour = 0;
  #minute = 0;
  #second = 0;
  #nanos = 0;
  #pm: boolean | null = null;
  #zone: Zone | null = null;
  #offset: number | null = null;
  #zoneName = '';

  constructor(layout: string, text: string) {
    this.#layout = layout;
    this.#text = text;
    this.#rest = text;
  }

  read(): GoTime {
    const parts = layoutParts(this.#layout);
    parts.forEach((part, i) => {
      if (part.kind === 'literal') this.#literal(part.text);
      else this.#field(part, parts[i + 1]);
    });
    if (this.#rest !== '') throw this.#refuse(`: extra text: ${quoteBytes(this.#rest)}`);
    return this.#moment();
  }

  #field(part: LayoutPart, next: LayoutPart | undefined): void {
    const hold = this.#rest;
    try {
      if (part.kind === 'fraction') this.#fraction(part.digits, part.trim);
      else this.#standard(part.text, next);
    } catch (error) {
      if (error instanceof OutOfRange) throw this.#refuse(`: ${error.message} out of range`);
      if (error instanceof BadField) throw this.#cannotParse(hold, part.text);
      throw error;
    }
  }

  #refuse(complaint: string): Refusal {
    return new Refusal(`parsing time ${quoteBytes(this.#text)}${complaint}`);
  }

  #cannotParse(value: string, element: string): Refusal {
    const as = `as ${quoteBytes(this.#layout)}: cannot parse ${quoteBytes(value)} as ${quoteBytes(element)}`;
    return new Refusal(`parsing time ${quoteBytes(this.#text)} ${as}`);
  }

  /** A run of spaces in the layout matches any run of spaces. */
  #literal(text: string): void {
    let value = this.#rest;
    let prefix = text;
    while (prefix !== '') {
      if (prefix.startsWith(' ')) {
        if (value !== '' && !value.startsWith(' ')) throw this.#cannotParse(value, prefix);
        prefix = prefix.replace(/^ +/, '');
        value = value.replace(/^ +/, '');
        continue;
      }
      if (value === '' || value[0] !== prefix[0]) throw this.#cannotParse(value, prefix);
      prefix = prefix.slice(1);
      value = value.slice(1);
    }
    this.#rest = value;
  }

  #standard(text: string, next: LayoutPart | undefined): void {
    switch (text) {
      case '2006':
        this.#year = this.#take(/^[0-9]{4}/);
        break;
      case '06': {
        const short = this.#take(/^[0-9]{2}/);
        this.#year = short + (short >= 69 ? 1900 : 2000);
        break;
      }
      case 'January':
        this.#month = this.#name(MONTHS) + 1;
        break;
      case 'Jan':
        this.#month = this.#name(MONTHS.map((name) => name.slice(0, 3))) + 1;
        break;
      case '1':
      case '01':
        this.#month = this.#number(text === '01');
        if (this.#month < 1 || this.#month > 12) throw new OutOfRange('month');
        break;
      case 'Monday':
        this.#name(WEEKDAYS);
        break;
      case 'Mon':
        this.#name(WEEKDAYS.map((name) => name.slice(0, 3)));
        break;
      case '2':
      case '_2':
      case '02':
        if (text === '_2' && this.#rest.startsWith(' ')) this.#rest = this.#rest.slice(1);
        this.#day = this.#number(text === '02');
        break;
      case '__2':
      case '002':
        if (text === '__2') this.#rest = this.#rest.replace(/^ {1,2}/, '');
        this.#yearDay = this.#take(text === '002' ? /^[0-9]{3}/ : /^[0-9]{1,3}/);
        break;
      case '15':
        this.#hour = this.#ranged(false, 23, 'hour');
        break;
      case '3':
      case '03':
        this.#hour = this.#ranged(text === '03', 12, 'hour');
        break;
      case '4':
      case '04':
        this.#minute = this.#ranged(text === '04', 59, 'minute');
        break;
      case '5':
      case '05':
        this.#second = this.#ranged(text === '05', 59, 'second');
        // A fraction may follow the seconds although the layout has none.
        if (next?.kind !== 'fraction' && /^[.,][0-9]/.test(this.#rest)) this.#fraction(9, true);
        break;
      case 'PM':
      case 'pm':
        this.#pm = this.#half(text);
        break;
      case 'MST':
        this.#abbreviation();
        break;
      default:
        this.#numericZone(text);
    }
  }

  #take(shape: RegExp): number {
    const found = shape.exec(this.#rest);
    if (found === null) throw new BadField();
    this.#rest = this.#rest.slice(found[0].length);
    return Number(found[0]);
  }

  #number(fixed: boolean): number {
    return this.#take(fixed ? /^[0-9]{2}/ : /^[0-9]{1,2}/);
  }

  #ranged(fixed: boolean, most: number, what: string): number {
    const value = this.#number(fixed);
    if (value > most) throw new OutOfRange(what);
    return value;
  }

  #name(names: readonly string[]): number {
    const at = names.findIndex((name) => this.#rest.slice(0, name.length).toLowerCase() === name.toLowerCase());
    if (at < 0) throw new BadField();
    this.#rest = this.#rest.slice(names[at]!.length);
    return at;
  }

  #half(text: string): boolean {
    const found = this.#rest.slice(0, 2);
    const [am, pm] = text === 'PM' ? ['AM', 'PM'] : ['am', 'pm'];
    if (found !== am && found !== pm) throw new BadField();
    this.#rest = this.#rest.slice(2);
    return found === pm;
  }

  #fraction(digits: number, optional: boolean): void {
    const found = optional ? /^[.,][0-9]{1,9}[0-9]*/.exec(this.#rest) : /^[.,][0-9]+/.exec(this.#rest);
    if (found === null) {
      if (optional) return;
      throw new BadField();
    }
    const shown = optional ? found[0] : found[0].slice(0, digits + 1);
    if (!optional && shown.length !== digits + 1) throw new BadField();
    this.#rest = this.#rest.slice(shown.length);
    this.#nanos = Number(shown.slice(1, 10).padEnd(9, '0'));
  }

  #numericZone(text: string): void {
    if (text.startsWith('Z') && this.#rest.startsWith('Z')) {
      this.#rest = this.#rest.slice(1);
      this.#zone = UTC;
      return;
    }
    const colon = text.includes(':') ? ':' : '';
    const digits = text.replace(/[^0-9]/g, '').length / 2;
    const shape = new RegExp(`^([-+])${Array.from({ length: digits }, () => '([0-9]{2})').join(colon)}`);
    const found = shape.exec(this.#rest);
    if (found === null) throw new BadField();
    const [, sign, hours, minutes = '0', seconds = '0'] = found;
    if (Number(hours) > 24) throw new OutOfRange('time zone offset hour');
    if (Number(minutes) > 60) throw new OutOfRange('time zone offset minute');
    if (Number(seconds) > 60) throw new OutOfRange('time zone offset second');
    this.#rest = this.#rest.slice(found[0].length);
    const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    this.#offset = sign === '-' ? -size : size;
  }

  #abbreviation(): void {
    if (this.#rest.startsWith('UTC')) {
      this.#zone = UTC;
      this.#rest = this.#rest.slice(3);
      return;
    }
    const found = /^(?:ChST|MeST|GMT(?:[-+][0-9]{1,2})?|[-+][0-9]{2,4}|[A-Z]{3,5})(?![A-Z])/.exec(this.#rest);
    if (found === null || (/^[A-Z]{5}$/.test(found[0]) && !found[0].endsWith('T'))) throw new BadField();
    if (/^[A-Z]{4}$/.test(found[0]) && !found[0].endsWith('T') && found[0] !== 'WITA') throw new BadField();
    this.#zoneName = found[0];
    this.#rest = this.#rest.slice(found[0].length);
  }

  #moment(): GoTime {
    if (this.#pm === true && this.#hour < 12) this.#hour += 12;
    else if (this.#pm === false && this.#hour === 12) this.#hour = 0;
    const days = this.#days();
    const local = days * 86_400 + this.#hour * 3600 + this.#minute * 60 + this.#second;
    if (this.#zone !== null) return momentOf(local, this.#nanos, this.#zone);
    if (this.#offset !== null) {
      const zone = this.#offset === 0 && this.#zoneName === '' ? UTC : fixedZone(this.#zoneName, this.#offset);
      return momentOf(local, this.#nanos, zone);
    }
    if (this.#zoneName === '') return momentOf(local, this.#nanos, UTC);
    // An abbreviation alone says nothing: Go makes up a zone of that name at offset 0, GMT+3 apart.
    const shift = /^GMT([-+][0-9]+)$/.exec(this.#zoneName);
    return momentOf(local, this.#nanos, fixedZone(this.#zoneName, shift === null ? 0 : Number(shift[1]) * 3600));
  }

  #days(): number {
    const isLeap = daysInMonth(this.#year, 2) === 29;
    if (this.#yearDay > 0) {
      if (this.#yearDay > (isLeap ? 366 : 365)) throw this.#refuse(': day-of-year out of range');
      const days = daysOf(this.#year, 1, this.#yearDay);
      const monthStart = this.#month > 0 ? daysOf(this.#year, this.#month, 1) : days;
      if (days < monthStart) throw this.#refuse(': day-of-year does not match month');
      return days;
    }
    const month = this.#month || 1;
    const day = this.#day || (this.#sawDay() ? 0 : 1);
    if (day < 1 || day > daysInMonth(this.#year, month)) throw this.#refuse(': day out of range');
    return daysOf(this.#year, month, day);
  }

  #sawDay(): boolean {
    return layoutParts(this.#layout).some((part) => part.kind === 'std' && /^(?:2|_2|02)$/.test(part.text));
  }
}
