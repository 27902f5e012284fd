/** Accesses of auditors before and after an administrator's passkey has signed them, with what shows it to anyone. */
export const migration0051 = {
  name: '0051-audit-proposals',
  statements: [
    `CREATE TABLE audit_proposals (
      id TEXT PRIMARY KEY,
      signed_text TEXT NOT NULL,
      digest TEXT NOT NULL,
      proposed_by TEXT NOT NULL,
      proposed_at {integer} NOT NULL,
      proposed_record TEXT NOT NULL,
      expires_at {integer} NOT NULL,
      signed_by TEXT,
      evidence TEXT
    )`,
  ],
} as const;
