// All rows of a statement. Integers beyond what JavaScript counts exactly are damage, and would take all other rows
// of the answer with them: they come rounded, and whoever reads the row sees that it makes no sense.
import type { SQLInputValue, StatementSync } from 'node:sqlite';

type Cells = Record<string, unknown> | unknown[];

export function allRows<Row>(statement: StatementSync, ...values: readonly SQLInputValue[]): readonly Row[] {
  try {
    return statement.all(...values) as unknown as readonly Row[];
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_OUT_OF_RANGE') throw error;
  }
  statement.setReadBigInts(true);
  try {
    return statement.all(...values).map((row) => rounded(row)) as unknown as readonly Row[];
  } finally {
    statement.setReadBigInts(false);
  }
}

function rounded(row: Cells): Cells {
  const cells = row as Record<string, unknown>;
  for (const [name, cell] of Object.entries(cells)) if (typeof cell === 'bigint') cells[name] = Number(cell);
  return row;
}
