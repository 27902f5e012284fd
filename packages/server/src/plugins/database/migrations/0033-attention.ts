/** Whom each request was put before, and which yes people took for a mistake later. */
export const migration0033 = {
  name: '0033-attention',
  statements: [
    `CREATE TABLE approval_asks (approval_id TEXT NOT NULL REFERENCES approvals(id), person_id TEXT NOT NULL, at {integer} NOT NULL,
      PRIMARY KEY (approval_id, person_id))`,
    'CREATE INDEX approval_asks_by_person ON approval_asks (person_id, at)',
    `CREATE TABLE approval_regrets (approval_id TEXT NOT NULL REFERENCES approvals(id), person_id TEXT NOT NULL, reason TEXT NOT NULL,
      at {integer} NOT NULL, PRIMARY KEY (approval_id, person_id))`,
    'CREATE INDEX approval_votes_by_time ON approval_votes (at)',
    'CREATE INDEX approvals_denied ON approvals (agent_id, state, decided_at)',
  ],
} as const;
