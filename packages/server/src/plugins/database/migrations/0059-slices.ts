/** What each gateway may spend of a budget, or of a policy's limit, by itself, and how much of it it has spent. */
export const migration0059 = {
  name: '0059-slices',
  statements: [
    `CREATE TABLE budget_slices (holder TEXT NOT NULL, gateway TEXT NOT NULL,
      granted_calls {integer} NOT NULL DEFAULT 0, granted_spend_minor {integer} NOT NULL DEFAULT 0,
      granted_rows {integer} NOT NULL DEFAULT 0, granted_bytes {integer} NOT NULL DEFAULT 0,
      calls {integer} NOT NULL DEFAULT 0, spend_minor {integer} NOT NULL DEFAULT 0,
      result_rows {integer} NOT NULL DEFAULT 0, result_bytes {integer} NOT NULL DEFAULT 0, PRIMARY KEY (holder, gateway))`,
    `CREATE INDEX budget_slices_gateway ON budget_slices(gateway)`,
    `CREATE TABLE limit_slices (policy_id TEXT NOT NULL, per TEXT NOT NULL, subject TEXT NOT NULL, unit TEXT NOT NULL,
      window_seconds {integer} NOT NULL, gateway TEXT NOT NULL, starts_at {integer} NOT NULL,
      granted {integer} NOT NULL DEFAULT 0, used {integer} NOT NULL DEFAULT 0,
      PRIMARY KEY (policy_id, per, subject, unit, window_seconds, gateway))`,
    `CREATE INDEX limit_slices_gateway ON limit_slices(gateway)`,
  ],
} as const;
