// README.md as a source of commands: its code blocks, and the commands in those that are meant for a shell.
import { readFile } from 'node:fs/promises';

export interface Block {
  readonly language: string;
  readonly text: string;
}

export async function readmeBlocks(): Promise<readonly Block[]> {
  const text = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = '', inside = '']) => ({
    language,
    text: inside,
  }));
}

/** Commands as they would be typed: over several lines where quotes are open or a backslash ends the line. */
export function commandsIn(text: string): readonly string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of text.split('\n')) {
    open += open === '' ? line : `\n${line}`;
    const isOpen = open.endsWith('\\') || open.replaceAll(/[^']/g, '').length % 2 === 1;
    if (isOpen) continue;
    if (open.trim() !== '' && !open.startsWith('#')) commands.push(open);
    open = '';
  }
  return commands;
}
