/** The number of the last erasure whose keys the gateway of the stream has forgotten. */
export const migration0067 = {
  name: '0067-known-erasures',
  statements: ['ALTER TABLE ledger_streams ADD COLUMN erasures {integer} NOT NULL DEFAULT 0'],
} as const;
