/** Signed reports of framework evidence; the newest are kept. */
export const migration0044 = {
  name: '0044-evidence-reports',
  statements: [
    `CREATE TABLE evidence_reports (
      id TEXT PRIMARY KEY,
      made_at {integer} NOT NULL,
      made_by TEXT NOT NULL,
      period_from {integer} NOT NULL,
      period_to {integer} NOT NULL,
      frameworks TEXT NOT NULL,
      digest TEXT NOT NULL,
      report TEXT NOT NULL
    )`,
  ],
} as const;
