import { AppError, type LedgerRecord } from '@countersign/api';
import { Kysely } from 'kysely';
import type { Transaction } from '../database.ts';
import type { Schema } from '../schema.ts';
import type { WriterRequest, WrittenRecord } from './messages.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import type { ThreadLink } from './thread-link.ts';
import { writeRecord } from './write-record.ts';

/** One exclusive turn on the writer. After its end every use of it throws, so no late statement lands elsewhere. */
export class SqliteTransaction implements Transaction {
  readonly sql: Kysely<Schema>;
  readonly #writer: ThreadLink<WriterRequest>;
  readonly #records: LedgerRecord[] = [];
  readonly #written: WrittenRecord[] = [];
  readonly #afterCommit: (() => void)[] = [];
  #begun = false;
  #ended = false;

  constructor(writer: ThreadLink<WriterRequest>) {
    this.#writer = writer;
    const dialect = createSqliteDialect(async (job) => {
      this.#requireOpen();
      this.#begin();
      return this.#writer.request({ kind: 'execute', inTransaction: true, ...job });
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

  /** Commits with the staged records. Returns them with the first one's `seq`, and what is to run now. */
  async commit(): Promise<{
    records: readonly LedgerRecord[];
    firstSeq: number;
    run: readonly (() => void)[];
  }> {
    this.#requireOpen();
    this.#ended = true;
    let firstSeq = 0;
    if (this.#written.length > 0) this.#begin();
    if (this.#begun)
      firstSeq = await this.#writer.request<number>({ kind: 'commit', records: this.#written });
    return { records: this.#records, firstSeq, run: this.#afterCommit };
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
