/** In which order tasks did things, and where agents are held up until a person has looked at what they did. */
export const migration0019 = {
  name: '0019-sequences',
  statements: [
    `ALTER TABLE task_facts ADD COLUMN last_position {integer} NOT NULL DEFAULT 0`,
    `ALTER TABLE task_facts ADD COLUMN last_at {integer} NOT NULL DEFAULT 0`,
    `ALTER TABLE task_facts ADD COLUMN completed_position {integer} NOT NULL DEFAULT 0`,
    `ALTER TABLE task_facts ADD COLUMN completed_at {integer} NOT NULL DEFAULT 0`,
    `CREATE TABLE task_pauses (record TEXT PRIMARY KEY, root_task_id TEXT NOT NULL, agent_id TEXT NOT NULL, task_id TEXT NOT NULL,
      cause TEXT NOT NULL, at {integer} NOT NULL, resumed_at {integer})`,
    `CREATE UNIQUE INDEX task_pauses_live ON task_pauses(root_task_id, agent_id) WHERE resumed_at IS NULL`,
  ],
} as const;
