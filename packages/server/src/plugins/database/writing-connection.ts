import type { CountEffect, FactEffect, UsageEffect } from './database.ts';
import type { RunStatement } from './ledger-statements.ts';
import type { Seat, StatementJob, StatementResult } from './messages.ts';

/** Where the ledger's writer puts its rows. They belong to the transaction that is open. */
export interface LedgerTables {
  addEntry(seq: number, id: string, kind: string, at: number, entry: string): void;
  addPayload(seq: number, sealed: Uint8Array): void;
  addTerm(term: string, seq: number): void;
  addNode(level: number, position: number, hash: Uint8Array): void;
  addUsage(usage: UsageEffect): void;
  addCount(count: CountEffect): void;
  /** Notes once more what a task has done. */
  addFact(fact: FactEffect): void;
}

type Eventually<T> = T | Promise<T>;

/**
 * A driver's one connection that writes. It lives in the writer's thread, is used by one request at a time, and throws
 * `StoreFailure`s or errors that the driver's `DescribeFailure` knows.
 */
export interface WritingConnection {
  readonly tables: LedgerTables;
  /** As `execute`, for the few statements of our own that every engine understands. */
  readonly run: RunStatement;
  /** False again when the engine has ended the transaction by itself. */
  readonly inTransaction: boolean;
  begin(): Eventually<void>;
  /** Durable when it returns. Throws `in-doubt` when nobody can know. */
  commit(): Eventually<void>;
  rollback(): Eventually<void>;
  /** In the open transaction, or a durable write of its own. */
  execute(job: StatementJob): Eventually<StatementResult>;
  /** Throws while nothing can be written. */
  requireReady(): Seat;
  close(): Eventually<void>;
}
