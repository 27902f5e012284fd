/** Values of arguments in the index, hidden by keys that are kept elsewhere; searches with names; checkpoints by their root. */
export const migration0043 = {
  name: '0043-search',
  statements: [
    `CREATE TABLE ledger_value_pages (block {integer} NOT NULL, term {integer} NOT NULL, first_seq {integer} NOT NULL,
      seqs {bytes} NOT NULL, PRIMARY KEY (block, term, first_seq))`,
    `CREATE TABLE ledger_queries (owner TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL, shared {integer} NOT NULL,
      changed_at {integer} NOT NULL, PRIMARY KEY (owner, name))`,
    `CREATE INDEX ledger_checkpoints_by_root ON ledger_checkpoints (root)`,
  ],
} as const;
