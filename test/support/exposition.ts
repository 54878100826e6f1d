// The Prometheus text format, read strictly: every sample belongs to the family announced last, nothing comes twice.

export interface Family {
  readonly type: string;
  /** By the line without its value: `name{a="b"}`. */
  readonly samples: Map<string, number>;
}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

export function readExposition(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, Family>();
  let current = '';
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line);
    const sample = /^([a-z0-9_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})? (\S+)$/.exec(line);
    if (type !== null) {
      current = type[1]!;
      if (families.has(current)) throw new Error(`${current} comes twice`);
      families.set(current, { type: type[2]!, samples: new Map() });
    } else if (sample !== null) {
      const [, name, labels = '', value] = sample;
      const { samples, type: kind } = families.get(current)!;
      if (!(SUFFIXES[kind] ?? ['']).some((suffix) => name === current + suffix)) {
        throw new Error(`${name} is not of ${current}`);
      }
      if (samples.has(name + labels)) throw new Error(`${line} comes twice`);
      samples.set(name + labels, value === '+Inf' ? Infinity : Number(value));
    } else if (!line.startsWith('# HELP ')) throw new Error(`not the text format: ${line}`);
  }
  return families;
}

export const valuesOf = (text: string): ReadonlyMap<string, number> =>
  new Map([...readExposition(text).values()].flatMap(({ samples }) => [...samples]));

/** Of all samples of a family, sorted; without the ones its type brings along. */
export function labelNames({ samples }: Family): readonly string[] {
  const names = new Set<string>();
  for (const sample of samples.keys()) {
    for (const [, name] of sample.matchAll(/[{,]([a-z_]+)="(?:[^"\\]|\\.)*"/g)) names.add(name!);
  }
  for (const own of ['le', 'quantile', 'vmrange']) names.delete(own);
  return [...names].toSorted();
}
