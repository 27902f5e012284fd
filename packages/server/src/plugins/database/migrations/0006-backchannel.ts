/** What agents ask people for through the backchannel (OpenID CIBA), and where an agent wants to be told of the answer. */
export const migration0006 = {
  name: '0006-backchannel',
  statements: [
    `ALTER TABLE approvals ADD COLUMN kind TEXT NOT NULL DEFAULT 'call'`,
    `ALTER TABLE approvals ADD COLUMN asked_person_id TEXT`,
    `CREATE TABLE backchannel_asks (id TEXT PRIMARY KEY, secret_digest TEXT UNIQUE, sealed_secret TEXT, agent_id TEXT NOT NULL,
      person_id TEXT, kind TEXT, ask_digest TEXT NOT NULL, proof_key TEXT NOT NULL, approval_id TEXT, upstreams TEXT NOT NULL, details TEXT NOT NULL,
      call_digest TEXT, task_id TEXT, asked_record TEXT, asked_at {integer} NOT NULL, expires_at {integer} NOT NULL, interval_seconds {integer} NOT NULL,
      polled_at {integer}, polls {integer} NOT NULL, early_polls {integer} NOT NULL, delivered_at {integer},
      sealed_notification TEXT, notify_after {integer}, notify_attempts {integer} NOT NULL)`,
    `CREATE INDEX backchannel_asks_agent ON backchannel_asks(agent_id, asked_at)`,
    `CREATE INDEX backchannel_asks_person ON backchannel_asks(person_id, asked_at)`,
    `CREATE INDEX backchannel_asks_notify ON backchannel_asks(notify_after) WHERE notify_after IS NOT NULL`,
    `CREATE INDEX backchannel_asks_approval ON backchannel_asks(approval_id)`,
    `CREATE TABLE backchannel_endpoints (agent_id TEXT PRIMARY KEY, url TEXT NOT NULL, set_at {integer} NOT NULL)`,
  ],
} as const;
