/** Payloads are sealed from here on. Those that are there already are sealed by the start, in steps. */
export const migration0037 = {
  name: '0037-sealed-payloads',
  statements: [
    `ALTER TABLE ledger_payloads RENAME TO ledger_plain_payloads`,
    `CREATE TABLE ledger_payloads (seq {integer} PRIMARY KEY, sealed {bytes} NOT NULL)`,
    `INSERT INTO ledger_index (name, indexed) SELECT 'plain', count(*) FROM ledger_plain_payloads HAVING count(*) > 0`,
    `CREATE TABLE ledger_erasures (number {integer} PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, work TEXT NOT NULL,
      record TEXT NOT NULL, at {integer} NOT NULL)`,
    `CREATE TABLE ledger_holds (id TEXT PRIMARY KEY, selection TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL,
      at {integer} NOT NULL, ended_at {integer})`,
    `CREATE TABLE ledger_key_copies (number {integer} PRIMARY KEY, erasures {integer} NOT NULL, by TEXT NOT NULL, at {integer} NOT NULL,
      destroyed_at {integer})`,
  ],
} as const;
