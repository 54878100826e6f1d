// One request over one line, whichever that is, until its answer is there, is more than was wanted, or is not wanted
// any more.
import type { AnswerTaker } from './http-answer.ts';

/** A way for requests to go and answers to come. */
export interface Line {
  /** Throws when there is something wrong with the request; whatever else goes wrong, the taker hears. */
  dispatch(sending: Sending, taker: AnswerTaker): void;
}

export interface Sending {
  /** `http://host:port` */
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string[]>;
  readonly body: string | Uint8Array | null;
  /** Nothing is the worse for arriving twice. */
  readonly mayRepeat: boolean;
}

/** How an answer is wanted. */
export interface Wanted {
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  /** What came before it broke off is enough. */
  readonly isShort: boolean;
}

export interface Answered {
  readonly kind: 'answer';
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  /** At most as many as were wanted. */
  readonly bytes: Buffer;
  readonly end: 'whole' | 'too large';
}

/** `started` is called right before the request is written to a connection. */
export async function exchange(line: Line, sending: Sending, wanted: Wanted, started: () => void): Promise<Answered> {
  const { signal } = wanted;
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  const taker = new Taker(wanted, { started, resolve, reject });
  // No line hears the signal, and none would while there is no connection.
  const giveUp = (): void => taker.giveUp();
  signal.addEventListener('abort', giveUp);
  try {
    line.dispatch(sending, taker);
    return await promise;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

interface Listener {
  started(): void;
  resolve(answer: Answered): void;
  reject(error: unknown): void;
}

/** Takes one answer. Whoever settles first has the last word. */
class Taker implements AnswerTaker {
  readonly #wanted: Wanted;
  readonly #listener: Listener;
  readonly #chunks: Buffer[] = [];
  #stop: (error: Error) => void = () => {};
  #status = 0;
  #headers: ReadonlyMap<string, string> = new Map();
  #size = 0;

  constructor(wanted: Wanted, listener: Listener) {
    this.#wanted = wanted;
    this.#listener = listener;
  }

  get isWanted(): boolean {
    return !this.#wanted.signal.aborted;
  }

  giveUp(): void {
    this.failed(this.#wanted.signal.reason);
    this.#stop(asError(this.#wanted.signal.reason));
  }

  started(stop: (error: Error) => void): void {
    this.#stop = stop;
    if (this.isWanted) this.#listener.started();
    else stop(asError(this.#wanted.signal.reason));
  }

  head(status: number, headers: ReadonlyMap<string, string>): void {
    this.#status = status;
    this.#headers = headers;
    const { isShort, maxBytes } = this.#wanted;
    if (!isShort && Number(headers.get('content-length')) > maxBytes) this.#endEarly();
  }

  data(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    if (this.#size > this.#wanted.maxBytes) this.#endEarly();
  }

  end(): void {
    this.#finish('whole');
  }

  failed(error: unknown): void {
    if (this.#wanted.isShort && this.#status > 0) this.#finish('whole');
    else this.#listener.reject(error);
  }

  #endEarly(): void {
    this.#finish('too large');
    this.#stop(new Error('more than is wanted'));
  }

  #finish(end: Answered['end']): void {
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#size);
    const bytes = all.subarray(0, this.#wanted.maxBytes);
    this.#listener.resolve({ kind: 'answer', status: this.#status, headers: this.#headers, bytes, end });
  }
}

const asError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('aborted', { cause: reason });
