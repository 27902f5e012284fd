/**
 * The index of records that the path writes is kept in pages, one row for many records, written behind them. Records
 * below `indexed` are in it; `ledger_terms` stays the index of all other records.
 */
export const migration0016 = {
  name: '0016-term-pages',
  statements: [
    `CREATE TABLE ledger_term_pages (term TEXT NOT NULL, first_seq {integer} NOT NULL, last_seq {integer} NOT NULL,
      seqs {bytes} NOT NULL, PRIMARY KEY (term, first_seq))`,
    `CREATE TABLE ledger_index (name TEXT PRIMARY KEY, indexed {integer} NOT NULL)`,
    `INSERT INTO ledger_index (name, indexed) SELECT 'pages', count(*) FROM ledger_entries`,
  ],
} as const;
