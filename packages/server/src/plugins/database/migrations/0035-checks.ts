/** Checks of whether people still read: requests that can never be approved or released, whatever the program does. */
export const migration0035 = {
  name: '0035-checks',
  statements: [
    `ALTER TABLE approvals ADD COLUMN check_person_id TEXT
      CHECK (check_person_id IS NULL OR (drill IS NOT NULL AND state NOT IN ('approved', 'released')))`,
    'ALTER TABLE approvals ADD COLUMN check_of TEXT',
    'CREATE INDEX approvals_checks ON approvals (check_person_id, requested_at)',
    'CREATE INDEX approvals_denied_lately ON approvals (state, requested_at)',
    `CREATE TABLE approval_check_plans (person_id TEXT NOT NULL, week {integer} NOT NULL, position {integer} NOT NULL,
      due_at {integer} NOT NULL, settled_at {integer}, PRIMARY KEY (person_id, week, position))`,
    'CREATE INDEX approval_check_plans_due ON approval_check_plans (due_at)',
  ],
} as const;
