/** Other trust domains, the most that may be granted here on their word, and what was. */
export const migration0056 = {
  name: '0056-organisations',
  statements: [
    `CREATE TABLE organisations (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL,
      terms TEXT NOT NULL,
      changed_at {integer} NOT NULL,
      changed_record TEXT NOT NULL
    )`,
    `CREATE TABLE organisation_agents (
      agent_id TEXT PRIMARY KEY,
      organisation_id TEXT NOT NULL REFERENCES organisations (id)
    )`,
    `CREATE TABLE organisation_changes (
      id TEXT PRIMARY KEY,
      signed_text TEXT NOT NULL,
      digest TEXT NOT NULL,
      proposed_by TEXT NOT NULL,
      proposed_at {integer} NOT NULL,
      proposed_record TEXT NOT NULL,
      expires_at {integer} NOT NULL,
      signed_by TEXT,
      evidence TEXT
    )`,
    `CREATE TABLE organisation_assertions (
      digest TEXT PRIMARY KEY,
      expires_at {integer} NOT NULL
    )`,
    'CREATE INDEX organisation_assertions_by_end ON organisation_assertions (expires_at)',
    `CREATE TABLE organisation_tasks (
      task_id TEXT PRIMARY KEY REFERENCES tasks (id),
      organisation_id TEXT NOT NULL REFERENCES organisations (id),
      issuer TEXT NOT NULL,
      hops TEXT NOT NULL,
      status_uri TEXT,
      status_index {integer},
      record TEXT NOT NULL
    )`,
    'CREATE INDEX organisation_tasks_by_organisation ON organisation_tasks (organisation_id)',
  ],
} as const;
