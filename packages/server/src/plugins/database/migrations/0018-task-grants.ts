/** What the prompt of a line of tasks calls for, and what people have added to it. */
export const migration0018 = {
  name: '0018-task-grants',
  statements: [
    `CREATE TABLE task_grants (task_id TEXT PRIMARY KEY, prompt TEXT, confirmed_by TEXT, tools TEXT NOT NULL, task_grant TEXT NOT NULL,
      bounds TEXT NOT NULL, version {integer} NOT NULL, changed_at {integer} NOT NULL)`,
  ],
} as const;
