import { AppError, type LedgerRecord } from '@countersign/api';
import { isEntryName } from '@countersign/ledger';
import type { AppendEffect, AppendedRecord } from '../database.ts';
import { toStoreError } from './failure.ts';
import type { AppendJob, AppendResult } from './messages.ts';
import type { WriterLane } from './writer-lane.ts';

/** An exported record with its payload must stay well under the line limit that verifiers keep. */
const maximumRecordLength = 1_048_576;
const maximumQueuedRecords = 20_000;
const maximumQueuedLength = 64 * 1_048_576;

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
      const texts = records.map(writeRecord);
      const length = texts.reduce((sum, text) => sum + text.length, 0);
      if (
        this.#queuedRecords + texts.length > maximumQueuedRecords ||
        this.#queuedLength + length > maximumQueuedLength
      ) {
        throw new AppError('ledger.overloaded');
      }
      this.#queuedRecords += texts.length;
      this.#queuedLength += length;
      this.#pending.push({ job: { records: texts, effects }, records, length, resolve, reject });
      if (this.#pending.length === 1) void this.#options.lane.enter(() => this.#flush(), 'after-this-turn');
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#pending;
    this.#pending = [];
    try {
      const results = await this.#options.write(batch.map(({ job }) => job));
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

/** The record as the JSON text that goes to the writer. What is public in the tree must be plain names. */
export function writeRecord(record: LedgerRecord): string {
  if (!isEntryName(record.id) || !isEntryName(record.kind))
    throw new TypeError('a record id or kind is no name');
  if (!Number.isSafeInteger(record.at) || record.at < 0)
    throw new TypeError('a record time is a whole number');
  if (record.causes.length > 64 || !record.causes.every(isEntryName))
    throw new TypeError('a cause is no name');
  const text = JSON.stringify(record);
  if (text.length > maximumRecordLength) throw new AppError('ledger.record_too_large');
  return text;
}

/** Numbers records that were written next to each other. */
export function numberRecords(records: readonly LedgerRecord[], firstSeq: number): AppendedRecord[] {
  return records.map((record, index) => ({ seq: firstSeq + index, record }));
}
