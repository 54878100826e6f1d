// Where log lines go: one file descriptor, never waited for. A reader that does not read costs us lines, not
// time: up to a bound they wait, beyond it they are dropped and counted, and the count is told when there is room.
import { constants, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';

/** About forty thousand lines. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;

export interface LogSink {
  write(line: string): void;
  /** Lines that were not written. */
  readonly dropped: number;
  /** Resolves when all is written, or nobody reads any more. */
  close(giveUp: AbortSignal): Promise<void>;
}

/** null when `fd` is not a pipe: whoever writes to files and terminals knows better. */
export function pipeSink(fd: number): LogSink | null {
  const own = fstatSync(fd).isFIFO() ? ownEnd(fd) : null;
  return own === null ? null : new PipeSink(own);
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

class PipeSink implements LogSink {
  readonly #pipe: Socket;
  #dropped = 0;
  #broken = false;

  constructor(fd: number) {
    this.#pipe = new Socket({ fd, readable: false, writable: true });
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
      this.#pipe.once('close', end);
      this.#pipe.end();
    });
  }
}
