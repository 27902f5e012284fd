/** What a retirement comes by while it is still needed is not forgotten. */
export const migration0047 = {
  name: '0047-waiting-copies',
  statements: [
    `CREATE TABLE ledger_waiting_copies (part TEXT NOT NULL, id TEXT NOT NULL, tried_at {integer} NOT NULL, PRIMARY KEY (part, id))`,
    'ALTER TABLE ledger_holds ADD COLUMN ended_by TEXT',
  ],
} as const;
