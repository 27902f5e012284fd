import { AppError, type LedgerRecord } from '@countersign/api';
import type { AppendEffect, AppendedRecord } from './database.ts';
import type { AppendJob, AppendResult } from './messages.ts';
import { toStoreError } from './to-store-error.ts';
import { writeRecord } from './write-record.ts';
import type { WriterLane } from './writer-lane.ts';

const maximumQueuedRecords = 20_000;
const maximumQueuedLength = 64 * 1_048_576;
/** A commit may not take so long that a database gives it up, nor keep a transaction from its turn. */
const maximumBatchRecords = 4_096;
const maximumBatchLength = 16 * 1_048_576;

interface Pending {
  readonly job: AppendJob;
  readonly records: readonly LedgerRecord[];
  readonly length: number;
  resolve(): void;
  reject(error: Error): void;
}

export interface AppendQueueOptions {
  readonly lane: WriterLane;
  write(jobs: readonly AppendJob[]): Promise<readonly AppendResult[]>;
  onDurable(records: readonly LedgerRecord[], firstSeq: number): void;
  /** The records of one commit that may have happened. */
  onDoubt(records: readonly LedgerRecord[]): void;
}

/** Collects appends while the writer is busy, so that they share one message, one transaction and one sync. */
export class AppendQueue {
  readonly #options: AppendQueueOptions;
  #pending: Pending[] = [];
  #queuedRecords = 0;
  #queuedLength = 0;

  constructor(options: AppendQueueOptions) {
    this.#options = options;
  }

  append(records: readonly LedgerRecord[], effects: readonly AppendEffect[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const written = records.map(writeRecord);
      const length = written.reduce((sum, { payload }) => sum + payload.length, 0);
      if (
        this.#queuedRecords + written.length > maximumQueuedRecords ||
        this.#queuedLength + length > maximumQueuedLength
      ) {
        throw new AppError('ledger.overloaded');
      }
      this.#queuedRecords += written.length;
      this.#queuedLength += length;
      this.#pending.push({ job: { records: written, effects }, records, length, resolve, reject });
      if (this.#pending.length === 1) void this.#options.lane.enter(() => this.#flush(), 'after-this-turn');
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#takeBatch();
    if (this.#pending.length > 0) void this.#options.lane.enter(() => this.#flush());
    try {
      const results = await this.#options.write(batch.map(({ job }) => job));
      const doubtful = batch.filter((_pending, index) => isInDoubt(results[index]));
      if (doubtful.length > 0) this.#options.onDoubt(doubtful.flatMap(({ records }) => records));
      for (const [index, pending] of batch.entries()) this.#settle(pending, results[index]);
    } catch (error) {
      const reason = error instanceof Error ? error : new AppError('ledger.unavailable', { cause: error });
      for (const pending of batch) pending.reject(reason);
    } finally {
      for (const { records, length } of batch) {
        this.#queuedRecords -= records.length;
        this.#queuedLength -= length;
      }
    }
  }

  /** At least one call, however large it is. */
  #takeBatch(): Pending[] {
    let records = 0;
    let length = 0;
    const isTooMuch = (pending: Pending) => {
      records += pending.records.length;
      length += pending.length;
      return records > maximumBatchRecords || length > maximumBatchLength;
    };
    const end = this.#pending.findIndex((pending, index) => isTooMuch(pending) && index > 0);
    return this.#pending.splice(0, end === -1 ? this.#pending.length : end);
  }

  #settle(pending: Pending, result: AppendResult | undefined): void {
    if (result === undefined || 'failure' in result) {
      pending.reject(
        result === undefined ? new AppError('ledger.unavailable') : toStoreError(result.failure),
      );
      return;
    }
    pending.resolve();
    this.#options.onDurable(pending.records, result.firstSeq);
  }
}

function isInDoubt(result: AppendResult | undefined): boolean {
  return result !== undefined && 'failure' in result && result.failure.kind === 'in-doubt';
}

/** Numbers records that were written next to each other. */
export function numberRecords(records: readonly LedgerRecord[], firstSeq: number): AppendedRecord[] {
  return records.map((record, index) => ({ seq: firstSeq + index, record }));
}
