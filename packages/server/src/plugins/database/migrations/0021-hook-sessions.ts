/** Which task a session of a program that asks through hooks works in. */
export const migration0021 = {
  name: '0021-hook-sessions',
  statements: [
    `CREATE TABLE hook_sessions (enforcement_point_id TEXT NOT NULL, session_id TEXT NOT NULL, task_id TEXT NOT NULL,
      changed_at {integer} NOT NULL, PRIMARY KEY (enforcement_point_id, session_id))`,
  ],
} as const;
