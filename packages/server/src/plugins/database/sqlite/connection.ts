import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SqlValue, StatementJob, StatementResult } from '../messages.ts';
import { createPrivately } from './create-privately.ts';

const maximumStatements = 300;

/** One SQLite connection with its prepared statements. Lives in a worker thread and is never shared. */
export class Connection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, options: { readOnly: boolean }) {
    if (!options.readOnly) createPrivately(path);
    this.#database = new DatabaseSync(path, {
      readOnly: options.readOnly,
      timeout: 2000,
      allowExtension: false,
    });
    this.#database.exec(
      'PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;',
    );
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** Runs SQL of our own, without parameters. */
  run(sql: string): void {
    this.#database.exec(sql);
  }

  /** A statement that stays prepared as long as it is among the last 300 used. */
  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const [oldest] = this.#statements.keys();
    if (this.#statements.size >= maximumStatements && oldest !== undefined) this.#statements.delete(oldest);
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  execute({ sql, parameters }: StatementJob): StatementResult {
    const statement = this.prepare(sql);
    if (statement.columns().length > 0) {
      return { rows: statement.all(...parameters) as Record<string, SqlValue>[], changes: 0 };
    }
    return { rows: [], changes: Number(statement.run(...parameters).changes) };
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}
