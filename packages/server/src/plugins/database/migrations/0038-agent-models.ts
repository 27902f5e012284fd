/** Which models agents have asked, and under which system prompts. */
export const migration0038 = {
  name: '0038-agent-models',
  statements: [
    `CREATE TABLE agent_models (agent_id TEXT NOT NULL, fingerprint TEXT NOT NULL, upstream TEXT NOT NULL, asked TEXT NOT NULL,
      answered TEXT NOT NULL, system_digest TEXT, first_at {integer} NOT NULL, last_at {integer} NOT NULL, record TEXT,
      PRIMARY KEY (agent_id, fingerprint))`,
    'CREATE INDEX agent_models_by_use ON agent_models (agent_id, last_at)',
  ],
} as const;
