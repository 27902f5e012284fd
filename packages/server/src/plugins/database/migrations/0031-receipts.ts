/** Receipts of decisions: credentials that verify without this server, each with its place in a status list. */
export const migration0031 = {
  name: '0031-receipts',
  statements: [
    `CREATE TABLE approval_receipts (
      number {integer} PRIMARY KEY,
      approval_id TEXT NOT NULL REFERENCES approvals(id),
      outcome TEXT NOT NULL,
      list TEXT NOT NULL,
      idx {integer} NOT NULL,
      credential TEXT NOT NULL,
      issued_at {integer} NOT NULL
    )`,
    'CREATE UNIQUE INDEX approval_receipts_by_decision ON approval_receipts (approval_id, outcome)',
    'CREATE UNIQUE INDEX approval_receipts_by_place ON approval_receipts (list, idx)',
  ],
} as const;
