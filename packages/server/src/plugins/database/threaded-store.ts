import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError, type LedgerRecord } from '@countersign/api';
import { cosignText, type WitnessSigner } from '@countersign/ledger';
import { type Dialect, Kysely } from 'kysely';
import { AppendQueue, numberRecords } from './append-queue.ts';
import { collectUnindexed } from './collect-unindexed.ts';
import {
  type AppendEffect,
  type AppendListener,
  CommitInDoubt,
  type LedgerName,
  type Store,
  type StoredCheckpoint,
  type Transaction,
} from './database.ts';
import type {
  AppendResult,
  Seat,
  StatementJob,
  StatementResult,
  WriterEvent,
  WriterRequest,
} from './messages.ts';
import { packJobs } from './pack-jobs.ts';
import { packPages } from './pack-pages.ts';
import type { PageCollector } from './page-collector.ts';
import type { ExecuteStatement } from './remote-driver.ts';
import type { Schema } from './schema.ts';
import type { Keyring } from './sealing/keyring.ts';
import type { ClassRange } from './sealing/payload-keys.ts';
import { sealPlainPayloads } from './sealing/seal-plain-payloads.ts';
import { findStreamEnd, nameLedger, type StoreOptions, startLedger } from './start-ledger.ts';
import type { ThreadLink } from './thread-link.ts';
import { ThreadedTransaction } from './threaded-transaction.ts';
import { WriterLane } from './writer-lane.ts';

/** The more records share a page, the fewer rows the index has, and the more a start after a crash reads again. */
const pagedRecords = 2_048;
/** Other gateways search this one's stream by its pages alone. */
const sharedPauseMs = 1_000;

/** Committed data, read without ever waiting for the writer. */
export interface Readers {
  execute(job: StatementJob): Promise<StatementResult>;
  close(): Promise<void>;
}

/** What a driver brings. */
export interface DriverParts {
  readonly writer: ThreadLink<WriterRequest>;
  openReaders(): Readers;
  createDialect(execute: ExecuteStatement): Dialect;
  /** Resolves when no file of the database holds what was deleted or overwritten; `run` has the writer run a statement. */
  scrub(job: ScrubJob, run: RunOnWriter): Promise<void>;
  /** As the store's. */
  endSeat: Store['endSeat'];
  /** As the store's. */
  listLiveStreams(execute: Readers['execute']): Promise<readonly number[]>;
}

export interface ScrubJob {
  readonly tables: readonly string[];
  /** True for what was deleted by a release under which deleting did not overwrite. */
  readonly rewrite: boolean;
}

export type RunOnWriter = (sql: string) => Promise<StatementResult>;

interface ThreadedStoreParts extends Omit<DriverParts, 'openReaders'> {
  readonly readers: Readers;
  readonly seat: Seat;
  readonly ledger: LedgerName;
  readonly keyring: Keyring;
  readonly cosigner: WitnessSigner;
  readonly loadLedgerKey: StoreOptions['loadLedgerKey'];
  readonly pages: PageCollector;
  readonly transactionTimeoutMs: number;
  onFenced(): void;
  onClosed(): void;
}

/** Opens the store behind a driver's writer thread; ends the thread when that fails. */
export async function openThreadedStore(options: StoreOptions, driver: DriverParts): Promise<Store> {
  const { writer, createDialect, openReaders } = driver;
  const execute: ExecuteStatement = (job) =>
    writer.request<StatementResult>({ kind: 'execute', inTransaction: false, ...job });
  try {
    const seat = await writer.request<Seat>({ kind: 'open' });
    const { stream } = seat;
    const executeInside: ExecuteStatement = (job) =>
      writer.request<StatementResult>({ kind: 'execute', inTransaction: true, ...job });
    const sql = new Kysely<Schema>({ dialect: createDialect(execute) });
    const statements = new Kysely<Schema>({ dialect: createDialect(executeInside) });
    const { ledger, keyring, cosigner } = await startLedger(writer, sql, stream, options);
    const run: RunOnWriter = (statement) => execute({ sql: statement, parameters: [] }, false);
    await sealPlainPayloads(writer, { sql, statements }, { stream: ledger.stream, keys: keyring.keys }, () =>
      driver.scrub({ tables: ['ledger_plain_payloads'], rewrite: true }, run),
    );
    const pages = await collectUnindexed(sql, stream, keyring.keys);
    const transactionTimeoutMs = options.transactionTimeoutMs ?? 5_000;
    const onClosed = () => options.onClosed?.();
    return new ThreadedStore({
      writer,
      readers: openReaders(),
      createDialect,
      scrub: driver.scrub,
      endSeat: driver.endSeat,
      listLiveStreams: driver.listLiveStreams,
      seat,
      ledger,
      keyring,
      cosigner,
      loadLedgerKey: options.loadLedgerKey,
      pages,
      transactionTimeoutMs,
      onFenced: () => options.onFenced?.(),
      onClosed,
    });
  } catch (error) {
    await writer.end();
    options.onClosed?.();
    throw error;
  }
}

/** What waits for the fate of a commit that is in doubt. */
interface Doubt {
  readonly records: readonly LedgerRecord[];
  readonly run: readonly (() => void)[];
  settle(happened: boolean): void;
}

class ThreadedStore implements Store {
  readonly sql: Kysely<Schema>;
  readonly seat: Seat;
  readonly ledger: LedgerName;
  readonly keyring: Keyring;
  readonly endSeat: Store['endSeat'];
  readonly #cosigner: WitnessSigner;
  readonly #loadLedgerKey: StoreOptions['loadLedgerKey'];
  readonly #names = new Map<number, LedgerName>();
  readonly #listLiveStreams: DriverParts['listLiveStreams'];
  readonly #writer: ThreadLink<WriterRequest>;
  readonly #readers: Readers;
  readonly #createDialect: DriverParts['createDialect'];
  readonly #scrub: DriverParts['scrub'];
  readonly #lane = new WriterLane();
  readonly #pages: PageCollector;
  readonly #appends: AppendQueue;
  readonly #listeners = new Set<AppendListener>();
  /** The transaction whose work runs right now: whatever it would wait for outside of itself would wait for it. */
  readonly #current = new AsyncLocalStorage<ThreadedTransaction>();
  readonly #transactionTimeoutMs: number;
  readonly #onClosed: () => void;
  #doubt: Doubt | undefined;
  #nextCheckpoint: Promise<StoredCheckpoint> | undefined;
  #closed = false;
  #indexing: NodeJS.Timeout | undefined;

  constructor(parts: ThreadedStoreParts) {
    const { writer, readers, ledger, createDialect } = parts;
    this.#transactionTimeoutMs = parts.transactionTimeoutMs;
    this.#writer = writer;
    this.#readers = readers;
    this.#onClosed = parts.onClosed;
    this.#pages = parts.pages;
    this.#createDialect = createDialect;
    this.#scrub = parts.scrub;
    this.seat = parts.seat;
    this.ledger = ledger;
    this.#cosigner = parts.cosigner;
    this.#loadLedgerKey = parts.loadLedgerKey;
    this.#names.set(parts.seat.stream, ledger);
    this.endSeat = parts.endSeat;
    this.#listLiveStreams = parts.listLiveStreams;
    this.keyring = parts.keyring;
    this.sql = new Kysely<Schema>({ dialect: createDialect((job, isRead) => this.#execute(job, isRead)) });
    this.#appends = new AppendQueue({
      lane: this.#lane,
      write: (jobs) => writer.request<AppendResult[]>({ kind: 'append', jobs: packJobs(jobs) }),
      onDurable: (records, firstSeq) => this.#tell(records, firstSeq),
      onDoubt: (records, settle) => {
        this.#doubt = { records, run: [], settle };
      },
    });
    writer.onEvent((event) => {
      if (event.kind === 'fenced') parts.onFenced();
      else this.#settleDoubt(event);
    });
  }

  listLiveStreams(): Promise<readonly number[]> {
    return this.#listLiveStreams((job) => this.#readers.execute(job));
  }

  cosign(text: string, at: number): string {
    return cosignText(text, this.#cosigner, at);
  }

  /** A field, as `endSeat` is: it is called on what stands in for the store, too. */
  readonly nameLedger = async (stream: number): Promise<LedgerName | undefined> => {
    const known = this.#names.get(stream);
    if (known !== undefined) return known;
    const written = this.sql.selectFrom('ledger_streams').select('number').where('number', '=', stream);
    if ((await written.executeTakeFirst()) === undefined) return undefined;
    const name = nameLedger(stream, await this.#loadLedgerKey(this.sql, stream));
    this.#names.set(stream, name);
    return name;
  };

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

  async index(): Promise<void> {
    this.#requireOutside();
    await this.#lane.enter(() => this.#writePages());
  }

  async checkpoint(): Promise<StoredCheckpoint> {
    this.#requireOutside();
    // Whoever asks while one waits for its turn is covered by it: however many ask, one is signed at a time.
    this.#nextCheckpoint ??= this.#lane.enter(() => {
      this.#nextCheckpoint = undefined;
      return this.#writer.request<StoredCheckpoint>({ kind: 'checkpoint' });
    }, 'after-this-turn');
    return this.#nextCheckpoint;
  }

  async destroyKeys(ranges: readonly ClassRange[], erasure: number): Promise<void> {
    this.#requireOutside();
    await this.#lane.enter(async () => {
      await this.keyring.refresh();
      const keys = this.keyring.keys.puncture(ranges);
      await this.keyring.replace(keys, erasure);
      await this.#replaceKeys();
    });
  }

  async reloadKeys(): Promise<void> {
    this.#requireOutside();
    await this.#lane.enter(async () => {
      const before = this.keyring.keys;
      await this.keyring.refresh();
      if (this.keyring.keys !== before) await this.#replaceKeys();
    });
  }

  async #replaceKeys(): Promise<void> {
    const end = await findStreamEnd(this.sql, this.seat.stream);
    await this.#writer.request({ kind: 'replace-keys', keys: this.keyring.keys.nodesFrom(end) });
  }

  async scrub(tables: readonly string[]): Promise<void> {
    this.#requireOutside();
    await this.#scrub({ tables, rewrite: false }, (sql) => this.#execute({ sql, parameters: [] }, false));
  }

  async requireWritable(): Promise<void> {
    if (this.#closed) throw new AppError('ledger.unavailable', { detail: 'the store is closed' });
    await this.#writer.request({ kind: 'open' });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#requireOutside();
    this.#closed = true;
    clearTimeout(this.#indexing);
    // The lane finishes what was accepted first. The writer goes last: only then does SQLite fold its log into the
    // database file, which whoever copies the data of a stopped server may take for the whole of it.
    await this.#lane.enter(async () => {
      await this.#readers.close();
      // What cannot be written now is read from the records by the next start.
      await this.#writePages().catch(() => {});
      try {
        await this.#writer.request({ kind: 'close' });
      } finally {
        await this.#writer.end();
        this.#onClosed();
      }
    });
  }

  async #runTransaction<T>(work: (tx: Transaction) => Promise<T>) {
    const tx = new ThreadedTransaction(this.#writer, this.#createDialect);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new AppError('server.transaction_timed_out')),
        this.#transactionTimeoutMs,
      );
    });
    try {
      const value = await Promise.race([this.#current.run(tx, () => work(tx)), timeout]);
      const firstSeq = await tx.commit();
      this.#tell(tx.records, firstSeq);
      return { value, run: tx.afterwards };
    } catch (error) {
      if (error instanceof CommitInDoubt)
        this.#doubt = { records: tx.records, run: tx.afterwards, settle: error.settle };
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

  /** Comes before the answer to any later request, so that memory follows the data in its own order. */
  #settleDoubt(event: Exclude<WriterEvent, { kind: 'fenced' }>): void {
    const doubt = this.#doubt;
    this.#doubt = undefined;
    doubt?.settle(event.kind === 'committed');
    if (doubt === undefined || event.kind === 'rolled-back') return;
    this.#tell(doubt.records, event.firstSeq);
    for (const after of doubt.run) runApart(after);
  }

  #tell(records: readonly LedgerRecord[], firstSeq: number): void {
    const before = this.#pages.size;
    this.#pages.add(records, firstSeq);
    if (before < pagedRecords && this.#pages.size >= pagedRecords)
      void this.#lane.enter(() => this.#writePages()).catch(() => {});
    if (this.seat.isShared && records.length > 0) this.#indexSoon();
    if (this.#listeners.size === 0 || records.length === 0) return;
    const numbered = numberRecords(records, firstSeq);
    for (const listener of this.#listeners) runApart(() => listener(numbered));
  }

  #indexSoon(): void {
    this.#indexing ??= setTimeout(() => {
      this.#indexing = undefined;
      if (!this.#closed) void this.#lane.enter(() => this.#writePages()).catch(() => this.#indexSoon());
    }, sharedPauseMs).unref();
  }

  /** Runs in the lane: nothing else is written meanwhile. */
  async #writePages(): Promise<void> {
    if (this.#pages.size === 0) return;
    const collected = this.#pages.take();
    try {
      await this.#writer.request({ kind: 'index', pages: packPages(collected) });
    } catch (error) {
      this.#pages.putBack(collected);
      throw error;
    }
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
