import { AppError, type LedgerRecord } from '@countersign/api';
import { type Dialect, Kysely } from 'kysely';
import type { Transaction } from './database.ts';
import type { StatementResult, WriterRequest, WrittenRecord } from './messages.ts';
import type { ExecuteStatement } from './remote-driver.ts';
import type { Schema } from './schema.ts';
import type { ThreadLink } from './thread-link.ts';
import { writeRecord } from './write-record.ts';

/** One exclusive turn on the writer. After its end every use of it throws, so no late statement lands elsewhere. */
export class ThreadedTransaction implements Transaction {
  readonly sql: Kysely<Schema>;
  readonly #writer: ThreadLink<WriterRequest>;
  readonly #records: LedgerRecord[] = [];
  readonly #written: WrittenRecord[] = [];
  readonly #afterCommit: (() => void)[] = [];
  /** What the first statement that failed has thrown: some engines go on after one, none may. */
  #failure: unknown;
  #begun = false;
  #ended = false;

  constructor(writer: ThreadLink<WriterRequest>, createDialect: (execute: ExecuteStatement) => Dialect) {
    this.#writer = writer;
    const dialect = createDialect(async (job) => {
      this.#requireOpen();
      this.#begin();
      try {
        return await this.#writer.request<StatementResult>({ kind: 'execute', inTransaction: true, ...job });
      } catch (error) {
        this.#failure ??= error;
        throw error;
      }
    });
    this.sql = new Kysely<Schema>({ dialect });
  }

  get ended(): boolean {
    return this.#ended;
  }

  record(record: LedgerRecord): void {
    this.#requireOpen();
    this.#written.push(writeRecord(record));
    this.#records.push(record);
  }

  afterCommit(run: () => void): void {
    this.#requireOpen();
    this.#afterCommit.push(run);
  }

  /** In the order they were staged. */
  get records(): readonly LedgerRecord[] {
    return this.#records;
  }

  /** What is to run once the transaction is durable. */
  get afterwards(): readonly (() => void)[] {
    return this.#afterCommit;
  }

  /** Commits with the staged records. Returns the first one's `seq`. */
  async commit(): Promise<number> {
    this.#requireOpen();
    if (this.#failure !== undefined) throw this.#failure;
    this.#ended = true;
    if (this.#written.length > 0) this.#begin();
    if (!this.#begun) return 0;
    return this.#writer.request<number>({ kind: 'commit', records: this.#written });
  }

  async rollback(): Promise<void> {
    this.#ended = true;
    if (this.#begun) await this.#writer.request({ kind: 'rollback' });
  }

  /** Sent ahead of the first statement without waiting: when it fails, the writer refuses what should be inside. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#writer.request({ kind: 'begin' }).catch(() => {});
  }

  #requireOpen(): void {
    if (this.#ended)
      throw new AppError('server.transaction_timed_out', { detail: 'the transaction is over' });
  }
}
