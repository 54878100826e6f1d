// An entry of a list of files by pattern: `rule_files`, `templates`.
import { isAbsolute, join } from 'node:path';
import { goQuote } from '../model/go-quote.ts';
import type { FilesPattern } from './config.ts';
import type { Doc } from '../input/doc.ts';
import type { Node } from '../input/node.ts';

export interface FilesContext {
  readonly baseDir: string;
  /** What may be found out later is placed now. */
  readonly problem: Doc['problem'];
}

export interface FilesWords {
  /** `rule file` */
  readonly what: string;
  /** Of the problem that no file fits. */
  readonly code: string;
}

export function filesPattern({ text, path }: Node, { what, code }: FilesWords, context: FilesContext): FilesPattern {
  const pattern = isAbsolute(text) ? text : join(context.baseDir, text);
  const message = `no file fits the ${what} path ${goQuote(text)}`;
  const hint = isAbsolute(text) ? 'is the path right?' : `it stands for ${pattern}`;
  return { pattern, unmatched: context.problem(path, 'value', { severity: 'warning', code, message, hint }) };
}
