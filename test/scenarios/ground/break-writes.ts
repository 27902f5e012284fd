import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

/** Makes every update of the table fail, whatever database the gateway on this folder uses; returns what ends that. */
export async function breakWrites(folder: string, table: string): Promise<() => Promise<void>> {
  const note = join(folder, 'test-database.url');
  if (!existsSync(note)) {
    const run = (sql: string): void => {
      const database = new DatabaseSync(join(folder, 'countersign.db'), { timeout: 20_000 });
      try {
        database.exec(sql);
      } finally {
        database.close();
      }
    };
    run(`CREATE TRIGGER broken BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, 'cut off'); END`);
    return async () => run('DROP TRIGGER broken');
  }
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: readFileSync(note, 'utf8') });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await run(
    "CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cut off'; END $$",
  );
  await run(`CREATE TRIGGER broken BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION cut_off()`);
  return () => run('DROP FUNCTION cut_off CASCADE');
}
