/** Groups that a directory says a person is in, and the security events that others are told of. */
export const migration0023 = {
  name: '0023-directory-groups',
  statements: [
    `ALTER TABLE people ADD COLUMN directory_groups TEXT NOT NULL DEFAULT '{}'`,
    `CREATE TABLE security_events (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      person_id TEXT,
      agent_id TEXT,
      reason TEXT NOT NULL,
      facts TEXT NOT NULL,
      record TEXT NOT NULL,
      at {integer} NOT NULL
    )`,
    'CREATE INDEX security_events_by_time ON security_events (at, id)',
  ],
} as const;
