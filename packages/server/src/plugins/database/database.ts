import { AppError, type LedgerRecord } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Seat } from './messages.ts';
import type { Schema, TaskFactKind } from './schema.ts';
import type { Keyring } from './sealing/keyring.ts';
import type { ClassRange } from './sealing/payload-keys.ts';

export type { Seat } from './messages.ts';

/**
 * Where the server keeps its state and its ledger. One writer: appends, transactions and single writes take turns, in
 * the order they were asked for. Transactions and single writes of all gateways of a database take turns, too; appends,
 * which only add what nobody else writes, do not. Every method rejects with `ledger.unavailable` once the store is closed or broken.
 */
export interface Store {
  /** Single statements outside a transaction, each its own. Reads see only what is committed and never wait for a writer. */
  readonly sql: Kysely<Schema>;

  /**
   * Runs the work with the store to itself, all or nothing: committed and durable when this resolves, rolled back when
   * the work throws, a statement of it fails, or it takes longer than 5 s (`server.transaction_timed_out`). Do nothing slow inside. Inside, use only
   * `tx`: the store's own `transaction`, `append` and writing statements would wait for themselves and throw instead.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;

  /**
   * Adds records to the ledger, next to each other and in this order, with their effects, all or nothing. Resolves only
   * when they are durable. Rejects with `ledger.overloaded` when the bounded queue is full, `ledger.unavailable` when
   * the disk or the database server refuses, `ledger.record_too_large`; then nothing was written. One exception: when
   * the connection to a database server breaks during a commit, nobody can know, and the caller is refused all the same.
   * Should the write turn out to have happened, listeners and `afterCommit` run late, before any other write.
   */
  append(records: readonly LedgerRecord[], effects?: readonly AppendEffect[]): Promise<void>;

  /** Calls the listener with records that have become durable, in order. Returns how to stop that. */
  onAppended(listener: AppendListener): () => void;

  /** Brings the index of records up to all that is durable; until then searching it may miss the newest ones. */
  index(): Promise<void>;

  /** A signed tree head over everything appended so far, durable before it is shown. */
  checkpoint(): Promise<StoredCheckpoint>;

  /** How this gateway's stream of the ledger is named and verified. */
  readonly ledger: LedgerName;

  /** How a stream is named and verified, as the key says that signs it; undefined for one that no gateway has written. */
  nameLedger(stream: number): Promise<LedgerName | undefined>;

  /**
   * The line that adds this gateway's cosignature to a checkpoint with this text (C2SP tlog-cosignature), made with the key
   * of its stream. Whoever asks has proven what the text says. `at` is epoch seconds.
   */
  cosign(text: string, at: number): string;

  /** Which of the gateways of this database this one is. */
  readonly seat: Seat;

  /** The streams whose gateways have a session with the database at this moment. */
  listLiveStreams(): Promise<readonly number[]>;

  /**
   * True when the gateway that had this seat is proven to write nothing any more: its session is gone, did not come back
   * within a second, and the stream is closed to it. False while it lives. No clocks are compared.
   */
  endSeat(seat: Pick<Seat, 'stream' | 'holder'>): Promise<boolean>;

  /** Opens what `ledger_payloads` keeps; only the ledger's own folder reads there. */
  readonly keyring: Pick<Keyring, 'keys' | 'erasures' | 'journal'>;

  /** For good, durable when it resolves: nobody can open these payloads any more, wherever a copy of them is. */
  destroyKeys(ranges: readonly ClassRange[], erasure: number): Promise<void>;

  /** Forgets the keys that another gateway has destroyed. Rejects when those that are left cannot be read. */
  reloadKeys(): Promise<void>;

  /** Resolves when no file of the database holds what was deleted from these tables, or overwritten in them. */
  scrub(tables: readonly string[]): Promise<void>;

  /** Rejects with `ledger.unavailable` while nothing can be written. */
  requireWritable(): Promise<void>;

  /** Finishes what was accepted, signs a last checkpoint and lets go of the data. */
  close(): Promise<void>;
}

export interface Transaction {
  readonly sql: Kysely<Schema>;
  /** Adds a ledger record to this transaction, after those recorded before. */
  record(record: LedgerRecord): void;
  /** Runs once the transaction is durable; not at all when it is rolled back. */
  afterCommit(run: () => void): void;
}

/** A change of state that shares the durable write of the records that caused it. */
export type AppendEffect = UsageEffect | CountEffect | FactEffect;

/** Adds to the budget row of a task (`tsk_`) or delegation (`dlg_`); less than nothing gives back. */
export interface UsageEffect {
  readonly kind: 'usage';
  readonly holder: string;
  readonly calls: number;
  readonly spendMinor: number;
  readonly rows?: number;
  readonly bytes?: number;
}

/**
 * Adds to the counter of a policy's limit; less than nothing gives back. A window that begins later than the counted one
 * takes its place, and what is of an earlier one changes nothing any more.
 */
export interface CountEffect {
  readonly kind: 'count';
  readonly policyId: string;
  readonly per: string;
  readonly subject: string;
  readonly unit: string;
  readonly windowSeconds: number;
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly amount: number;
}

/** Notes once more what a task has done. */
export interface FactEffect {
  readonly kind: 'fact';
  readonly task: string;
  readonly fact: TaskFactKind;
  readonly name: string;
  /** Where in the order of what the task did, and when (epoch milliseconds); without it that is not known any more. */
  readonly order?: {
    readonly position: number;
    readonly at: number;
    /** It has ended well; otherwise it was begun. */
    readonly isCompletion: boolean;
  };
}

export interface AppendedRecord {
  readonly seq: number;
  readonly record: LedgerRecord;
}

export type AppendListener = (records: readonly AppendedRecord[]) => void;

export interface LedgerName {
  readonly stream: string;
  /** The log's name in its checkpoints. */
  readonly origin: string;
  /** C2SP verifier key. */
  readonly vkey: string;
}

export interface StoredCheckpoint {
  /** Number of records it covers. */
  readonly size: number;
  /** C2SP signed note. */
  readonly note: string;
  /** Epoch milliseconds of the newest record it covers; 0 for an empty ledger. */
  readonly at: number;
}

/** A statement would have broken a uniqueness rule of the schema; nothing was changed. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
}

/** The commit may have happened: whoever waits for it is refused, and what it changes in memory waits until that is known. */
export class CommitInDoubt extends AppError {
  /** Whether it had happened; resolves before anything else is written. Never, where the store is closed before. */
  readonly settled: Promise<boolean>;
  readonly settle: (happened: boolean) => void;

  constructor(cause: Error) {
    super('ledger.unavailable', { cause });
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.settled = promise;
    this.settle = resolve;
  }
}
