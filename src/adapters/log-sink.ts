// Where log lines go: one file descriptor, never waited for. A reader that does not read costs us lines, not
// time: up to a bound they wait, beyond it they are dropped and counted.
import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { Socket } from 'node:net';

export interface LogSink {
  write(line: string): void;
  /** Lines that were not written. */
  readonly dropped: number;
  /** Resolves when all is written or can never be, at the latest with the signal. */
  close(giveUp: AbortSignal): Promise<void>;
}

/** About forty thousand lines. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;
const TRY_AGAIN_MS = 100;

export function logSink(fd: number): LogSink {
  switch (kindOf(fd)) {
    case 'pipe': {
      const own = ownEnd(fd);
      return own === null ? new FileSink(fd) : new PipeSink(new Socket({ fd: own, readable: false, writable: true }));
    }
    case 'socket':
      return new PipeSink(new LentSocket({ fd, readable: false, writable: true }));
    case 'other':
      return new FileSink(fd);
  }
}

function kindOf(fd: number): 'pipe' | 'socket' | 'other' {
  try {
    const found = fstatSync(fd);
    if (found.isFIFO()) return 'pipe';
    return found.isSocket() ? 'socket' : 'other';
  } catch {
    return 'other';
  }
}

/**
 * The same pipe under a number of our own: not waiting is a property of the opened end, which others may share,
 * and a broken pipe closes the number, which must not be 2, or the next file opened would get the crash reports.
 */
function ownEnd(fd: number): number | null {
  try {
    return openSync(`/dev/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
}

/**
 * What systemd gives a service is a socket, which cannot be opened a second time: it is used under its own number,
 * and that number stays open behind us, for last words and so that nobody else gets it. Only where the reader has
 * stopped to read is it closed: nothing else lets go of what waits.
 */
class LentSocket extends Socket {
  override _final(callback: (error?: Error | null) => void): void {
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (error === null && this.writableLength > 0) super._destroy(error, callback);
    else callback(error);
  }
}

class PipeSink implements LogSink {
  readonly #pipe: Socket;
  #dropped = 0;
  #broken = false;

  constructor(pipe: Socket) {
    this.#pipe = pipe;
    this.#pipe.on('error', () => void (this.#broken = true));
  }

  get dropped(): number {
    return this.#dropped;
  }

  write(line: string): void {
    if (this.#broken || this.#pipe.writableLength > MOST_WAITING_BYTES) this.#dropped++;
    else this.#pipe.write(line);
  }

  close(giveUp: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#pipe.destroy();
        resolve();
      };
      if (this.#broken || giveUp.aborted) return end();
      giveUp.addEventListener('abort', end, { once: true });
      for (const over of ['finish', 'close', 'error']) this.#pipe.once(over, end);
      this.#pipe.end();
    });
  }
}

/**
 * Files, terminals and what else there is: written to by another thread, all that waits at once. One that blocks
 * costs that thread, and the process lives on until somebody reads.
 */
class FileSink implements LogSink {
  readonly #fd: number;
  readonly #waiting: string[] = [];
  #bytes = 0;
  #dropped = 0;
  #writing = false;
  #idle: (() => void) | null = null;

  constructor(fd: number) {
    this.#fd = fd;
    process.once('exit', this.#writeRest);
  }

  get dropped(): number {
    return this.#dropped;
  }

  write(line: string): void {
    if (this.#bytes > MOST_WAITING_BYTES) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(line);
    this.#bytes += line.length;
    if (!this.#writing) this.#next();
  }

  close(giveUp: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        process.off('exit', this.#writeRest);
        resolve();
      };
      if (!this.#writing || giveUp.aborted) return end();
      giveUp.addEventListener('abort', end, { once: true });
      this.#idle = end;
    });
  }

  #next(): void {
    this.#writing = this.#waiting.length > 0;
    if (!this.#writing) return this.#idle?.();
    const lines = this.#waiting.splice(0);
    this.#bytes = 0;
    this.#put(Buffer.from(lines.join('')), lines.length);
  }

  #put(bytes: Buffer, lines: number): void {
    write(this.#fd, bytes, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.#put(bytes, lines), TRY_AGAIN_MS);
      else if (error === null && written < bytes.length) this.#put(bytes.subarray(written), lines);
      else {
        if (error !== null) this.#dropped += lines;
        this.#next();
      }
    });
  }

  /** The process ends without having closed us: the last words are the most wanted ones. */
  readonly #writeRest = (): void => {
    try {
      if (this.#waiting.length > 0) writeSync(this.#fd, this.#waiting.join(''));
    } catch {
      this.#dropped += this.#waiting.length;
    }
  };
}
