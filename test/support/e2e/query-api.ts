// What tests ask of a store: as Prometheus' API gives it, by the labels of the series.

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [at: number, value: string];
  readonly values?: readonly (readonly [at: number, value: string])[];
}

/** `value` of each series of an instant query, by its labels. */
export async function valuesNow(url: string, query: string): Promise<ReadonlyMap<string, string>> {
  // VictoriaMetrics would answer from its cache otherwise.
  const result = await ask(`${url}/api/v1/query`, { query, nocache: '1' });
  return new Map(result.map(({ metric, value }) => [labelsText(metric), value![1]]));
}

/** `at value` of every sample as it is stored, with `at` in milliseconds; markers of ends are not among them. */
export async function storedSamples(
  url: string,
  query: string,
  from: number,
  to: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const range = `${query}[${to - from}ms]`;
  return byLabels(await ask(`${url}/api/v1/query`, { query: range, time: String(to / 1000) }));
}

/** `at value` at every step, where the series is alive. */
export async function seenAtSteps(
  url: string,
  query: string,
  window: { readonly from: number; readonly to: number; readonly step: number },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { from, to, step } = window;
  const form = { query, start: String(from / 1000), end: String(to / 1000), step: String(step / 1000) };
  return byLabels(await ask(`${url}/api/v1/query_range`, form));
}

/** Names sorted: the same text for the same labels. */
export const labelsText = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));

function byLabels(result: readonly Result[]): ReadonlyMap<string, readonly string[]> {
  const texts = result.map(({ metric, values = [] }): [string, readonly string[]] => [
    labelsText(metric),
    values.map(([at, value]) => `${Math.round(at * 1000)} ${value}`),
  ]);
  return new Map(texts.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function ask(url: string, form: Readonly<Record<string, string>>): Promise<readonly Result[]> {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${form['query']} was answered ${answer.status}: ${text}`);
  return (JSON.parse(text) as { readonly data: { readonly result: readonly Result[] } }).data.result;
}
