import { randomFillSync } from 'node:crypto';
import {
  commitPayload,
  encodeEntry,
  hashLeaf,
  type LedgerEntry,
  type MerkleFrontier,
  saltBytes,
} from '@countersign/ledger';
import { keptLevels } from './ledger-layout.ts';
import type { AppendJob, WrittenRecord } from './messages.ts';
import type { LedgerTables } from './writing-connection.ts';

/** Where the tree stands between two transactions. */
export interface LedgerMark {
  readonly frontier: MerkleFrontier;
  readonly newestAt: number;
}

/** Adds records to the tree and the tables inside the transaction its caller has opened. */
export class LedgerWriter {
  readonly #tables: LedgerTables;
  readonly #stream: string;
  #frontier: MerkleFrontier;
  #newestAt: number;
  #salts = new Uint8Array(0);
  #saltsUsed = 0;

  constructor(tables: LedgerTables, stream: string, { frontier, newestAt }: LedgerMark) {
    this.#tables = tables;
    this.#stream = stream;
    this.#frontier = frontier;
    this.#newestAt = newestAt;
  }

  get size(): number {
    return this.#frontier.size;
  }

  /** Epoch milliseconds of the newest record; 0 when there is none. */
  get newestAt(): number {
    return this.#newestAt;
  }

  root(): Uint8Array {
    return this.#frontier.root();
  }

  /** Where the tree stands; handed back to `restore` when the transaction fails. */
  mark(): LedgerMark {
    return { frontier: this.#frontier.clone(), newestAt: this.#newestAt };
  }

  restore(mark: LedgerMark): void {
    this.#frontier = mark.frontier;
    this.#newestAt = mark.newestAt;
  }

  /** Adds one job's records and effects. Returns the first record's `seq`. */
  add(job: AppendJob): number {
    const firstSeq = this.#frontier.size;
    for (const record of job.records) this.#addRecord(record);
    for (const effect of job.effects) {
      if (effect.kind === 'usage') this.#tables.addUsage(effect);
      else if (effect.kind === 'count') this.#tables.addCount(effect);
      else this.#tables.addFact(effect);
    }
    return firstSeq;
  }

  #addRecord({ id, kind, at, causes, payload, terms }: WrittenRecord): void {
    const salt = this.#takeSalt();
    const seq = this.#frontier.size;
    const commitment = commitPayload(salt, payload);
    const entry: LedgerEntry = { v: 1, stream: this.#stream, seq, id, at, kind, causes, commitment };
    const leaf = encodeEntry(entry);
    this.#tables.addEntry(seq, id, kind, at, leaf);
    this.#tables.addPayload(seq, salt, payload);
    for (const term of terms) this.#tables.addTerm(term, seq);
    this.#frontier.append(hashLeaf(leaf), (level, position, hash) => {
      if (level % keptLevels === 0) this.#tables.addNode(level, position, hash);
    });
    this.#newestAt = at;
  }

  #takeSalt(): Uint8Array {
    if (this.#saltsUsed === this.#salts.length) {
      this.#salts = randomFillSync(new Uint8Array(saltBytes * 256));
      this.#saltsUsed = 0;
    }
    this.#saltsUsed += saltBytes;
    return this.#salts.subarray(this.#saltsUsed - saltBytes, this.#saltsUsed);
  }
}
