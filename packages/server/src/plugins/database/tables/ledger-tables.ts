import type { Fixed } from './column.ts';

/** The evidence. */
export interface LedgerTables {
  ledger_entries: {
    seq: Fixed<number>;
    id: Fixed<string>;
    kind: Fixed<string>;
    at: Fixed<number>;
    /** Canonical entry: the Merkle leaf's bytes. */
    entry: Fixed<string>;
  };
  ledger_payloads: { seq: Fixed<number>; salt: Fixed<Uint8Array>; payload: Fixed<string> };
  /** Complete subtree roots, for proofs. */
  ledger_nodes: { level: Fixed<number>; position: Fixed<number>; hash: Fixed<Uint8Array> };
  /** Search: one row for each id a record names, but for records of the path. */
  ledger_terms: { term: Fixed<string>; seq: Fixed<number> };
  /** Search: where a term occurs among many records of the path. */
  ledger_term_pages: {
    term: Fixed<string>;
    first_seq: Fixed<number>;
    last_seq: Fixed<number>;
    seqs: Fixed<Uint8Array>;
  };
  /** The row `pages`: records from `indexed` on are not in the pages yet. */
  ledger_index: { name: Fixed<string>; indexed: number };
  ledger_checkpoints: {
    size: Fixed<number>;
    root: Fixed<Uint8Array>;
    note: Fixed<string>;
    at: Fixed<number>;
  };
}
