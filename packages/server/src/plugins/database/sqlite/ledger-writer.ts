import { randomFillSync } from 'node:crypto';
import {
  commitPayload,
  encodeEntry,
  hashLeaf,
  type LedgerEntry,
  type MerkleFrontier,
  saltBytes,
} from '@countersign/ledger';
import { keptLevels } from '../ledger-layout.ts';
import type { Connection } from './connection.ts';
import type { AppendJob, WrittenRecord } from './messages.ts';

/** Adds records to the tree and the tables inside the transaction its caller has opened. */
export class LedgerWriter {
  readonly #insert: ReturnType<typeof prepareInserts>;
  readonly #stream: string;
  #frontier: MerkleFrontier;
  #newestAt: number;
  #salts = new Uint8Array(0);
  #saltsUsed = 0;

  constructor(connection: Connection, stream: string, frontier: MerkleFrontier, newestAt: number) {
    this.#insert = prepareInserts(connection);
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
  mark(): { frontier: MerkleFrontier; newestAt: number } {
    return { frontier: this.#frontier.clone(), newestAt: this.#newestAt };
  }

  restore(mark: { frontier: MerkleFrontier; newestAt: number }): void {
    this.#frontier = mark.frontier;
    this.#newestAt = mark.newestAt;
  }

  /** Adds one job's records and effects. Returns the first record's `seq`. */
  add(job: AppendJob): number {
    const firstSeq = this.#frontier.size;
    for (const record of job.records) this.#addRecord(record);
    for (const { holder, calls, spendMinor } of job.effects) {
      this.#insert.usage.run(holder, calls, spendMinor);
    }
    return firstSeq;
  }

  #addRecord({ id, kind, at, causes, payload, terms }: WrittenRecord): void {
    const salt = this.#takeSalt();
    const seq = this.#frontier.size;
    const commitment = commitPayload(salt, payload);
    const entry: LedgerEntry = { v: 1, stream: this.#stream, seq, id, at, kind, causes, commitment };
    const leaf = encodeEntry(entry);
    this.#insert.entry.run(seq, id, kind, at, leaf);
    this.#insert.payload.run(seq, salt, payload);
    for (const term of terms) this.#insert.term.run(term, seq);
    this.#frontier.append(hashLeaf(leaf), (level, position, hash) => {
      if (level % keptLevels === 0) this.#insert.node.run(level, position, hash);
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

function prepareInserts(connection: Connection) {
  return {
    entry: connection.prepare('INSERT INTO ledger_entries (seq, id, kind, at, entry) VALUES (?, ?, ?, ?, ?)'),
    payload: connection.prepare('INSERT INTO ledger_payloads (seq, salt, payload) VALUES (?, ?, ?)'),
    // One row a call: a statement for several rows at once measured at half the speed.
    term: connection.prepare('INSERT INTO ledger_terms (term, seq) VALUES (?, ?)'),
    node: connection.prepare('INSERT INTO ledger_nodes (level, position, hash) VALUES (?, ?, ?)'),
    usage: connection.prepare(`INSERT INTO budgets (holder, calls, spend_minor) VALUES (?, ?, ?)
      ON CONFLICT (holder) DO UPDATE SET calls = calls + excluded.calls, spend_minor = spend_minor + excluded.spend_minor`),
  };
}
