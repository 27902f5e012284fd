import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, DatabaseError } from 'pg';
import { type Migration, migrations } from '../migrations/index.ts';
import { StoreFailure } from '../store-failure.ts';
import { withEveryStream } from './seat-locks.ts';

/** Whoever waits for a lock on a table keeps all others waiting behind it, calls of the gateways that run among them. */
const lockTimeoutMs = 300;
const pauseMs = 300;
const mostAttempts = 50;
const lockNotAvailable = '55P03';

/**
 * Brings the schema up to date while gateways of the release before may go on, each migration in one transaction. Throws
 * `server.database_newer` when the data is from a newer release, `server.database_in_use` when a migration has to wait for
 * gateways to end, or when a table is never free.
 */
export async function migrate(client: Client, all: readonly Migration[] = migrations): Promise<void> {
  await client.query(
    'CREATE TABLE IF NOT EXISTS migrations (position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)',
  );
  const applied = await client.query<{ name: string }>('SELECT name FROM migrations ORDER BY position');
  const { length } = applied.rows;
  for (const [position, { name }] of applied.rows.entries()) {
    if (name !== all[position]?.name)
      throw refused('server.database_newer', 'the database was written by another release');
  }
  const apply = async (): Promise<void> => {
    for (const [offset, migration] of all.slice(length).entries())
      await applyOne(client, migration, length + offset);
  };
  const waiting = all.slice(length).find(({ waits }) => waits !== undefined);
  // An empty database has nobody to wait for.
  if (length === 0 || waiting === undefined) return apply();
  if (!(await withEveryStream(client, apply)))
    throw refused('server.database_in_use', `${waiting.name} waits for all other gateways to end`);
}

async function applyOne(client: Client, migration: Migration, position: number): Promise<void> {
  const limit = `SET LOCAL lock_timeout = '${lockTimeoutMs}ms'`;
  const note = `INSERT INTO migrations VALUES (${position}, '${migration.name}')`;
  // Several statements in one simple query are one transaction.
  const text = [limit, ...migration.statements.map(toPostgres), note].join(';\n');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(text);
      return;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== lockNotAvailable) throw error;
      if (attempt === mostAttempts)
        throw refused('server.database_in_use', `${migration.name} found its tables locked`);
    }
    await sleep(pauseMs);
  }
}

/** Text compares byte by byte, as in SQLite, whatever language the database was made for. */
function toPostgres(statement: string): string {
  return statement
    .replaceAll('{integer}', 'BIGINT')
    .replaceAll('{bytes}', 'BYTEA')
    .replaceAll(/\bTEXT\b/g, 'TEXT COLLATE "C"');
}

function refused(code: `server.database_${'in_use' | 'newer'}`, message: string): StoreFailure {
  return new StoreFailure({ kind: 'refused', code, message });
}
