/** Risk of people, and streams of security events: to others, and from them. */
export const migration0026 = {
  name: '0026-signals',
  statements: [
    'ALTER TABLE security_events ADD COLUMN distributed_at {integer}',
    'CREATE INDEX security_events_to_distribute ON security_events (at, id) WHERE distributed_at IS NULL',
    `CREATE TABLE person_risks (
      person_id TEXT NOT NULL,
      source TEXT NOT NULL,
      level TEXT NOT NULL,
      reason TEXT NOT NULL,
      set_at {integer} NOT NULL,
      expires_at {integer} NOT NULL,
      record TEXT NOT NULL,
      PRIMARY KEY (person_id, source)
    )`,
    `CREATE TABLE signal_receivers (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      token_digest TEXT NOT NULL UNIQUE,
      settings TEXT NOT NULL,
      created_at {integer} NOT NULL,
      created_by TEXT NOT NULL,
      record TEXT NOT NULL
    )`,
    `CREATE TABLE signal_streams (
      id TEXT PRIMARY KEY,
      receiver_id TEXT NOT NULL,
      settings TEXT NOT NULL,
      sealed_authorization TEXT,
      status TEXT NOT NULL,
      status_reason TEXT,
      next_position {integer} NOT NULL,
      attempts {integer} NOT NULL,
      due_at {integer} NOT NULL,
      verified_at {integer},
      created_at {integer} NOT NULL
    )`,
    'CREATE INDEX signal_streams_by_receiver ON signal_streams (receiver_id)',
    `CREATE TABLE signal_subjects (
      stream_id TEXT NOT NULL,
      subject_id TEXT NOT NULL,
      subject TEXT NOT NULL,
      is_removed {integer} NOT NULL,
      PRIMARY KEY (stream_id, subject_id)
    )`,
    `CREATE TABLE signal_queue (
      stream_id TEXT NOT NULL,
      position {integer} NOT NULL,
      jti TEXT NOT NULL UNIQUE,
      txn TEXT NOT NULL,
      subject TEXT NOT NULL,
      event TEXT NOT NULL,
      payload TEXT NOT NULL,
      at {integer} NOT NULL,
      PRIMARY KEY (stream_id, position)
    )`,
    `CREATE TABLE signals_received (
      transmitter TEXT NOT NULL,
      jti TEXT NOT NULL,
      at {integer} NOT NULL,
      event TEXT NOT NULL,
      subject_id TEXT,
      facts TEXT NOT NULL,
      record TEXT,
      outcome TEXT NOT NULL,
      attempts {integer} NOT NULL,
      due_at {integer},
      PRIMARY KEY (transmitter, jti)
    )`,
    'CREATE INDEX signals_received_due ON signals_received (due_at) WHERE due_at IS NOT NULL',
    'CREATE INDEX signals_received_by_time ON signals_received (at)',
  ],
} as const;
