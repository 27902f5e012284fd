/** What auditors from elsewhere may read, and until when. */
export const migration0046 = {
  name: '0046-audit-access',
  statements: [
    `CREATE TABLE audit_accesses (
      id TEXT PRIMARY KEY,
      person_id TEXT NOT NULL,
      scope TEXT NOT NULL,
      content {integer} NOT NULL,
      reason TEXT NOT NULL,
      given_by TEXT NOT NULL,
      given_at {integer} NOT NULL,
      until {integer} NOT NULL,
      ended_at {integer},
      record TEXT NOT NULL
    )`,
    'CREATE INDEX audit_accesses_of_person ON audit_accesses (person_id, ended_at)',
  ],
} as const;
