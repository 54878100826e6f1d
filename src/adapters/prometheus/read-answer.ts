// What came back over HTTP, judged: a vector, or why it is none. A source that says the question is wrong, one that is
// not well, and something that is no such source at all are told apart, because each is for somebody else to mend.
import { isAscii } from 'node:buffer';
import type { Vector } from '../../model/sample.ts';
import { spoken } from '../../outbound/answer-text.ts';
import type { AnswerFailure } from '../../ports/data-source.ts';
import type { Downloaded, DownloadedAnswer } from '../http-download.ts';
import { readEnvelope, type Envelope, type ErrorEnvelope } from './envelope.ts';
import { RecentMap } from '../../model/recent-map.ts';
import { readScalar, readVector } from './vector-json.ts';
import { scanVector, type KnownMetrics } from './vector-scan.ts';

export interface Limits {
  readonly maxBytes: number;
  readonly maxSeries: number;
}

export interface Fault {
  readonly kind: 'failure';
  readonly reason: AnswerFailure;
  readonly message: string;
}

export interface ReadVector extends Omit<Envelope, 'result' | 'resultType'> {
  readonly kind: 'vector';
  readonly vector: Vector;
  readonly metrics: KnownMetrics;
}

/** `known` are the metrics of the last answer to the same question. */
export function readAnswer(
  { status, body }: DownloadedAnswer,
  limits: Limits,
  known: KnownMetrics,
): ReadVector | Fault {
  if (status !== 200) return readRefusal(status, body);
  if (body.end === 'too large') return fault('too large', `the answer is larger than ${limits.maxBytes} bytes`);
  if (body.end === 'undecodable') return fault('not an answer', 'the answer is not what its content-encoding says');
  const text = isAscii(body.bytes) ? body.bytes.toString('latin1') : body.bytes.toString();
  return readScanned(text, limits, known) ?? readJson(text, limits, known);
}

function readScanned(text: string, limits: Limits, known: KnownMetrics): ReadVector | Fault | null {
  const scanned = scanVector(text, known, limits.maxSeries);
  if (scanned === 'too many') return tooMany(limits);
  const envelope = scanned === null ? null : frameOf(scanned.frame);
  if (scanned === null || envelope === null || isError(envelope)) return null;
  const { resultType, result, ...beside } = envelope;
  // The list that was scanned must have been this one.
  if (resultType !== 'vector' || !Array.isArray(result) || result.length > 0) return null;
  return { kind: 'vector', vector: scanned.samples, metrics: scanned.metrics, ...beside };
}

/** Without its samples one answer is like another. */
const frames = new RecentMap<string, ReturnType<typeof readEnvelope>>(100);
const LONGEST_FRAME = 500;

function frameOf(text: string): ReturnType<typeof readEnvelope> {
  let frame = frames.get(text);
  if (frame !== undefined) return frame;
  frame = readEnvelope(parsed(text));
  // A slice would keep the whole answer in memory.
  if (text.length <= LONGEST_FRAME) frames.set(Buffer.from(text).toString(), frame);
  return frame;
}

function readJson(text: string, limits: Limits, known: KnownMetrics): ReadVector | Fault {
  const json = parsed(text);
  if (json === undefined) return notAnAnswer('no JSON', text);
  const envelope = readEnvelope(json);
  if (envelope === null) return notAnAnswer('not that of a query API', text);
  if (isError(envelope)) return readError(200, envelope);
  const { resultType, result, ...beside } = envelope;
  if (resultType !== 'vector' && resultType !== 'scalar') {
    const kind = ['matrix', 'string'].includes(resultType) ? resultType : 'unknown kind of result';
    return notAnAnswer(`a ${kind}, where a vector or scalar is wanted`, text);
  }
  if (Array.isArray(result) && result.length > limits.maxSeries) return tooMany(limits);
  const vector = resultType === 'vector' ? readVector(result) : readScalar(result);
  return vector === null
    ? notAnAnswer(`no ${resultType}, as it says`, text)
    : { kind: 'vector', vector, metrics: known, ...beside };
}

/** A status other than 200. */
function readRefusal(status: number, body: Downloaded): Fault {
  const text = body.end === 'undecodable' ? '' : body.bytes.subarray(0, LONGEST_REFUSAL).toString();
  const envelope = readEnvelope(parsed(text));
  if (envelope !== null && isError(envelope)) return readError(status, envelope);
  const said = text === '' ? '' : `: ${excerpt(text)}`;
  const reason = reasonOf(status, '') ?? 'not an answer';
  if (status >= 300 && status < 400) {
    const rule = 'redirects are followed three times, within the same origin, and if follow_redirects is on';
    return fault(reason, `the source answered ${status}: ${rule}`);
  }
  return fault(reason, `the source answered ${status}${said}`);
}

const LONGEST_REFUSAL = 64 * 1024;

function readError(status: number, { errorType, error }: ErrorEnvelope): Fault {
  const said = [errorType, error].filter((part) => part !== '').join(': ');
  const reason = reasonOf(status, errorType) ?? 'not an answer';
  return fault(reason, `the source answered ${status}: ${shortened(said, LONGEST_ERROR)}`);
}

const LONGEST_ERROR = 1000;

/** The error's type decides where it is one of Prometheus', the status where it is not. */
function reasonOf(status: number, errorType: string): AnswerFailure | null {
  if (status === 401 || status === 403) return 'unauthorised';
  switch (errorType) {
    case 'timeout':
      return 'timeout';
    case 'bad_data':
    case 'execution':
      return 'bad query';
    case 'canceled':
    case 'internal':
    case 'unavailable':
      return 'unavailable';
  }
  if (status === 400 || status === 422) return 'bad query';
  return status === 408 || status === 429 || status >= 500 ? 'unavailable' : null;
}

const isError = (envelope: Envelope | ErrorEnvelope): envelope is ErrorEnvelope => 'errorType' in envelope;

const fault = (reason: AnswerFailure, message: string): Fault => ({ kind: 'failure', reason, message });

const tooMany = ({ maxSeries }: Limits): Fault => fault('too large', `the answer has more than ${maxSeries} series`);

const notAnAnswer = (what: string, text: string): Fault =>
  fault('not an answer', `the answer is ${what}: ${excerpt(text)}`);

const LONGEST_EXCERPT = 200;

const excerpt = (text: string): string => (text === '' ? 'it is empty' : shortened(text, LONGEST_EXCERPT));

/** At most so many bytes, on one line. */
function shortened(text: string, most: number): string {
  // `stream` leaves out a character that the end cuts in two.
  return new TextDecoder().decode(Buffer.from(spoken(text, most)).subarray(0, most), { stream: true });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
