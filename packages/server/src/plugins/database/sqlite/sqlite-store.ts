import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError, type LedgerRecord } from '@countersign/api';
import { Kysely } from 'kysely';
import type {
  AppendEffect,
  AppendListener,
  LedgerName,
  Store,
  StoredCheckpoint,
  Transaction,
} from '../database.ts';
import type { Schema } from '../schema.ts';
import { AppendQueue, numberRecords } from './append-queue.ts';
import type { AppendResult, StatementJob, StatementResult, WriterRequest } from './messages.ts';
import type { ReaderPool } from './reader-pool.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import { SqliteTransaction } from './sqlite-transaction.ts';
import type { ThreadLink } from './thread-link.ts';
import { WriterLane } from './writer-lane.ts';

export interface SqliteStoreParts {
  readonly writer: ThreadLink<WriterRequest>;
  readonly readers: ReaderPool;
  readonly ledger: LedgerName;
  readonly transactionTimeoutMs: number;
}

export class SqliteStore implements Store {
  readonly sql: Kysely<Schema>;
  readonly ledger: LedgerName;
  readonly #writer: ThreadLink<WriterRequest>;
  readonly #readers: ReaderPool;
  readonly #lane = new WriterLane();
  readonly #appends: AppendQueue;
  readonly #listeners = new Set<AppendListener>();
  /** The transaction whose work runs right now: whatever it would wait for outside of itself would wait for it. */
  readonly #current = new AsyncLocalStorage<SqliteTransaction>();
  readonly #transactionTimeoutMs: number;
  #closed = false;

  constructor(parts: SqliteStoreParts) {
    const { writer, readers, ledger } = parts;
    this.#transactionTimeoutMs = parts.transactionTimeoutMs;
    this.#writer = writer;
    this.#readers = readers;
    this.ledger = ledger;
    this.sql = new Kysely<Schema>({
      dialect: createSqliteDialect((job, isRead) => this.#execute(job, isRead)),
    });
    this.#appends = new AppendQueue({
      lane: this.#lane,
      write: (jobs) => writer.request<AppendResult[]>({ kind: 'append', jobs }),
      onDurable: (records, firstSeq) => this.#tell(records, firstSeq),
    });
  }

  async append(records: readonly LedgerRecord[], effects: readonly AppendEffect[] = []): Promise<void> {
    this.#requireOutside();
    return this.#appends.append(records, effects);
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#requireOutside();
    const { value, run } = await this.#lane.enter(() => this.#runTransaction(work));
    for (const after of run) runApart(after);
    return value;
  }

  onAppended(listener: AppendListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async checkpoint(): Promise<StoredCheckpoint> {
    this.#requireOutside();
    return this.#lane.enter(() => this.#writer.request<StoredCheckpoint>({ kind: 'checkpoint' }));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#requireOutside();
    this.#closed = true;
    // The lane finishes what was accepted first. The writer goes last: only then does SQLite fold its log into the
    // database file, which whoever copies the data of a stopped server may take for the whole of it.
    await this.#lane.enter(async () => {
      await this.#readers.close();
      await this.#writer.request({ kind: 'close' }).finally(() => this.#writer.end());
    });
  }

  async #runTransaction<T>(work: (tx: Transaction) => Promise<T>) {
    const tx = new SqliteTransaction(this.#writer);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new AppError('server.transaction_timed_out')),
        this.#transactionTimeoutMs,
      );
    });
    try {
      const value = await Promise.race([this.#current.run(tx, () => work(tx)), timeout]);
      const { records, firstSeq, run } = await tx.commit();
      this.#tell(records, firstSeq);
      return { value, run };
    } catch (error) {
      if (!tx.ended) await tx.rollback().catch(() => {});
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #execute(job: StatementJob, isRead: boolean): Promise<StatementResult> {
    if (isRead) return this.#readers.execute(job);
    this.#requireOutside();
    return this.#lane.enter(() => this.#writer.request({ kind: 'execute', inTransaction: false, ...job }));
  }

  #tell(records: readonly LedgerRecord[], firstSeq: number): void {
    if (this.#listeners.size === 0 || records.length === 0) return;
    const numbered = numberRecords(records, firstSeq);
    for (const listener of this.#listeners) runApart(() => listener(numbered));
  }

  #requireOutside(): void {
    if (this.#closed) throw new AppError('ledger.unavailable', { detail: 'the store is closed' });
    const tx = this.#current.getStore();
    if (tx !== undefined && !tx.ended)
      throw new Error('inside a transaction only the transaction may be used');
  }
}

/**
 * What is durable stays true whatever its listeners do. One that throws ends the process: a stop that is stored but not
 * in force is worse than a restart, which reads it back.
 */
function runApart(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
