// Files the configuration names: itself, templates, secrets.
import type { Problem } from '../model/problem.ts';

export type FileText =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly problem: Problem };

export interface Files {
  /** UTF-8 text. What is missing, unreadable, a directory or not text is a problem that says so. */
  read(path: string): Promise<FileText>;
  /** Paths that match, sorted; a pattern that matches nothing gives none. */
  glob(pattern: string): Promise<readonly string[]>;
}
