/** What a person says of the arguments and results of a tool, null where nobody has, and labels that people lift. */
export const migration0017 = {
  name: '0017-tool-labels',
  statements: [
    'ALTER TABLE tools ADD COLUMN argument_roles TEXT',
    'ALTER TABLE tools ADD COLUMN result_labels TEXT',
    `CREATE TABLE task_declassifications (id TEXT PRIMARY KEY, task_id TEXT NOT NULL, label TEXT NOT NULL,
      minutes {integer} NOT NULL, calls {integer}, reason TEXT NOT NULL, signed_text TEXT NOT NULL, digest TEXT NOT NULL,
      proposed_by TEXT NOT NULL, proposed_at {integer} NOT NULL, expires_at {integer} NOT NULL,
      signed_by TEXT, signed_at {integer}, evidence TEXT)`,
  ],
} as const;
