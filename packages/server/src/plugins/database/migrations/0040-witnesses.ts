/** Who saw which checkpoint. */
export const migration0040 = {
  name: '0040-witnesses',
  statements: [
    'ALTER TABLE ledger_checkpoints ADD COLUMN offered_at {integer}',
    'ALTER TABLE ledger_checkpoints ADD COLUMN cosigned {integer} NOT NULL DEFAULT 0',
    'CREATE INDEX ledger_checkpoints_offered ON ledger_checkpoints (size) WHERE offered_at IS NOT NULL',
    `CREATE TABLE ledger_cosignatures (size {integer} NOT NULL, vkey TEXT NOT NULL, line TEXT NOT NULL, at {integer} NOT NULL,
      PRIMARY KEY (size, vkey))`,
    `CREATE TABLE ledger_witnesses (vkey TEXT PRIMARY KEY, size {integer} NOT NULL, cosigned_at {integer}, state TEXT NOT NULL,
      reason TEXT, changed_at {integer} NOT NULL)`,
  ],
} as const;
