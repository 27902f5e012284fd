import { type Dialect, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { createRemoteDriver, type ExecuteStatement } from '../remote-driver.ts';

/** Kysely in SQLite's dialect, its statements run by `execute`. */
export function createSqliteDialect(execute: ExecuteStatement): Dialect {
  return {
    createAdapter: () => new ConcurrentSqliteAdapter(),
    createDriver: () => createRemoteDriver(execute),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** Kysely would let one statement at a time through to SQLite; here threads and lanes behind the driver see to that. */
class ConcurrentSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}
