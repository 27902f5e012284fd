import { openPostgresTestStore } from './postgres/open-postgres-test-store.ts';
import { openSqliteTestStore } from './sqlite/open-sqlite-test-store.ts';
import type { TestStore } from './test-store.ts';

export type { TestStore } from './test-store.ts';
export { createTestLedgerKey, makeTestRecord } from './test-store.ts';

/** In SQLite, or on the PostgreSQL server that TEST_POSTGRES_URL names, so that the same tests prove both. */
export async function openTestStore(): Promise<TestStore> {
  const server = process.env.TEST_POSTGRES_URL;
  return server === undefined ? openSqliteTestStore() : openPostgresTestStore(server);
}
