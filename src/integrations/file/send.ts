// Writes a message into its folder, whole or not at all, and puts it at the head of the folder's outbox.json.
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FailureReason, Outcome } from '../../notify/outcome.ts';
import type { Sender } from '../../ports/sender.ts';
import type { FileRequest, OutboxLine } from './request.ts';
import { messageOf } from '../../model/error-message.ts';

const LIST = 'outbox.json';
const LONGEST_LIST = 100;

export interface FileSenderParts {
  /** With its parents. */
  readonly makeDirectory: (folder: string) => void;
}

export function createFileSender({ makeDirectory }: FileSenderParts): Sender<FileRequest> {
  // One writer a folder at a time: the list is read and written back.
  const last = new Map<string, Promise<unknown>>();
  return {
    async send(request, { signal }) {
      const { folder, name } = request;
      const before = last.get(folder) ?? Promise.resolve();
      const writing = before.then(() => {
        signal.throwIfAborted();
        return write(request, makeDirectory);
      });
      last.set(
        folder,
        writing.catch(() => undefined),
      );
      try {
        // A disk that does not answer must not hold up more than this message.
        await Promise.race([writing, aborted(signal)]);
        return { kind: 'delivered', detail: `written to ${name}` };
      } catch (error) {
        return retry(signal, `cannot write into ${folder}: ${messageOf(error)}`);
      }
    },
  };
}

async function write({ folder, name, body, line }: FileRequest, makeDirectory: (folder: string) => void) {
  try {
    await replace(folder, name, body);
  } catch (error) {
    if (!isMissing(error)) throw error;
    makeDirectory(folder);
    await replace(folder, name, body);
  }
  const others = (await readList(folder)).filter((other) => other.file !== name);
  const lines = [line, ...others].slice(0, LONGEST_LIST).map((each) => JSON.stringify(each));
  await replace(folder, LIST, `[\n${lines.join(',\n')}\n]\n`);
}

async function replace(folder: string, name: string, text: string): Promise<void> {
  const unfinished = join(folder, `.${name}.unfinished`);
  // What a crash left, or a link that somebody laid: it is never written through.
  await rm(unfinished, { force: true });
  await writeFile(unfinished, text, { flag: 'wx', flush: true });
  await rename(unfinished, join(folder, name));
}

/** A list somebody else broke is begun anew: the messages are in their own files. */
async function readList(folder: string): Promise<readonly OutboxLine[]> {
  try {
    const list: unknown = JSON.parse(await readFile(join(folder, LIST), 'utf8'));
    return Array.isArray(list) ? list.filter(isLine) : [];
  } catch {
    return [];
  }
}

const isLine = (value: unknown): value is OutboxLine =>
  typeof value === 'object' && value !== null && 'file' in value && typeof value.file === 'string';

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Rejects with the signal's reason. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}

function retry(signal: AbortSignal, detail: string): Outcome {
  return { kind: 'retry', reason: signal.aborted ? whyAborted(signal) : 'other', detail, after: null };
}

const whyAborted = ({ reason }: AbortSignal): FailureReason =>
  reason instanceof Error && reason.name === 'TimeoutError' ? 'contextDeadlineExceeded' : 'contextCanceled';
