// The recorded request cases of test/api/cases.json: their form, how a step becomes a request, and how an
// answer is held against what a real Alertmanager gave. In expected texts `<time>`, `<uuid>` and `<any>` stand
// for what differs from run to run; `{{name}}` is a value captured from an earlier answer.

export interface CaseFile {
  /** The alertmanager.yml every story runs under. */
  readonly config: string;
  readonly stories: readonly Story[];
}

/** Steps against one fresh server, in order. */
export interface Story {
  readonly title: string;
  /** `engine` stories need the real one behind the port: grouping, update rules. */
  readonly needs: 'http' | 'engine';
  readonly steps: readonly Step[];
}

export interface Step {
  readonly title: string;
  readonly request: StepRequest;
  /** Where to find a value for later steps, as `silenceID` of the answer. */
  readonly capture?: { readonly name: string; readonly member: string };
  /** The real server needs a moment before this step (its dispatcher is asynchronous). */
  readonly pauseMs?: number;
  readonly recorded: Expected;
  /** Where we answer otherwise on purpose. */
  readonly ours?: Expected & { readonly why: string };
}

export interface StepRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

export interface Expected {
  readonly status: number;
  /** The content type without parameters; null when there is none. */
  readonly type: string | null;
  readonly body: ExpectedBody;
}

export type ExpectedBody = { readonly json: unknown } | { readonly text: string };

export interface Got {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

export type Captured = Map<string, string>;

/** The text of cases.json, which is ours and taken at its word. */
export const readCases = (text: string): CaseFile => JSON.parse(text) as CaseFile;

/** Sends one step; a connection that ends without an answer is status 0. */
export async function send(base: string, step: Omit<Step, 'recorded'>, captured: Captured): Promise<Got> {
  const { request } = step;
  const body = request.text ?? (request.json === undefined ? undefined : JSON.stringify(request.json));
  const init: RequestInit = { method: request.method, redirect: 'manual' };
  init.headers = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...request.headers };
  if (body !== undefined) init.body = new TextEncoder().encode(fill(body, captured));
  let response: Response;
  try {
    response = await fetch(base + fill(request.path, captured), init);
  } catch {
    return { status: 0, type: null, text: '' };
  }
  const text = await response.text();
  if (step.capture !== undefined) {
    const answer: unknown = JSON.parse(text);
    const value: unknown =
      typeof answer === 'object' && answer !== null ? Reflect.get(answer, step.capture.member) : null;
    if (typeof value === 'string') captured.set(step.capture.name, value);
  }
  const type = response.headers.get('content-type')?.split(';')[0] ?? null;
  return { status: response.status, type, text: text.replace(/\bbut \[([A-Z,]+)\] are/, sortedMethods) };
}

/** null when the answer is as expected, else what differs. */
export function difference(expected: Expected, got: Got, captured: Captured): string | null {
  const told = `${got.status} ${got.type} ${got.text.slice(0, 600)}`;
  if (got.status !== expected.status) return `status ${expected.status} expected, got ${told}`;
  if (got.type !== expected.type) return `type ${expected.type} expected, got ${told}`;
  if ('text' in expected.body) {
    const want = expected.body.text;
    return sameText(want, got.text, captured) ? null : `text ${JSON.stringify(want)} expected, got ${told}`;
  }
  let value: unknown;
  try {
    value = JSON.parse(got.text);
  } catch {
    return `JSON expected, got ${told}`;
  }
  return sameValue(expected.body.json, value, captured)
    ? null
    : `body ${JSON.stringify(expected.body.json)} expected, got ${told}`;
}

/** An answer as it is kept in the file: what changes from run to run becomes a placeholder. */
export function recordingOf(got: Got, captured: Captured): Expected {
  const { status, type } = got;
  if (type !== 'application/json') return { status, type, body: { text: loosen(got.text, captured) } };
  return { status, type, body: got.text === '' ? { text: '' } : { json: loosenAll(JSON.parse(got.text), captured) } };
}

/** Upstream lists the allowed methods in no order. */
const sortedMethods = (_whole: string, list: string): string => `but [${list.split(',').toSorted().join(',')}] are`;

function fill(text: string, captured: Captured): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => captured.get(name) ?? whole);
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** A time near now: requests speak of other years. */
const year = new Date().getUTCFullYear();
const TIME = new RegExp(`(?:${year}|${year + 1})-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z`, 'g');
const PLACEHOLDER: Readonly<Record<string, string>> = {
  '<time>': '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z',
  '<uuid>': '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  '<any>': '[^]*',
};

function sameText(pattern: string, actual: string, captured: Captured): boolean {
  const parts = fill(pattern, captured).split(/(<time>|<uuid>|<any>)/);
  if (parts.length === 1) return parts[0] === actual;
  const source = parts.map((part) => PLACEHOLDER[part] ?? RegExp.escape(part)).join('');
  return new RegExp(`^${source}$`).test(actual);
}

function sameValue(expected: unknown, actual: unknown, captured: Captured): boolean {
  if (expected === '<any>') return actual !== undefined;
  if (typeof expected === 'string') return typeof actual === 'string' && sameText(expected, actual, captured);
  if (typeof expected !== 'object' || expected === null) return expected === actual;
  if (typeof actual !== 'object' || actual === null || Array.isArray(expected) !== Array.isArray(actual)) return false;
  const want = Object.entries(expected);
  const have = new Map<string, unknown>(Object.entries(actual));
  return (
    want.length === have.size &&
    want.every(([key, value]) => have.has(key) && sameValue(value, have.get(key), captured))
  );
}

function loosen(text: string, captured: Captured): string {
  let out = text;
  for (const [name, value] of captured) out = out.replaceAll(value, `{{${name}}}`);
  out = out.replaceAll(UUID, (id) => (id.startsWith('11111111-') ? id : '<uuid>')).replaceAll(TIME, '<time>');
  return out.replace(/(failed, because |invalid regular expression "[^"]*": |error parsing regexp: )[^]*$/, '$1<any>');
}

function loosenAll(value: unknown, captured: Captured): unknown {
  if (typeof value === 'string') return loosen(value, captured);
  if (Array.isArray(value)) return value.map((item) => loosenAll(item, captured));
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).map(([key, item]): [string, unknown] =>
    key === 'original' || key === 'versionInfo' ? [key, '<any>'] : [key, loosenAll(item, captured)],
  );
  return Object.fromEntries(pairs);
}
