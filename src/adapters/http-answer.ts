// The bytes of one HTTP/1.1 answer, piece by piece as a connection gives them, to head, body and end. Strict: where an
// answer may end is the only thing that keeps it apart from the next, so what is not spelled as it must be is no answer.
// Answers before the final one (1xx) are passed over. Of HEAD requests and upgrades it knows nothing: nobody asks so.

/** Who takes an answer as it comes. After `end` or `failed` nothing comes any more. */
export interface AnswerTaker {
  readonly isWanted: boolean;
  /** The request is about to be written; `stop` breaks the exchange off. */
  started(stop: (error: Error) => void): void;
  /** Lower-case names. */
  head(status: number, headers: ReadonlyMap<string, string>): void;
  /** Bytes of its own. */
  data(bytes: Buffer): void;
  end(): void;
  failed(error: unknown): void;
}

type State = 'head' | 'length' | 'until closed' | 'chunk size' | 'chunk' | 'chunk end' | 'trailer' | 'whole';

const LARGEST_HEADERS = 256 * 1024;
const LONGEST_CHUNK_LINE = 4096;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5][0-9][0-9])(?: [^\r\n\0]*)?(?:\r\n|$)/;
/** Names that are tokens, and no half line break nor NUL in a value. One look at all of them costs as much as at one. */
const HEADERS = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*(?:\r\n|$))*$/;

export class AnswerReader {
  readonly #taker: Pick<AnswerTaker, 'head' | 'data'>;
  #state: State = 'head';
  /** What came of a head or line that is not all there. */
  #begun = '';
  /** Of the body, or of the chunk. */
  #left = 0;
  #headers: ReadonlyMap<string, string> = new Map();
  #stays = false;
  #isTouched = false;

  constructor(taker: Pick<AnswerTaker, 'head' | 'data'>) {
    this.#taker = taker;
  }

  /** Some byte of the answer was there. */
  get isTouched(): boolean {
    return this.#isTouched;
  }

  get isWhole(): boolean {
    return this.#state === 'whole';
  }

  /** How long the connection may be kept for another request; 0 when it may not. Of a whole answer. */
  keptFor(most: number): number {
    if (!this.#stays) return 0;
    const seconds = /(?:^|[,;\s])timeout=(\d{1,9})(?:$|[,;\s])/.exec(this.#headers.get('keep-alive') ?? '')?.[1];
    return seconds === undefined ? most : Math.min(most, Number(seconds) * 1000);
  }

  /** The bytes may be used again when this returns. Throws when they are no answer. */
  read(bytes: Buffer): void {
    this.#isTouched = true;
    let at = 0;
    while (at < bytes.length) {
      switch (this.#state) {
        case 'head':
          at = this.#readHead(bytes, at);
          break;
        case 'length':
        case 'chunk':
          at = this.#readBody(bytes, at);
          break;
        case 'until closed':
          this.#taker.data(Buffer.from(bytes.subarray(at)));
          return;
        case 'whole':
          // Said without being asked: whatever it is, no answer can follow it.
          this.#stays = false;
          return;
        default:
          at = this.#readLine(bytes, at);
      }
    }
  }

  /** The other side says nothing more. Throws when the answer is not whole by that. */
  close(): void {
    if (this.#state !== 'until closed' && this.#state !== 'whole') throw new Error('the answer is cut off');
    this.#state = 'whole';
  }

  #readHead(bytes: Buffer, at: number): number {
    const text = bytes.toString('latin1', at, Math.min(bytes.length, at + LARGEST_HEADERS));
    // Only what is new is searched: a head that drips in must not be read anew with each drop.
    const tail = this.#begun.slice(-3);
    const end = (tail + text).indexOf('\r\n\r\n') - tail.length;
    const isAllThere = end >= -tail.length;
    const head = isAllThere ? (this.#begun + text).slice(0, this.#begun.length + end) : this.#begun + text;
    if (!'HTTP/1.'.startsWith(head.slice(0, 7))) throw new Error('not HTTP');
    if (head.length > LARGEST_HEADERS) throw new Error('too many headers');
    this.#begun = isAllThere ? '' : head;
    if (!isAllThere) return at + text.length;
    this.#understand(head);
    return at + end + 4;
  }

  #understand(head: string): void {
    const [first, minor, digits] = STATUS_LINE.exec(head) ?? [];
    if (first === undefined || digits === undefined) throw new Error('no status line');
    const status = Number(digits);
    if (status === 101) throw new Error('nobody asked for another protocol');
    if (status < 200) return;
    this.#headers = headersOf(head.slice(first.length));
    const connection = (this.#headers.get('connection') ?? '').toLowerCase();
    const words = connection.split(',').map((word) => word.trim());
    this.#stays = minor === '1' ? !words.includes('close') : words.includes('keep-alive');
    this.#state = status === 204 || status === 304 ? 'whole' : this.#framing();
    this.#taker.head(status, this.#headers);
  }

  #framing(): State {
    const coding = this.#headers.get('transfer-encoding');
    const length = this.#headers.get('content-length');
    if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked' || length !== undefined) throw new Error('no telling where it ends');
      return 'chunk size';
    }
    if (length === undefined) {
      this.#stays = false;
      return 'until closed';
    }
    if (!/^[0-9]{1,15}$/.test(length)) throw new Error('no length');
    this.#left = Number(length);
    return this.#left === 0 ? 'whole' : 'length';
  }

  #readBody(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) this.#state = this.#state === 'length' ? 'whole' : 'chunk end';
    this.#taker.data(Buffer.from(bytes.subarray(at, end)));
    return end;
  }

  /** Of what stands between chunks. */
  #readLine(bytes: Buffer, at: number): number {
    const end = bytes.indexOf('\n', at);
    const next = end === -1 ? bytes.length : end + 1;
    this.#begun += bytes.toString('latin1', at, Math.min(next, at + LONGEST_CHUNK_LINE + 1));
    if (this.#begun.length > LONGEST_CHUNK_LINE) throw new Error('a line between chunks is too long');
    if (end === -1) return next;
    const line = this.#begun;
    this.#begun = '';
    if (!line.endsWith('\r\n')) throw new Error('a line between chunks does not end as it must');
    this.#state = this.#afterLine(line.slice(0, -2));
    return next;
  }

  #afterLine(line: string): State {
    if (this.#state === 'trailer') return line === '' ? 'whole' : 'trailer';
    if (this.#state === 'chunk end') {
      if (line !== '') throw new Error('a chunk is longer than it says');
      return 'chunk size';
    }
    const digits = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line)?.[1];
    if (digits === undefined) throw new Error('a chunk does not say how long it is');
    this.#left = Number.parseInt(digits, 16);
    return this.#left === 0 ? 'trailer' : 'chunk';
  }
}

function headersOf(text: string): ReadonlyMap<string, string> {
  if (!HEADERS.test(text)) throw new Error('a header is none');
  const headers = new Map<string, string>();
  for (let at = 0; at < text.length;) {
    const colon = text.indexOf(':', at);
    const found = text.indexOf('\r\n', colon);
    const end = found === -1 ? text.length : found;
    const name = text.slice(at, colon).toLowerCase();
    const value = text.slice(colon + 1, end).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
    at = end + 2;
  }
  return headers;
}
