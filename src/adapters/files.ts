// Files of this machine, as text. Whatever keeps a file from being text is a problem in plain words.
import { open, type FileHandle } from 'node:fs/promises';
import type { Problem } from '../model/problem.ts';
import type { Files, FileText } from '../ports/files.ts';
import { globFiles } from './glob.ts';

/** A thousand times what people write; a device or a wrong path does not fill the memory. */
const MOST_BYTES = 16 * 1024 * 1024;

export const systemFiles: Files = {
  async read(path) {
    let handle: FileHandle | null = null;
    try {
      handle = await open(path);
      const bytes = await readBounded(handle);
      if (bytes === null) return refused('file/too-large', `${path} is larger than 16 MiB`, 'is this the right file?');
      return decode(path, bytes);
    } catch (error) {
      return failed(path, error);
    } finally {
      await handle?.close();
    }
  },
  glob: globFiles,
};

/** null when there is more than may be. The size a file system tells is not believed: pipes have none. */
async function readBounded(handle: FileHandle): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(64 * 1024), 0, null, null);
    if (bytesRead === 0) return Buffer.concat(parts);
    size += bytesRead;
    if (size > MOST_BYTES) return null;
    parts.push(buffer.subarray(0, bytesRead));
  }
}

function decode(path: string, bytes: Buffer): FileText {
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { ok: false, problem: notText(path, bytes) };
  }
}

/** Points at the first character that is not UTF-8. */
function notText(path: string, bytes: Buffer): Problem {
  const lines = longestText(bytes).split('\n');
  const looksBinary = bytes.subarray(0, 1024).includes(0);
  return {
    severity: 'error',
    code: 'file/not-text',
    message: 'the file is not UTF-8 text',
    at: { file: path, line: lines.length, column: [...lines.at(-1)!].length + 1, length: 1 },
    hint: looksBinary ? 'it holds binary data: is this the right file?' : 'save it as UTF-8',
  };
}

/** What can be read from the beginning, by halving. */
function longestText(bytes: Buffer): string {
  let text = '';
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      // As a stream, so that a character which is cut off is left out instead of refused.
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return text;
}

function failed(path: string, error: unknown): FileText {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return refused('file/missing', `${path} does not exist`, hintOnPath(path));
    case 'EACCES':
    case 'EPERM':
      return refused(
        'file/unreadable',
        `${path} cannot be read: permission denied`,
        'the user this runs as needs read permission',
      );
    case 'EISDIR':
      return refused('file/directory', `${path} is a directory, not a file`, 'name the file itself');
    default:
      return refused('file/unreadable', `${path} cannot be read: ${String(error.code)}`, null);
  }
}

const hintOnPath = (path: string): string | null =>
  path.startsWith('~') ? 'the shell did not expand ~: write the whole path' : null;

const refused = (code: string, message: string, hint: string | null): FileText => ({
  ok: false,
  problem: { severity: 'error', code, message, at: null, ...(hint === null ? {} : { hint }) },
});
