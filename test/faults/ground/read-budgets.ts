import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { useTestDatabase } from '@countersign/testkit';
import { Client } from 'pg';

const USED = 'SELECT holder, calls FROM budgets';

/** Calls used by each task and delegation, straight from the server's state. */
export async function readBudgets(
  folder: string,
  databaseServer?: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = databaseServer === undefined ? readFile(folder) : await askServer(folder, databaseServer);
  return new Map(rows.map(({ holder, calls }) => [String(holder), Number(calls)]));
}

function readFile(folder: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(folder, 'countersign.db'), { readOnly: true });
  try {
    return database.prepare(USED).all();
  } finally {
    database.close();
  }
}

async function askServer(folder: string, databaseServer: string): Promise<Record<string, unknown>[]> {
  const { environment } = await useTestDatabase(folder, databaseServer);
  const client = new Client({ connectionString: environment.COUNTERSIGN_DATABASE_URL });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(USED)).rows;
  } finally {
    await client.end();
  }
}
