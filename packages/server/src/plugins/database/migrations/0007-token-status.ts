/** Tokens that were revoked before they expired, and the callers that may ask about tokens without a key of their own. */
export const migration0007 = {
  name: '0007-token-status',
  statements: [
    `CREATE TABLE token_revocations (jti TEXT PRIMARY KEY, agent_id TEXT NOT NULL REFERENCES agents(id), expires_at {integer} NOT NULL,
      revoked_at {integer} NOT NULL, by TEXT NOT NULL)`,
    `CREATE INDEX token_revocations_revoked ON token_revocations(revoked_at)`,
    `CREATE TABLE introspection_clients (name TEXT PRIMARY KEY, token_digest TEXT NOT NULL UNIQUE, upstreams TEXT NOT NULL,
      created_at {integer} NOT NULL, created_by TEXT NOT NULL)`,
  ],
} as const;
