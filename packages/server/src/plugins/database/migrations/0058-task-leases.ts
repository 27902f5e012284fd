/**
 * Which process had which seat from which record on, until what it left is settled, and which gateway has which first task. The row
 * without a holder stands for all before.
 */
export const migration0058 = {
  name: '0058-task-leases',
  statements: [
    `CREATE TABLE ledger_seats (holder TEXT PRIMARY KEY, stream {integer} NOT NULL, turn {integer} NOT NULL, since {integer} NOT NULL)`,
    `INSERT INTO ledger_seats (holder, stream, turn, since) VALUES ('', 0, 0, 0)`,
    `CREATE TABLE task_leases (task_id TEXT PRIMARY KEY, stream {integer} NOT NULL, holder TEXT NOT NULL, carried TEXT)`,
    `CREATE INDEX task_leases_holder ON task_leases(holder)`,
  ],
} as const;
