import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Calls used by each task and delegation, straight from the server's state. */
export function readBudgets(folder: string): ReadonlyMap<string, number> {
  const database = new DatabaseSync(join(folder, 'countersign.db'), { readOnly: true });
  try {
    const rows = database.prepare('SELECT holder, calls FROM budgets').all();
    return new Map(rows.map(({ holder, calls }) => [String(holder), Number(calls)]));
  } finally {
    database.close();
  }
}
