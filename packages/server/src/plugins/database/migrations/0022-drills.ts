/** Runs of containment drills with their signed reports, when the next one is due, and approvals that are only a drill's. */
export const migration0022 = {
  name: '0022-drills',
  statements: [
    `CREATE TABLE drill_runs (
      id TEXT PRIMARY KEY,
      started_at {integer} NOT NULL,
      finished_at {integer} NOT NULL,
      passed {integer} NOT NULL,
      trigger_kind TEXT NOT NULL,
      started_by TEXT NOT NULL,
      digest TEXT NOT NULL,
      report TEXT NOT NULL
    )`,
    `CREATE TABLE drill_schedules (
      name TEXT PRIMARY KEY,
      every_seconds {integer} NOT NULL,
      drills TEXT,
      next_at {integer} NOT NULL,
      set_by TEXT NOT NULL,
      set_at {integer} NOT NULL
    )`,
    `ALTER TABLE approvals ADD COLUMN drill TEXT`,
  ],
} as const;
