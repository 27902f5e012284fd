import type { ErrorCode } from '@countersign/api';
import type { AppendEffect } from './database.ts';
import type { PackedJobs } from './pack-jobs.ts';
import type { PackedPages } from './pack-pages.ts';
import type { KeyNodes } from './sealing/payload-keys.ts';

/** What may be bound to a statement or read from a column. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** A record ready for the tree and the tables. */
export interface WrittenRecord {
  readonly id: string;
  readonly kind: string;
  readonly at: number;
  readonly causes: readonly string[];
  /** All its other facts, as canonical JSON. */
  readonly payload: string;
  /** What it is found by at once; a record that is found through pages has none. */
  readonly terms: readonly string[];
}

/** Records and the effects that share their write. */
export interface AppendJob {
  readonly records: readonly WrittenRecord[];
  readonly effects: readonly AppendEffect[];
}

export interface StatementJob {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** Which of the gateways of a database this one is. */
export interface Seat {
  /** The number of the ledger's stream that it writes. */
  readonly stream: number;
  /** The same for the life of this process, and no other's. */
  readonly holder: string;
  /** Other gateways may have seats, too. */
  readonly isShared: boolean;
}

export type WriterRequest =
  | { readonly kind: 'open' }
  | { readonly kind: 'append'; readonly jobs: PackedJobs }
  | ({ readonly kind: 'execute'; readonly inTransaction: boolean } & StatementJob)
  | { readonly kind: 'begin' }
  | { readonly kind: 'commit'; readonly records: readonly WrittenRecord[] }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'index'; readonly pages: PackedPages }
  | { readonly kind: 'start-ledger'; readonly signer: LedgerSigner; readonly keys: KeyNodes }
  | { readonly kind: 'replace-keys'; readonly keys: KeyNodes }
  | { readonly kind: 'close' };

export interface LedgerSigner {
  /** The number of the stream. */
  readonly stream: number;
  readonly origin: string;
  /** PKCS #8 DER of the Ed25519 key. */
  readonly privateKey: Uint8Array;
}

export interface StatementResult {
  readonly rows: readonly Record<string, SqlValue>[];
  readonly changes: number;
}

/** Each job's first `seq`, or why it alone was refused. */
export type AppendResult = { readonly firstSeq: number } | { readonly failure: Failure };

export type Failure =
  | {
      /** `in-doubt`: the connection broke while the commit was under way; a `WriterEvent` says later what became of it. */
      readonly kind: 'unavailable' | 'in-doubt' | 'unique' | 'other';
      readonly message: string;
    }
  /** Nothing can be started here; the message is for the operator. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string };

/**
 * What became of the one commit that was in doubt: the first `seq` of its records, or that it never happened. `fenced`: another
 * gateway has taken the place of this one, which writes nothing any more.
 */
export type WriterEvent =
  | { readonly kind: 'fenced' }
  | { readonly kind: 'committed'; readonly firstSeq: number }
  | { readonly kind: 'rolled-back' };

export interface ThreadRequest {
  readonly id: number;
  readonly request: unknown;
}

export type ThreadReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure }
  | { readonly event: WriterEvent };
