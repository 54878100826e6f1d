// Plain HTTP/1.1 over sockets that are kept: most of what rules ask and write goes this way, hundreds of times a second.
// At 200 a second a request costs 83 to 104 microseconds of CPU over undici, and 41 to 47 over this. No TLS, no proxy, no
// pipelining.
//
//   waiting    too many go to the same place. -> underway when one of them is done; forgotten when nobody wants it
//   opening    no byte has left.              -> underway when it is open; failed when it does not open
//   underway   an answer is due.              -> kept when it is whole and the connection may stay; else closed
//   kept       nobody asks.                   -> underway with the next request; closed when the other side closes it
//
// The other side may close a kept connection just as a request leaves. One that was answered by no byte is then sent
// once more, over a new connection, if it may be sent twice; else only connections used a moment ago are used for it.
// No timer looks after kept ones: those that are too old are seen when somebody asks, of whomever.
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { DurationMs } from '../model/time.ts';
import { AnswerReader, type AnswerTaker } from './http-answer.ts';
import type { Line, Sending } from './http-exchange.ts';

const CONNECT_TIMEOUT_MS: DurationMs = 10_000;
/** To one peer: a burst waits its turn rather than use up the file descriptors. */
const MOST_CONNECTIONS = 256;
/** What is unused for a minute or more is closed by servers and by what stands between. */
const LONGEST_KEPT_MS: DurationMs = 45_000;
/** For what must not be sent twice. */
const LONGEST_SURE_MS: DurationMs = 4000;
/** So long before the other side would close it, it is not used any more. */
const MARGIN_MS: DurationMs = 1000;
/** An answer of a hundred series in one piece. Each connection has its own: on some systems reads overlap. */
const READ_BYTES = 32 * 1024;

interface Exchange {
  readonly request: string | Uint8Array;
  readonly mayRepeat: boolean;
  readonly taker: AnswerTaker;
}

export class PlainLine implements Line {
  readonly #peers = new Map<string, Peer>();
  #prunedAt = 0;

  dispatch(sending: Sending, taker: AnswerTaker): void {
    const exchange = { request: requestOf(sending), mayRepeat: sending.mayRepeat, taker };
    this.#peers.getOrInsertComputed(sending.origin, (origin) => new Peer(new URL(origin))).ask(exchange);
    this.#prune();
  }

  /** Who is asked no more is let go. */
  #prune(): void {
    const now = performance.now();
    if (now < this.#prunedAt + LONGEST_KEPT_MS) return;
    this.#prunedAt = now;
    for (const [origin, peer] of this.#peers) {
      peer.prune(now);
      if (peer.isIdle) this.#peers.delete(origin);
    }
  }

  destroy(): void {
    for (const peer of this.#peers.values()) peer.destroy();
  }
}

/** One host and port. */
class Peer {
  readonly #url: URL;
  readonly #open = new Set<Connection>();
  /** Those used last are at the end. */
  readonly #kept: Connection[] = [];
  readonly #waiting = new Set<Exchange>();

  constructor(url: URL) {
    this.#url = url;
  }

  ask(exchange: Exchange): void {
    const connection = this.#freshest(exchange.mayRepeat ? LONGEST_KEPT_MS : LONGEST_SURE_MS);
    if (connection !== null) return connection.ask(exchange);
    // All that are left were unused for too long to be sure of.
    if (this.#open.size >= MOST_CONNECTIONS) this.#kept[0]?.close(TOO_OLD);
    if (this.#open.size < MOST_CONNECTIONS) this.#connect(exchange);
    else this.#waiting.add(exchange);
  }

  destroy(): void {
    const error = new Error('the client is closed');
    for (const { taker } of this.#waiting) taker.failed(error);
    this.#waiting.clear();
    for (const connection of this.#open) connection.close(error);
  }

  get isIdle(): boolean {
    return this.#open.size === 0 && this.#waiting.size === 0;
  }

  prune(now: number): void {
    const kept = this.#kept;
    while (kept.length > 0 && kept[0]!.keptUntil < now) kept[0]!.close(TOO_OLD);
  }

  /** The one used last, unless it was unused for longer than `most`; those that are too old are closed. */
  #freshest(most: DurationMs): Connection | null {
    const kept = this.#kept;
    const now = performance.now();
    this.prune(now);
    const last = kept.at(-1);
    return last === undefined || last.keptUntil < now || last.keptSince + most < now ? null : kept.pop()!;
  }

  #connect(exchange: Exchange): void {
    const connection = new Connection(this.#url, exchange, {
      isKept: () => {
        this.#kept.push(connection);
        this.#next();
      },
      isClosed: () => {
        this.#open.delete(connection);
        const place = this.#kept.indexOf(connection);
        if (place !== -1) this.#kept.splice(place, 1);
        this.#next();
      },
      askElsewhere: (unheard) => this.#connect(unheard),
      isSilent: (since) => {
        for (const other of this.#kept.filter(({ keptSince }) => keptSince <= since)) other.close(TOO_OLD);
      },
    });
    this.#open.add(connection);
  }

  #next(): void {
    for (const exchange of this.#waiting) {
      this.#waiting.delete(exchange);
      if (exchange.taker.isWanted) return this.ask(exchange);
    }
  }
}

const TOO_OLD = new Error('the connection is too old');

interface Owner {
  isKept(): void;
  isClosed(): void;
  askElsewhere(exchange: Exchange): void;
  /** Nobody answers on a connection that was kept: those kept since before it was asked may be as dead. */
  isSilent(since: number): void;
}

class Connection {
  readonly #socket: Socket;
  readonly #owner: Owner;
  #reader: AnswerReader;
  /** null while it is kept, and once it is closed. */
  #exchange: Exchange | null;
  #isFirst = true;
  #isClosed = false;
  keptSince = 0;
  keptUntil = 0;

  constructor({ hostname, port }: URL, exchange: Exchange, owner: Owner) {
    this.#owner = owner;
    this.#exchange = exchange;
    this.#reader = new AnswerReader(exchange.taker);
    this.#socket = connect({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? 80 : Number(port),
      noDelay: true,
      onread: { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: this.#read },
    });
    const late = Object.assign(new Error('not open in time'), { code: 'ETIMEDOUT' });
    const timer = setTimeout(() => this.close(late), CONNECT_TIMEOUT_MS);
    this.#socket.on('connect', () => this.#start(exchange));
    this.#socket.on('end', this.#end);
    this.#socket.on('error', (error) => this.#break(error));
    this.#socket.on('close', () => this.#break(new Error('closed')));
    this.#socket.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
  }

  ask(exchange: Exchange): void {
    this.#isFirst = false;
    this.#exchange = exchange;
    this.#reader = new AnswerReader(exchange.taker);
    this.#start(exchange);
  }

  /** What is underway fails. */
  close(error: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const exchange = this.#exchange;
    this.#exchange = null;
    this.#socket.destroy();
    this.#owner.isClosed();
    exchange?.taker.failed(error);
  }

  #start(exchange: Exchange): void {
    if (!exchange.taker.isWanted) return this.#rest();
    const startedAt = performance.now();
    exchange.taker.started((error) => {
      // Late, it is somebody else's turn.
      if (this.#exchange !== exchange) return;
      const isSilent = !this.#isFirst && !this.#reader.isTouched;
      this.close(error);
      if (isSilent) this.#owner.isSilent(startedAt);
    });
    if (!this.#isClosed) this.#socket.write(exchange.request, 'latin1');
  }

  readonly #read = (size: number, buffer: Uint8Array): boolean => {
    const exchange = this.#exchange;
    if (exchange === null) {
      this.close(new Error('said without being asked'));
      return false;
    }
    try {
      this.#reader.read(Buffer.from(buffer.buffer, buffer.byteOffset, size));
    } catch (error) {
      this.close(error);
    }
    // Whoever takes the answer may have had enough of it.
    if (this.#exchange === exchange && this.#reader.isWhole) this.#finish(exchange);
    return true;
  };

  readonly #end = (): void => {
    if (this.#exchange === null) return this.close(TOO_OLD);
    try {
      this.#reader.close();
      this.#finish(this.#exchange);
    } catch (error) {
      this.#break(error);
    }
  };

  #finish({ taker }: Exchange): void {
    const ms = this.#reader.keptFor(LONGEST_KEPT_MS) - MARGIN_MS;
    // Answered before all of it was taken: the rest of it would stand before the next request.
    if (ms > 0 && this.#socket.writableLength === 0) {
      this.#rest(ms);
    } else {
      this.#exchange = null;
      this.close(TOO_OLD);
    }
    taker.end();
  }

  #rest(ms: DurationMs = LONGEST_SURE_MS): void {
    this.#exchange = null;
    this.keptSince = performance.now();
    this.keptUntil = this.keptSince + ms;
    this.#owner.isKept();
  }

  #break(error: unknown): void {
    const exchange = this.#exchange;
    if (this.#isFirst || exchange?.mayRepeat !== true || this.#reader.isTouched) return this.close(error);
    this.#exchange = null;
    this.close(error);
    this.#owner.askElsewhere(exchange);
  }
}

/** They say where a request ends, or what becomes of the connection. */
const OWN_HEADERS = ['connection', 'content-length', 'expect', 'keep-alive', 'transfer-encoding', 'upgrade'];

/** One character per byte. Throws on headers that cannot be said. */
function requestOf({ origin, path, method, headers, body }: Sending): string | Uint8Array {
  let head = `${method} ${path} HTTP/1.1\r\n`;
  if (headers['Host'] === undefined) head += `Host: ${origin.slice(origin.indexOf('//') + 2)}\r\n`;
  for (const [name, values] of Object.entries(headers)) {
    validateHeaderName(name);
    if (OWN_HEADERS.includes(name.toLowerCase())) validateHeaderName('');
    for (const value of values) {
      validateHeaderValue(name, value);
      head += `${name}: ${value}\r\n`;
    }
  }
  const length = body === null ? 0 : Buffer.byteLength(body);
  head += `Content-Length: ${length}\r\n\r\n`;
  if (body === null) return head;
  return length === body.length && typeof body === 'string'
    ? head + body
    : Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}
