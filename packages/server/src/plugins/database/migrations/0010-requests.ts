/** What policy is told of a request: the groups of agents, what a task has done, and what people confirmed of tools. */
export const migration0010 = {
  name: '0010-requests',
  statements: [
    `ALTER TABLE agents ADD COLUMN group_names TEXT NOT NULL DEFAULT '[]'`,
    `ALTER TABLE tools ADD COLUMN reversibility TEXT NOT NULL DEFAULT 'unknown'`,
    `ALTER TABLE tools ADD COLUMN proposal TEXT`,
    // Who confirmed that a tool only reads has said that there is nothing to take back.
    `UPDATE tools SET reversibility = 'reversible' WHERE confirmed = 1 AND effects = '["read"]'`,
    `CREATE TABLE task_facts (task_id TEXT NOT NULL, fact TEXT NOT NULL, name TEXT NOT NULL, times {integer} NOT NULL,
      PRIMARY KEY (task_id, fact, name))`,
  ],
} as const;
