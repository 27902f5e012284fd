import {
  commitPayload,
  encodeEntry,
  hashLeaf,
  type LedgerEntry,
  type MerkleFrontier,
} from '@countersign/ledger';
import { keptLevels } from './ledger-layout.ts';
import { firstNodeOf, firstSeqOf, nameStream, streamSpan } from './ledger-streams.ts';
import type { AppendJob, WrittenRecord } from './messages.ts';
import type { PayloadKeys } from './sealing/payload-keys.ts';
import type { LedgerTables } from './writing-connection.ts';

/** Where the tree stands between two transactions. */
export interface LedgerMark {
  readonly frontier: MerkleFrontier;
  readonly newestAt: number;
}

/** Adds records to the tree and the tables inside the transaction its caller has opened. */
export class LedgerWriter {
  readonly #tables: LedgerTables;
  /** The number of the stream. */
  readonly stream: number;
  readonly #name: string;
  readonly #keys: PayloadKeys;
  #frontier: MerkleFrontier;
  #newestAt: number;

  constructor(
    tables: LedgerTables,
    { stream, keys }: { readonly stream: number; readonly keys: PayloadKeys },
    { frontier, newestAt }: LedgerMark,
  ) {
    this.#tables = tables;
    this.stream = stream;
    this.#name = nameStream(stream);
    this.#keys = keys;
    this.#frontier = frontier;
    this.#newestAt = newestAt;
  }

  get size(): number {
    return this.#frontier.size;
  }

  /** The `seq` of the next record. */
  get end(): number {
    return firstSeqOf(this.stream) + this.size;
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
    const firstSeq = this.end;
    for (const record of job.records) this.#addRecord(record);
    for (const effect of job.effects) {
      if (effect.kind === 'usage') this.#tables.addUsage(effect);
      else if (effect.kind === 'count') this.#tables.addCount(effect);
      else this.#tables.addFact(effect);
    }
    return firstSeq;
  }

  #addRecord({ id, kind, at, causes, payload, terms }: WrittenRecord): void {
    const [position, seq] = [this.size, this.end];
    if (position >= streamSpan - 1) throw new Error('the stream has no place left');
    const stream = this.#name;
    const { salt, seal } = this.#keys.take({ stream, seq, id }, kind);
    const commitment = commitPayload(salt, payload);
    const entry: LedgerEntry = { v: 1, stream, seq: position, id, at, kind, causes, commitment };
    const leaf = encodeEntry(entry);
    this.#tables.addEntry(seq, id, kind, at, leaf);
    this.#tables.addPayload(seq, seal(payload));
    for (const term of terms) this.#tables.addTerm(term, seq);
    this.#frontier.append(hashLeaf(leaf), (level, node, hash) => {
      if (level % keptLevels === 0) this.#tables.addNode(level, firstNodeOf(this.stream, level) + node, hash);
    });
    this.#newestAt = at;
  }
}
