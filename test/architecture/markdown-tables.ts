// Reads the tables of a markdown text, for the gates that hold documents and code together.

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function tablesOf(markdown: string): readonly Table[] {
  const tables: Table[] = [];
  let block: (readonly string[])[] = [];
  for (const line of [...markdown.split('\n'), '']) {
    if (line.trimStart().startsWith('|')) block.push(cellsOf(line));
    else {
      const [header, rule, ...rows] = block;
      if (header !== undefined && rule?.every((cell) => /^:?-+:?$/.test(cell)) === true) tables.push({ header, rows });
      block = [];
    }
  }
  return tables;
}

/** What stands in backticks. */
export const quotedIn = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);

function cellsOf(line: string): readonly string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}
