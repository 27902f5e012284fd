import { type Dialect, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { createRemoteDriver, type ExecuteStatement } from '../remote-driver.ts';

/** Kysely in PostgreSQL's dialect, its statements run by `execute`. */
export function createPostgresDialect(execute: ExecuteStatement): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => createRemoteDriver(execute),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}
