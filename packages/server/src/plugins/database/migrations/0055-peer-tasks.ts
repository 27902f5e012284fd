/** Tasks that agents have at peer agents, and the cards that owners publish of their own. */
export const migration0055 = {
  name: '0055-peer-tasks',
  statements: [
    `CREATE TABLE peer_tasks (id TEXT PRIMARY KEY, upstream TEXT NOT NULL, agent_id TEXT NOT NULL,
      task_id TEXT NOT NULL, tool TEXT NOT NULL, context TEXT NOT NULL, remote TEXT, remote_context TEXT,
      approval_id TEXT, arguments_digest TEXT, owed TEXT NOT NULL, state TEXT NOT NULL,
      created_at {integer} NOT NULL, changed_at {integer} NOT NULL)`,
    'CREATE INDEX peer_tasks_by_task ON peer_tasks (task_id, upstream, created_at)',
    'CREATE INDEX peer_tasks_by_context ON peer_tasks (context)',
    `CREATE TABLE agent_cards (agent_id TEXT PRIMARY KEY, url TEXT NOT NULL, card TEXT NOT NULL,
      published_record TEXT NOT NULL, published_at {integer} NOT NULL)`,
  ],
} as const;
