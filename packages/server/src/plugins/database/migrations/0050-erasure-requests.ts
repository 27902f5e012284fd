/** Two people sign an erasure before it is carried out. */
export const migration0050 = {
  name: '0050-erasure-requests',
  statements: [
    `CREATE TABLE ledger_erasure_requests (id TEXT PRIMARY KEY, selection TEXT NOT NULL, plan_digest TEXT NOT NULL,
      reason TEXT NOT NULL, signed_text TEXT NOT NULL, digest TEXT NOT NULL, asked_by TEXT NOT NULL,
      asked_record TEXT NOT NULL, asked_at {integer} NOT NULL, expires_at {integer} NOT NULL, evidence TEXT,
      ended_at {integer}, outcome TEXT)`,
  ],
} as const;
