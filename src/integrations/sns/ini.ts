// The files ~/.aws/config and ~/.aws/credentials, as AWS's library for Go reads them: what is no line of the format is
// passed over, and a section that comes twice is one.
export interface IniValue {
  readonly text: string;
  /** `FILE:LINE` */
  readonly at: string;
  /** The indented lines under a key without a value. */
  readonly nested: ReadonlyMap<string, string>;
}

export type IniSection = ReadonlyMap<string, IniValue>;

interface Reading {
  readonly sections: Map<string, Map<string, IniValue>>;
  section: Map<string, IniValue> | null;
  /** The key that indented lines go on with. */
  key: string;
}

export function parseIni(file: string, text: string): ReadonlyMap<string, IniSection> {
  const reading: Reading = { sections: new Map(), section: null, key: '' };
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((line, index) => readLine(reading, line, `${file}:${index + 1}`));
  return reading.sections;
}

function readLine(reading: Reading, line: string, at: string): void {
  if (/^\s*([#;]|$)/.test(line)) return;
  const name = sectionName(line);
  if (name !== null) {
    reading.section = reading.sections.get(name) ?? new Map<string, IniValue>();
    reading.sections.set(name, reading.section);
    reading.key = '';
  } else if (reading.section !== null) {
    readEntry(reading, reading.section, { line, at });
  }
}

/** Of `[profile  x] ; comment`: `profile x`. */
function sectionName(line: string): string | null {
  const inner = /^\s*\[([^#;]*)\]\s*(?:[#;].*)?$/.exec(line)?.[1]?.trim();
  return inner === undefined ? null : inner.replace(/[ \t]+/, ' ');
}

function readEntry(
  reading: Reading,
  section: Map<string, IniValue>,
  { line, at }: { readonly line: string; readonly at: string },
): void {
  const before = section.get(reading.key);
  const isIndented = /^[ \t]/.test(line);
  if (!isIndented || before === undefined || before.text !== '') {
    const entry = keyAndValue(line.replace(/[ \t][#;].*$/, ''));
    if (entry !== null) {
      reading.key = entry[0];
      section.set(entry[0], { text: entry[1], at, nested: new Map() });
    } else if (isIndented && before !== undefined) {
      section.set(reading.key, { ...before, text: `${before.text}\n${line.trim()}` });
    }
    return;
  }
  const entry = keyAndValue(line);
  if (entry !== null) section.set(reading.key, { ...before, nested: new Map([...before.nested, entry]) });
}

function keyAndValue(line: string): readonly [string, string] | null {
  const split = /^([^=:]*)[=:](.*)$/s.exec(line);
  if (split === null) return null;
  const value = split[2]!.trim();
  return [split[1]!.trim().toLowerCase(), /^(['"])(.*)\1$/s.exec(value)?.[2] ?? value];
}
