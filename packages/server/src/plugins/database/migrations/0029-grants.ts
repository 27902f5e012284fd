/** What one signature lets through beside the call that was shown, and which requests may be decided together. */
export const migration0029 = {
  name: '0029-grants',
  statements: [
    'ALTER TABLE approvals ADD COLUMN grant_basis TEXT',
    'ALTER TABLE approvals ADD COLUMN group_id TEXT',
    'CREATE INDEX approvals_by_group ON approvals (group_id, state)',
    `CREATE TABLE approval_grants (
      approval_id TEXT PRIMARY KEY REFERENCES approvals(id),
      agent_id TEXT NOT NULL,
      task_id TEXT NOT NULL,
      used {integer} NOT NULL,
      spent_minor {integer} NOT NULL,
      given_at {integer} NOT NULL,
      expires_at {integer} NOT NULL,
      record TEXT NOT NULL,
      ended_at {integer},
      end_reason TEXT
    )`,
    'CREATE INDEX approval_grants_by_end ON approval_grants (ended_at, expires_at)',
  ],
} as const;
