/** Whoever took an assertion says under which record, and whoever issued it asks until they have. */
export const migration0069 = {
  name: '0069-acknowledgements',
  statements: [
    'ALTER TABLE organisation_assertions ADD COLUMN record TEXT',
    'ALTER TABLE organisation_assertions ADD COLUMN issuer TEXT',
    `CREATE TABLE organisation_vouched (
      digest TEXT PRIMARY KEY,
      organisation_id TEXT NOT NULL REFERENCES organisations (id),
      audience TEXT NOT NULL,
      assertion TEXT NOT NULL,
      record TEXT NOT NULL,
      agent_id TEXT NOT NULL,
      task_id TEXT NOT NULL,
      tries {integer} NOT NULL,
      next_at {integer} NOT NULL,
      expires_at {integer} NOT NULL
    )`,
    'CREATE INDEX organisation_vouched_by_turn ON organisation_vouched (next_at)',
  ],
} as const;
