import type { StoredCheckpoint } from '../database.ts';
import { CheckpointWriter, createNoteSigner } from './checkpoint-writer.ts';
import { Connection } from './connection.ts';
import { describeFailure, StoreFailure } from './failure.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import type { AppendJob, AppendResult, LedgerSigner, WriterRequest, WrittenRecord } from './messages.ts';
import { migrate } from './migrate.ts';
import { openLedger } from './open-ledger.ts';

export interface WriterOptions {
  readonly databasePath: string;
  /** The file may not grow beyond this many pages of 4 KiB; then it behaves as a full disk. */
  readonly maximumPages: number | null;
}

interface Ledger {
  readonly writer: LedgerWriter;
  readonly checkpoints: CheckpointWriter;
}

/** The one writing connection. Every method is one step of its thread; nothing else ever writes this database. */
export class Writer {
  readonly #connection: Connection;
  #ledger: Ledger | undefined;
  #mark: ReturnType<LedgerWriter['mark']> | undefined;
  #unsigned = false;

  constructor(options: WriterOptions) {
    this.#connection = new Connection(options.databasePath, { readOnly: false });
    // FULL syncs the log at every commit: what is acknowledged survives a power cut, not only a killed process.
    this.#connection.run(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;',
    );
    migrate(this.#connection);
    if (options.maximumPages !== null)
      this.#connection.run(`PRAGMA max_page_count = ${options.maximumPages}`);
  }

  handle(request: WriterRequest): unknown {
    switch (request.kind) {
      case 'open':
        return undefined;
      case 'append':
        return this.#append(request.jobs);
      case 'execute':
        if (request.inTransaction) this.#requireTransaction();
        return this.#connection.execute(request);
      case 'begin':
        return this.#begin();
      case 'commit':
        return this.#commit(request.records);
      case 'rollback':
        return this.#rollback();
      case 'checkpoint':
        return this.checkpoint();
      case 'start-ledger':
        return this.#startLedger(request.signer);
      case 'close':
        return this.#close();
    }
  }

  /** True when records were added that no checkpoint covers and one can be signed now. */
  get needsCheckpoint(): boolean {
    return this.#ledger !== undefined && !this.#connection.inTransaction && this.#unsigned;
  }

  checkpoint(): StoredCheckpoint {
    const checkpoint = this.#requireLedger().checkpoints.write();
    this.#unsigned = false;
    return checkpoint;
  }

  async #startLedger(signer: LedgerSigner): Promise<void> {
    const noteSigner = createNoteSigner(signer);
    const writer = await openLedger(this.#connection, signer.stream, noteSigner.key);
    this.#ledger = { writer, checkpoints: new CheckpointWriter(this.#connection, writer, noteSigner) };
    this.#unsigned = true;
  }

  /** One commit for all; when it fails for a reason that lies in one job, each job gets its own. */
  #append(jobs: readonly AppendJob[]): AppendResult[] {
    try {
      return this.#appendTogether(jobs);
    } catch (thrown) {
      const failure = describeFailure(thrown);
      if (jobs.length === 1 || failure.kind === 'unavailable') return jobs.map(() => ({ failure }));
    }
    return jobs.flatMap((job) => this.#append([job]));
  }

  #appendTogether(jobs: readonly AppendJob[]): AppendResult[] {
    const { writer } = this.#requireLedger();
    this.#begin();
    try {
      const results = jobs.map((job) => ({ firstSeq: writer.add(job) }));
      this.#end();
      return results;
    } catch (thrown) {
      this.#rollback();
      throw thrown;
    }
  }

  #begin(): void {
    this.#connection.run('BEGIN IMMEDIATE');
    this.#mark = this.#ledger?.writer.mark();
  }

  #commit(records: readonly WrittenRecord[]): number {
    this.#requireTransaction();
    try {
      const firstSeq = records.length === 0 ? 0 : this.#requireLedger().writer.add({ records, effects: [] });
      this.#end();
      return firstSeq;
    } catch (thrown) {
      this.#rollback();
      throw thrown;
    }
  }

  #end(): void {
    this.#connection.run('COMMIT');
    if (this.#mark !== undefined && this.#mark.frontier.size !== this.#ledger?.writer.size)
      this.#unsigned = true;
    this.#mark = undefined;
  }

  /** SQLite may have rolled back by itself already, as on a full disk; the tree in memory follows in any case. */
  #rollback(): void {
    if (this.#mark !== undefined) this.#ledger?.writer.restore(this.#mark);
    this.#mark = undefined;
    if (this.#connection.inTransaction) this.#connection.run('ROLLBACK');
  }

  #close(): void {
    if (this.#connection.inTransaction) this.#rollback();
    // Closing must succeed on a full disk too: the next start signs what this one could not.
    try {
      if (this.needsCheckpoint) this.checkpoint();
    } finally {
      this.#connection.close();
    }
  }

  /** A full disk ends a transaction behind our back: what follows must not then be committed statement by statement. */
  #requireTransaction(): void {
    if (!this.#connection.inTransaction) throw new StoreFailure('unavailable', 'the transaction is gone');
  }

  #requireLedger(): Ledger {
    if (this.#ledger === undefined) throw new StoreFailure('unavailable', 'the ledger is not open');
    return this.#ledger;
  }
}
