import type { RunStatement } from '../ledger-statements.ts';
import type { Seat, StatementJob, StatementResult } from '../messages.ts';
import type { LedgerTables, WritingConnection } from '../writing-connection.ts';
import { Connection } from './connection.ts';
import { migrate } from './migrate.ts';
import { createSqliteTables } from './sqlite-tables.ts';

export interface SqliteWriterOptions {
  readonly databasePath: string;
  /** The file may not grow beyond this, rounded up to whole pages; then it behaves as a full disk. */
  readonly maximumBytes: number | null;
}

/** The one writing connection to the database file; nothing else ever writes it. */
export class SqliteWritingConnection implements WritingConnection {
  readonly run: RunStatement = async (sql, ...parameters) => this.execute({ sql, parameters }).rows;
  readonly tables: LedgerTables;
  readonly #connection: Connection;

  constructor({ databasePath, maximumBytes }: SqliteWriterOptions) {
    this.#connection = new Connection(databasePath, { readOnly: false });
    // Larger pages take a fifth less time to write what calls add; a file that exists keeps the pages it has.
    this.#connection.run('PRAGMA page_size = 8192');
    // What is deleted is overwritten, so that an erased text is in no page, free or used.
    // FULL syncs the log at every commit: what is acknowledged survives a power cut, not only a killed process.
    this.#connection.run(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864; PRAGMA secure_delete = ON;',
    );
    migrate(this.#connection);
    if (maximumBytes !== null) this.#limitFile(maximumBytes);
    this.tables = createSqliteTables(this.#connection);
  }

  #limitFile(maximumBytes: number): void {
    const pageBytes = Number(this.#connection.prepare('PRAGMA page_size').get()?.page_size);
    this.#connection.run(`PRAGMA max_page_count = ${Math.ceil(maximumBytes / pageBytes)}`);
  }

  get inTransaction(): boolean {
    return this.#connection.inTransaction;
  }

  begin(): void {
    this.#connection.run('BEGIN IMMEDIATE');
  }

  commit(): void {
    this.#connection.run('COMMIT');
  }

  rollback(): void {
    this.#connection.run('ROLLBACK');
  }

  execute(job: StatementJob): StatementResult {
    return this.#connection.execute(job);
  }

  requireReady(): Seat {
    return { stream: 0, holder: '', isShared: false };
  }

  close(): void {
    this.#connection.close();
  }
}
