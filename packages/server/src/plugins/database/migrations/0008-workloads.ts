/** Which workloads are which agents, and with which key each assertion of theirs was first used. */
export const migration0008 = {
  name: '0008-workloads',
  statements: [
    `CREATE TABLE agent_workloads (id TEXT PRIMARY KEY, agent_id TEXT NOT NULL REFERENCES agents(id), trust TEXT NOT NULL,
      subject TEXT NOT NULL, facts TEXT NOT NULL, created_at {integer} NOT NULL, removed_at {integer})`,
    `CREATE UNIQUE INDEX agent_workloads_subject ON agent_workloads(trust, subject) WHERE removed_at IS NULL`,
    `CREATE INDEX agent_workloads_agent ON agent_workloads(agent_id)`,
    `CREATE TABLE workload_assertions (digest TEXT PRIMARY KEY, proof_key TEXT NOT NULL, used_at {integer} NOT NULL,
      expires_at {integer} NOT NULL)`,
    `CREATE INDEX workload_assertions_expiry ON workload_assertions(expires_at)`,
  ],
} as const;
