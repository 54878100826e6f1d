// Files that are only in memory, by path; patterns may hold `*` and `**`.
import type { Files } from '../../src/ports/files.ts';

export class TextFiles implements Files {
  readonly texts: Map<string, string>;
  /** How often each was read. */
  readonly reads: string[] = [];

  constructor(texts: Readonly<Record<string, string>>) {
    this.texts = new Map(Object.entries(texts));
  }

  async read(path: string): ReturnType<Files['read']> {
    this.reads.push(path);
    const text = this.texts.get(path);
    if (text !== undefined) return { ok: true, value: text };
    const message = `${path} does not exist`;
    return { ok: false, problem: { severity: 'error', code: 'file/missing', message, at: null } };
  }

  async glob(pattern: string): Promise<readonly string[]> {
    const source = pattern
      .replace(/[.+^$()|[\]{}]/g, '\\$&')
      .replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'));
    const regex = new RegExp(`^${source}$`);
    return [...this.texts.keys()].filter((path) => regex.test(path)).toSorted();
  }
}
