/** Who is asked and when: turns on call, quiet hours, duties handed over, escalation, and what was let through alone. */
export const migration0027 = {
  name: '0027-approval-routing',
  statements: [
    'ALTER TABLE approvals ADD COLUMN escalated_steps {integer} NOT NULL DEFAULT 0',
    'ALTER TABLE approvals ADD COLUMN advanced_milliseconds {integer} NOT NULL DEFAULT 0',
    `CREATE TABLE approval_rotas (
      name TEXT PRIMARY KEY,
      people TEXT NOT NULL,
      period_days {integer} NOT NULL,
      starts_on TEXT NOT NULL,
      handover_minute {integer} NOT NULL,
      time_zone TEXT NOT NULL,
      overrides TEXT NOT NULL,
      changed_at {integer} NOT NULL
    )`,
    `CREATE TABLE approval_duties (
      id TEXT PRIMARY KEY,
      giver_id TEXT NOT NULL REFERENCES people(id),
      holder_id TEXT NOT NULL REFERENCES people(id),
      names TEXT,
      from_at {integer} NOT NULL,
      until_at {integer} NOT NULL,
      signed_text TEXT NOT NULL,
      digest TEXT NOT NULL,
      proposed_at {integer} NOT NULL,
      given_at {integer},
      evidence TEXT,
      record TEXT,
      ended_at {integer},
      end_reason TEXT
    )`,
    'CREATE INDEX approval_duties_by_holder ON approval_duties (holder_id, until_at)',
    'CREATE INDEX approval_duties_by_giver ON approval_duties (giver_id, until_at)',
    `CREATE TABLE approval_glass (
      id TEXT PRIMARY KEY,
      approval_id TEXT NOT NULL REFERENCES approvals(id),
      reason TEXT NOT NULL,
      signed_text TEXT NOT NULL,
      digest TEXT NOT NULL,
      proposed_at {integer} NOT NULL,
      person_id TEXT REFERENCES people(id),
      broken_at {integer},
      review_due_at {integer},
      record TEXT,
      reviewed_by TEXT REFERENCES people(id),
      reviewed_at {integer},
      finding TEXT,
      note TEXT
    )`,
    'CREATE INDEX approval_glass_by_review ON approval_glass (reviewed_at, review_due_at)',
    'CREATE INDEX approval_glass_by_approval ON approval_glass (approval_id)',
    `CREATE TABLE quiet_hours (
      person_id TEXT PRIMARY KEY REFERENCES people(id),
      from_minute {integer} NOT NULL,
      until_minute {integer} NOT NULL,
      time_zone TEXT NOT NULL
    )`,
  ],
} as const;
