// Metrics whose values are known elsewhere, as lines of the text format: a collector gives whole families each time
// somebody asks. What is gone by then is not in the answer, so nothing has to be forgotten.

/** What follows the name in a line, `{rule_group="a;b"}` or `_sum{…}` or nothing, and the value. */
export type MetricLine = readonly [afterName: string, value: number];

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly lines: Iterable<MetricLine>;
}

export type Collector = () => Iterable<Family>;

export const counter = (name: string, help: string, lines: Iterable<MetricLine>): Family => ({
  ...{ name, help, lines },
  type: 'counter',
});

export const gauge = (name: string, help: string, lines: Iterable<MetricLine>): Family => ({
  ...{ name, help, lines },
  type: 'gauge',
});

/** A family of one series without labels. */
export const single = (value: number): readonly MetricLine[] => [['', value]];

export function labelText(labels: readonly (readonly [name: string, value: string])[]): string {
  return `{${labels.map(([name, value]) => `${name}="${escape(value)}"`).join(',')}}`;
}

/** Labels with more of them at the end. */
export function withLabels(text: string, labels: readonly (readonly [name: string, value: string])[]): string {
  const more = labelText(labels);
  return text === '' ? more : `${text.slice(0, -1)},${more.slice(1)}`;
}

export function printFamilies(families: Iterable<Family>): string {
  let text = '';
  for (const { name, help, type, lines } of families) {
    text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
    for (const [afterName, value] of lines) text += `${name}${afterName} ${valueText(value)}\n`;
  }
  return text;
}

function valueText(value: number): string {
  if (Number.isFinite(value)) return `${value}`;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

const escape = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
