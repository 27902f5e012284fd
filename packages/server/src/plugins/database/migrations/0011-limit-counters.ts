/** What policies' limits have counted, one row a counter however many windows go by; and rows and bytes in budgets. */
export const migration0011 = {
  name: '0011-limit-counters',
  statements: [
    `CREATE TABLE limit_counters (policy_id TEXT NOT NULL, per TEXT NOT NULL, subject TEXT NOT NULL, unit TEXT NOT NULL,
      window_seconds {integer} NOT NULL, starts_at {integer} NOT NULL, used {integer} NOT NULL,
      PRIMARY KEY (policy_id, per, subject, unit, window_seconds))`,
    `CREATE INDEX limit_counters_subject ON limit_counters(subject)`,
    `ALTER TABLE budgets ADD COLUMN result_rows {integer} NOT NULL DEFAULT 0`,
    `ALTER TABLE budgets ADD COLUMN result_bytes {integer} NOT NULL DEFAULT 0`,
  ],
} as const;
