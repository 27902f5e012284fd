import { openPostgresTestStore, type PostgresTestStore } from './postgres/open-postgres-test-store.ts';
import { openSqliteTestStore } from './sqlite/open-sqlite-test-store.ts';
import type { TestStore } from './test-store.ts';

export type { TestStore } from './test-store.ts';
export { createTestLedgerKey, makeTestRecord } from './test-store.ts';

/** A PostgreSQL database for stores that share it; `openAnother` opens the next. */
export function openSharedTestStore(): Promise<PostgresTestStore> {
  return openPostgresTestStore(process.env.TEST_POSTGRES_URL ?? '', { isShared: true });
}

/** In SQLite, or on the PostgreSQL server that TEST_POSTGRES_URL names, so that the same tests prove both. */
export async function openTestStore(): Promise<TestStore> {
  const server = process.env.TEST_POSTGRES_URL;
  return server === undefined ? openSqliteTestStore() : openPostgresTestStore(server);
}
