import type { Client } from 'pg';
import { migrations } from '../migrations/index.ts';
import { StoreFailure } from '../store-failure.ts';

/** Brings the schema up to date, each migration in one transaction. Throws when the data is from a newer release. */
export async function migrate(client: Client): Promise<void> {
  await client.query(
    'CREATE TABLE IF NOT EXISTS migrations (position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)',
  );
  const applied = await client.query<{ name: string }>('SELECT name FROM migrations ORDER BY position');
  for (const [position, { name }] of applied.rows.entries()) {
    if (name === migrations[position]?.name) continue;
    const message = 'the database was written by another release';
    throw new StoreFailure({ kind: 'refused', code: 'server.database_newer', message });
  }
  for (const [offset, migration] of migrations.slice(applied.rows.length).entries()) {
    const position = applied.rows.length + offset;
    const note = `INSERT INTO migrations VALUES (${position}, '${migration.name}')`;
    // Several statements in one simple query are one transaction.
    await client.query([...migration.statements.map(toPostgres), note].join(';\n'));
  }
}

/** Text compares byte by byte, as in SQLite, whatever language the database was made for. */
function toPostgres(statement: string): string {
  return statement
    .replaceAll('{integer}', 'BIGINT')
    .replaceAll('{bytes}', 'BYTEA')
    .replaceAll(/\bTEXT\b/g, 'TEXT COLLATE "C"');
}
