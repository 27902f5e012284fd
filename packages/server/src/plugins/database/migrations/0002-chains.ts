/** What agents pass on: a delegation may end with the task it was made in, a task may stand on another task. */
export const migration0002 = {
  name: '0002-chains',
  statements: [
    `ALTER TABLE delegations ADD COLUMN task_id TEXT REFERENCES tasks(id)`,
    `CREATE INDEX delegations_task ON delegations(task_id)`,
    `ALTER TABLE tasks ADD COLUMN parent_task_id TEXT REFERENCES tasks(id)`,
    `CREATE INDEX tasks_parent ON tasks(parent_task_id)`,
  ],
} as const;
