/**
 * A row for each stream that a gateway has written. Who may write it is proven by `epoch`, inside every commit; `holder`
 * stands for the one process that may. It takes the place of a fence for the whole database.
 */
export const migration0057 = {
  name: '0057-ledger-streams',
  statements: [
    `CREATE TABLE ledger_streams (number {integer} PRIMARY KEY, epoch {integer} NOT NULL, holder TEXT NOT NULL)`,
    `DROP TABLE IF EXISTS writer_fence`,
  ],
} as const;
