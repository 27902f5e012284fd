/** Programs that enforce decisions made here, and the requests they make after a denial. */
export const migration0013 = {
  name: '0013-enforcement-points',
  statements: [
    `CREATE TABLE enforcement_points (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, settings TEXT NOT NULL,
      created_at {integer} NOT NULL, created_by TEXT NOT NULL, record TEXT NOT NULL)`,
    `CREATE TABLE access_requests (id TEXT PRIMARY KEY, enforcement_point_id TEXT NOT NULL, approval_id TEXT NOT NULL,
      evaluation_id TEXT NOT NULL UNIQUE, binding_hash TEXT NOT NULL, question TEXT NOT NULL, idempotency_key TEXT,
      body_digest TEXT NOT NULL, created_at {integer} NOT NULL)`,
    `CREATE UNIQUE INDEX access_requests_key ON access_requests(enforcement_point_id, idempotency_key)
      WHERE idempotency_key IS NOT NULL`,
    `CREATE INDEX access_requests_approval ON access_requests(approval_id)`,
  ],
} as const;
