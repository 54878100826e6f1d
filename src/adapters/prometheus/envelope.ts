// What stands around the result of an answer: `{"status", "data": {"resultType", "result"}}` and what Prometheus,
// Thanos and VictoriaMetrics put beside it.

export interface Envelope {
  readonly resultType: string;
  readonly result: unknown;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  readonly isPartial: boolean;
  readonly seriesFetched: number | null;
}

export interface ErrorEnvelope {
  readonly errorType: string;
  readonly error: string;
}

/** null when it is neither. */
export function readEnvelope(json: unknown): Envelope | ErrorEnvelope | null {
  if (!isObject(json)) return null;
  if (json['status'] === 'error') return { errorType: textOf(json['errorType']), error: textOf(json['error']) };
  const { status, data } = json;
  if (status !== 'success' || !isObject(data) || typeof data['resultType'] !== 'string') return null;
  const warnings = textsOf(json['warnings']);
  return {
    resultType: data['resultType'],
    result: data['result'],
    warnings,
    infos: textsOf(json['infos']),
    isPartial: isTrue(json['isPartial']) || warnings.some(tellsOfMissing),
    seriesFetched: countOf(json['stats']) ?? countOf(data['stats']),
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** PromQL's own warnings are about the query and come with every answer to it; all others mean that a store was not heard. */
const tellsOfMissing = (warning: string): boolean => !warning.startsWith('PromQL ');

const isTrue = (value: unknown): boolean => value === true || value === 'true';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item: unknown) => typeof item === 'string') : [];

/** VictoriaMetrics gives the number as a string. */
function countOf(stats: unknown): number | null {
  const fetched = isObject(stats) ? stats['seriesFetched'] : undefined;
  const count = typeof fetched === 'string' && /^[0-9]+$/.test(fetched) ? Number(fetched) : fetched;
  return typeof count === 'number' ? count : null;
}
