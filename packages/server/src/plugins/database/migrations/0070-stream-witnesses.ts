/**
 * Witnesses cosign each stream for itself, and gateways each other's: `signer` is the stream of the gateway that cosigned, null
 * for a witness.
 */
export const migration0070 = {
  name: '0070-stream-witnesses',
  waits:
    'The table of witnesses is made anew with the stream in its key: a gateway of before would write without one.',
  statements: [
    'ALTER TABLE ledger_cosignatures ADD COLUMN signer {integer}',
    'CREATE INDEX ledger_cosignatures_signer ON ledger_cosignatures (signer, size) WHERE signer IS NOT NULL',
    `CREATE TABLE ledger_stream_witnesses (stream {integer} NOT NULL, vkey TEXT NOT NULL, size {integer} NOT NULL,
      cosigned_at {integer}, state TEXT NOT NULL, reason TEXT, changed_at {integer} NOT NULL, PRIMARY KEY (stream, vkey))`,
    `INSERT INTO ledger_stream_witnesses (stream, vkey, size, cosigned_at, state, reason, changed_at)
      SELECT 0, vkey, size, cosigned_at, state, reason, changed_at FROM ledger_witnesses`,
    'DROP TABLE ledger_witnesses',
    'ALTER TABLE ledger_stream_witnesses RENAME TO ledger_witnesses',
  ],
} as const;
