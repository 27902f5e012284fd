/** How far each sink of evidence has come, and what it did not take. */
export const migration0041 = {
  name: '0041-sinks',
  statements: [
    `CREATE TABLE ledger_sinks (
      name TEXT PRIMARY KEY,
      next_seq {integer} NOT NULL,
      attempts {integer} NOT NULL,
      refusals {integer} NOT NULL,
      refused_in_a_row {integer} NOT NULL,
      next_at {integer} NOT NULL,
      failing_since {integer},
      last_error TEXT,
      delivered {integer} NOT NULL,
      delivered_at {integer}
    )`,
    `CREATE TABLE ledger_sink_refusals (
      sink TEXT NOT NULL,
      seq {integer} NOT NULL,
      record_id TEXT NOT NULL,
      why TEXT NOT NULL,
      at {integer} NOT NULL,
      resend {integer} NOT NULL,
      PRIMARY KEY (sink, seq)
    )`,
  ],
} as const;
