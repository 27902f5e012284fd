import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import type { SqlValue, StatementJob, StatementResult } from './messages.ts';

/** Where a dialect's statements go. */
export type ExecuteStatement = (job: StatementJob, isRead: boolean) => Promise<StatementResult>;

/** A Kysely driver whose statements run elsewhere, each alone: transactions are the store's. */
export function createRemoteDriver(execute: ExecuteStatement): Driver {
  const connection: DatabaseConnection = {
    executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
      const job = { sql: query.sql, parameters: query.parameters as readonly SqlValue[] };
      const { rows, changes } = await execute(job, isRead(query));
      return { rows: rows as unknown as R[], numAffectedRows: BigInt(changes) };
    },
    streamQuery: () => {
      throw new Error('read in pages instead');
    },
  };
  const refuse = async () => {
    throw new Error('use the store for transactions');
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: async () => {},
    destroy: async () => {},
  };
}

/** Whatever is not known to read goes to the writer; the reading connection cannot write even if this were wrong. */
function isRead(query: CompiledQuery): boolean {
  const { kind } = query.query;
  return kind === 'SelectQueryNode' || (kind === 'RawNode' && /^\s*select\b/i.test(query.sql));
}
