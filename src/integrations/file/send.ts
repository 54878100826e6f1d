// Writes a message into its folder, whole or not at all, and puts it at the head of the folder's outbox.json.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sender } from '../../ports/sender.ts';
import type { FileRequest, OutboxLine } from './render.ts';

const LIST = 'outbox.json';
const LONGEST_LIST = 100;

export function createFileSender(): Sender<FileRequest> {
  // One writer a folder at a time: the list is read and written back.
  const last = new Map<string, Promise<unknown>>();
  return {
    async send(request) {
      const before = last.get(request.folder) ?? Promise.resolve();
      const writing = before.then(() => write(request));
      last.set(
        request.folder,
        writing.catch(() => undefined),
      );
      try {
        await writing;
        return { kind: 'delivered', detail: `written to ${request.name}` };
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        return { kind: 'retry', reason: 'other', detail, after: null };
      }
    },
  };
}

async function write({ folder, name, body, line }: FileRequest): Promise<void> {
  await mkdir(folder, { recursive: true });
  await replace(folder, name, body);
  const others = (await readList(folder)).filter((other) => other.file !== name);
  const lines = [line, ...others].slice(0, LONGEST_LIST).map((each) => JSON.stringify(each));
  await replace(folder, LIST, `[\n${lines.join(',\n')}\n]\n`);
}

async function replace(folder: string, name: string, text: string): Promise<void> {
  const unfinished = join(folder, `.${name}.unfinished`);
  await writeFile(unfinished, text);
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
