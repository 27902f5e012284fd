import { migrations } from '../migrations/index.ts';
import { StoreFailure } from '../store-failure.ts';
import type { Connection } from './connection.ts';

/** Tables whose primary key is all or most of the row: SQLite keeps them as one tree when told so. */
const keyOnly = /^CREATE TABLE (ledger_nodes|ledger_terms|ledger_value_pages) /;

/** Brings the schema up to date, each migration in one transaction, a new database in a single one. Throws when the data is from a newer release. */
export function migrate(connection: Connection): void {
  connection.run(
    'CREATE TABLE IF NOT EXISTS migrations (position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)',
  );
  const applied = connection.prepare('SELECT name FROM migrations ORDER BY position').all();
  for (const [position, row] of applied.entries()) {
    if (row.name !== migrations[position]?.name) {
      throw new StoreFailure({
        kind: 'refused',
        code: 'server.data_folder_newer',
        message: 'the data folder was written by another release',
      });
    }
  }
  // A new database is made as a whole: each commit waits for the disk.
  const isNew = applied.length === 0;
  if (isNew) connection.run('BEGIN IMMEDIATE');
  for (const [offset, migration] of migrations.slice(applied.length).entries()) {
    if (!isNew) connection.run('BEGIN IMMEDIATE');
    for (const statement of migration.statements) connection.run(toSqlite(statement));
    connection.prepare('INSERT INTO migrations VALUES (?, ?)').run(applied.length + offset, migration.name);
    if (!isNew) connection.run('COMMIT');
  }
  if (isNew) connection.run('COMMIT');
}

function toSqlite(statement: string): string {
  const typed = statement.replaceAll('{integer}', 'INTEGER').replaceAll('{bytes}', 'BLOB');
  return keyOnly.test(typed) ? `${typed} WITHOUT ROWID` : typed;
}
