/** Values of records from before they were indexed: those below `indexed` are yet to be, the newest first. */
export const migration0053 = {
  name: '0053-older-values',
  statements: [
    `INSERT INTO ledger_index (name, indexed) SELECT 'older-values', indexed FROM
      (SELECT COALESCE((SELECT min(first_seq) FROM ledger_value_pages), (SELECT count(*) FROM ledger_entries)) AS indexed) AS older
      WHERE indexed > 0`,
  ],
} as const;
