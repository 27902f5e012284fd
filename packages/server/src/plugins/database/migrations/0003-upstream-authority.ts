/** People's connections to upstreams, and those under way. No token is ever in here: the secret store holds them. */
export const migration0003 = {
  name: '0003-upstream-authority',
  statements: [
    `CREATE TABLE upstream_connections (id TEXT PRIMARY KEY, upstream TEXT NOT NULL, person_id TEXT NOT NULL REFERENCES people(id),
      issuer TEXT NOT NULL, resource TEXT, client_id TEXT NOT NULL, scopes TEXT NOT NULL, is_bound {integer} NOT NULL,
      made_record TEXT NOT NULL, created_at {integer} NOT NULL, refreshed_at {integer}, ended_at {integer}, end_reason TEXT)`,
    `CREATE UNIQUE INDEX upstream_connections_live ON upstream_connections(upstream, person_id) WHERE ended_at IS NULL`,
    `CREATE INDEX upstream_connections_person ON upstream_connections(person_id)`,
    `CREATE TABLE upstream_authorizations (state_digest TEXT PRIMARY KEY, session_id TEXT NOT NULL, person_id TEXT NOT NULL REFERENCES people(id),
      upstream TEXT NOT NULL, issuer TEXT NOT NULL, sealed TEXT NOT NULL, created_at {integer} NOT NULL, expires_at {integer} NOT NULL)`,
    `CREATE INDEX upstream_authorizations_due ON upstream_authorizations(expires_at)`,
  ],
} as const;
