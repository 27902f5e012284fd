/** What one agent has begun at peer agents, for who looks at the agent. */
export const migration0062 = {
  name: '0062-peer-tasks-by-agent',
  statements: ['CREATE INDEX peer_tasks_by_agent ON peer_tasks (agent_id, upstream)'],
} as const;
