/** How a session was opened, who a person is elsewhere, from when a passkey counts, and how a lost one is replaced. */
export const migration0024 = {
  name: '0024-sign-in',
  statements: [
    `ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT 'passkey'`,
    `ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT ''`,
    'ALTER TABLE sessions ADD COLUMN issuer TEXT',
    'ALTER TABLE sessions ADD COLUMN subject TEXT',
    'ALTER TABLE sessions ADD COLUMN issuer_session TEXT',
    'CREATE INDEX sessions_issuer ON sessions (issuer, subject)',
    'ALTER TABLE passkeys ADD COLUMN counts_from {integer} DEFAULT 0',
    `CREATE TABLE person_identities (
      issuer TEXT NOT NULL,
      subject TEXT NOT NULL,
      person_id TEXT NOT NULL REFERENCES people(id),
      linked_at {integer} NOT NULL,
      last_seen_at {integer} NOT NULL,
      PRIMARY KEY (issuer, subject)
    )`,
    'CREATE INDEX person_identities_person ON person_identities (person_id)',
    `CREATE TABLE logout_tokens (
      digest TEXT PRIMARY KEY,
      expires_at {integer} NOT NULL
    )`,
    `CREATE TABLE recoveries (
      id TEXT PRIMARY KEY,
      person_id TEXT NOT NULL REFERENCES people(id),
      opened_by TEXT NOT NULL,
      reason TEXT NOT NULL,
      opened_at {integer} NOT NULL,
      confirmed_by TEXT,
      token_digest TEXT UNIQUE,
      expires_at {integer} NOT NULL,
      ended_at {integer},
      outcome TEXT,
      record TEXT NOT NULL
    )`,
    'CREATE INDEX recoveries_person ON recoveries (person_id)',
  ],
} as const;
