import type { AppendEffect } from '../database.ts';

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

export type WriterRequest =
  | { readonly kind: 'open' }
  | { readonly kind: 'append'; readonly jobs: readonly AppendJob[] }
  | ({ readonly kind: 'execute'; readonly inTransaction: boolean } & StatementJob)
  | { readonly kind: 'begin' }
  | { readonly kind: 'commit'; readonly records: readonly WrittenRecord[] }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'start-ledger'; readonly signer: LedgerSigner }
  | { readonly kind: 'close' };

export interface LedgerSigner {
  readonly stream: string;
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

export interface Failure {
  readonly kind: 'unavailable' | 'unique' | 'in-use' | 'newer' | 'tampered' | 'other';
  readonly message: string;
}

export interface ThreadRequest {
  readonly id: number;
  readonly request: unknown;
}

export type ThreadReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure };
