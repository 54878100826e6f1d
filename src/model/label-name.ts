// Which label names are allowed. UTF-8 names are any non-empty text; legacy names are identifiers.

export type LabelNameMode = 'utf8' | 'legacy';

const LEGACY = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export function isValidLabelName(name: string, mode: LabelNameMode): boolean {
  return mode === 'legacy' ? LEGACY.test(name) : name !== '' && name.isWellFormed();
}
