// file_outputs: a line of JSON an event, at the end of a file. Whoever rotates it renames or removes it and need tell
// nobody: before it is written to, the name is looked at again.
import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { PrintedEvent } from '../../history/print-stream-event.ts';
import { messageOf } from '../../model/error-message.ts';
import { orAborted } from '../abort-race.ts';
import type { EventOutput } from './output.ts';

// Not waiting: a pipe that nobody reads would keep us for ever.
const FLAGS = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NONBLOCK;
const MODE = 0o644;

export class FileOutput implements EventOutput {
  readonly name: string;
  readonly bytesBetween = 1;
  readonly #path: string;
  /** null: it could not be opened again. */
  #file: FileHandle | null;
  /** The last line lacks its end. */
  #isTorn = false;

  private constructor(path: string, file: FileHandle) {
    this.name = `file:${path}`;
    this.#path = path;
    this.#file = file;
  }

  static async open(path: string): Promise<FileOutput> {
    return new FileOutput(path, await open(path, FLAGS, MODE));
  }

  async write(events: readonly PrintedEvent[]): Promise<string | null> {
    try {
      const file = await this.#current();
      const lines = events.map(({ json }) => `${json}\n`).join('');
      await this.#append(file, Buffer.from(this.#isTorn ? `\n${lines}` : lines));
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  async close(enough: AbortSignal): Promise<void> {
    // All that was taken is written; a disk that is gone may never say so.
    await orAborted(this.#letGo(), enough).catch(() => {});
  }

  async #current(): Promise<FileHandle> {
    if (this.#file !== null && (await this.#isStillThere(this.#file))) return this.#file;
    await this.#letGo();
    this.#file = await open(this.#path, FLAGS, MODE);
    this.#isTorn = false;
    return this.#file;
  }

  async #isStillThere(file: FileHandle): Promise<boolean> {
    const [there, ours] = await Promise.all([stat(this.#path).catch(() => null), file.stat()]);
    return there !== null && there.ino === ours.ino && there.dev === ours.dev;
  }

  /** On a full disk a part of it may be written. */
  async #append(file: FileHandle, bytes: Buffer): Promise<void> {
    let written = 0;
    try {
      while (written < bytes.length) written += (await file.write(bytes, written)).bytesWritten;
      this.#isTorn = false;
    } catch (error) {
      if (written > 0) this.#isTorn = bytes[written - 1] !== LINE_END;
      throw error;
    }
  }

  async #letGo(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }
}

const LINE_END = 0x0a;
