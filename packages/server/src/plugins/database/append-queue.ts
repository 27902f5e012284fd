import { AppError, type LedgerRecord } from '@countersign/api';
import { type AppendEffect, type AppendedRecord, CommitInDoubt } from './database.ts';
import type { AppendJob, AppendResult } from './messages.ts';
import { toStoreError } from './to-store-error.ts';
import { writeRecord } from './write-record.ts';
import type { WriterLane } from './writer-lane.ts';

const maximumQueuedRecords = 20_000;
const maximumQueuedLength = 64 * 1_048_576;
/** Enough to share one sync among; what is more goes with the next, which is made ready while this one is written. */
const maximumBatchRecords = 512;
const maximumBatchLength = 16 * 1_048_576;
/** So many calls have their turn before a transaction that came after them. */
const maximumTurn = 4_096;
/** Fewer are worth no commit of their own while another is under way. */
const worthwhileRecords = 256;
const maximumInFlight = 2;

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
  /** The records of one commit that may have happened; `settle` is to say whether it did. */
  onDoubt(records: readonly LedgerRecord[], settle: (happened: boolean) => void): void;
}

/**
 * Collects appends while the writer is busy, so that they share one message, one transaction and one sync. Under load the
 * next batch is on its way before the one before it is durable; the writer takes them in order.
 */
export class AppendQueue {
  readonly #options: AppendQueueOptions;
  #pending: Pending[] = [];
  #queuedRecords = 0;
  #queuedLength = 0;
  #inFlight = new Set<Promise<void>>();
  #inFlightRecords = 0;
  #hasPlace = false;
  #isSendingSoon = false;

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
      this.#takePlace();
      this.#sendSoon();
    });
  }

  /** A transaction that is asked for later comes after what is pending now. */
  #takePlace(): void {
    if (this.#hasPlace || this.#pending.length === 0) return;
    this.#hasPlace = true;
    void this.#options.lane.enter(() => this.#flush(), 'after-this-turn');
  }

  async #flush(): Promise<void> {
    this.#hasPlace = false;
    let owed = Math.min(this.#pending.length, maximumTurn);
    while (owed > 0 && this.#pending.length > 0) {
      owed -= this.#send();
      if (this.#inFlight.size >= maximumInFlight) await Promise.race(this.#inFlight);
    }
    this.#takePlace();
    this.#sendSoon();
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  /** Beside a batch that is under way, when there is enough and nobody else waits for the writer. */
  #sendSoon(): void {
    if (this.#isSendingSoon || !this.#maySendBeside()) return;
    this.#isSendingSoon = true;
    setImmediate(() => {
      this.#isSendingSoon = false;
      if (this.#maySendBeside()) this.#send();
    });
  }

  #maySendBeside(): boolean {
    return (
      this.#inFlight.size > 0 &&
      this.#inFlight.size < maximumInFlight &&
      this.#queuedRecords - this.#inFlightRecords >= worthwhileRecords &&
      this.#options.lane.waiting === (this.#hasPlace ? 1 : 0)
    );
  }

  /** Returns how many calls are on their way now. */
  #send(): number {
    const batch = this.#takeBatch();
    const sent = this.#write(batch).finally(() => this.#inFlight.delete(sent));
    this.#inFlight.add(sent);
    return batch.length;
  }

  async #write(batch: readonly Pending[]): Promise<void> {
    const count = batch.reduce((sum, { records }) => sum + records.length, 0);
    this.#inFlightRecords += count;
    try {
      const results = await this.#options.write(batch.map(({ job }) => job));
      const errors = results.map((result) =>
        'failure' in result ? toStoreError(result.failure) : undefined,
      );
      const doubtful = errors.filter((error) => error instanceof CommitInDoubt);
      if (doubtful.length > 0) {
        const records = batch.flatMap(({ records: own }, i) =>
          errors[i] instanceof CommitInDoubt ? own : [],
        );
        this.#options.onDoubt(records, (happened) => {
          for (const error of doubtful) error.settle(happened);
        });
      }
      for (const [index, pending] of batch.entries()) this.#settle(pending, results[index], errors[index]);
    } catch (error) {
      const reason = error instanceof Error ? error : new AppError('ledger.unavailable', { cause: error });
      for (const pending of batch) pending.reject(reason);
    } finally {
      this.#inFlightRecords -= count;
      this.#queuedRecords -= count;
      this.#queuedLength -= batch.reduce((sum, { length }) => sum + length, 0);
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

  #settle(pending: Pending, result: AppendResult | undefined, error: Error | undefined): void {
    if (result === undefined || 'failure' in result) {
      pending.reject(error ?? new AppError('ledger.unavailable'));
      return;
    }
    pending.resolve();
    this.#options.onDurable(pending.records, result.firstSeq);
  }
}

/** Numbers records that were written next to each other. */
export function numberRecords(records: readonly LedgerRecord[], firstSeq: number): AppendedRecord[] {
  return records.map((record, index) => ({ seq: firstSeq + index, record }));
}
