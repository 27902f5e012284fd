import { writeOrder } from '../write-order.ts';
import type { LedgerTables } from '../writing-connection.ts';
import type { Connection } from './connection.ts';

/** Inserts row by row: a statement for several rows at once measured at half the speed. */
export function createSqliteTables(connection: Connection): LedgerTables {
  const entry = connection.prepare(
    'INSERT INTO ledger_entries (seq, id, kind, at, entry) VALUES (?, ?, ?, ?, ?)',
  );
  const payload = connection.prepare('INSERT INTO ledger_payloads (seq, sealed) VALUES (?, ?)');
  const term = connection.prepare('INSERT INTO ledger_terms (term, seq) VALUES (?, ?)');
  const node = connection.prepare('INSERT INTO ledger_nodes (level, position, hash) VALUES (?, ?, ?)');
  const usage =
    connection.prepare(`INSERT INTO budgets (holder, calls, spend_minor, result_rows, result_bytes) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (holder) DO UPDATE SET calls = calls + excluded.calls, spend_minor = spend_minor + excluded.spend_minor,
      result_rows = result_rows + excluded.result_rows, result_bytes = result_bytes + excluded.result_bytes`);
  const count =
    connection.prepare(`INSERT INTO limit_counters (policy_id, per, subject, unit, window_seconds, starts_at, used) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (policy_id, per, subject, unit, window_seconds) DO UPDATE SET used = CASE WHEN excluded.starts_at > starts_at THEN excluded.used
      WHEN excluded.starts_at = starts_at THEN used + excluded.used ELSE used END, starts_at = max(starts_at, excluded.starts_at)`);
  const fact =
    connection.prepare(`INSERT INTO task_facts (task_id, fact, name, times, last_position, last_at, completed_position, completed_at)
    VALUES (?, ?, ?, 1, ?, ?, ?, ?)
    ON CONFLICT (task_id, fact, name) DO UPDATE SET times = times + 1,
      last_position = CASE WHEN excluded.last_position = 0 THEN 0 ELSE max(last_position, excluded.last_position) END,
      last_at = max(last_at, excluded.last_at), completed_position = max(completed_position, excluded.completed_position),
      completed_at = max(completed_at, excluded.completed_at)`);
  return {
    addEntry: (...row) => entry.run(...row),
    addPayload: (...row) => payload.run(...row),
    addTerm: (...row) => term.run(...row),
    addNode: (...row) => node.run(...row),
    addUsage: ({ holder, calls, spendMinor, rows = 0, bytes = 0 }) =>
      usage.run(holder, calls, spendMinor, rows, bytes),
    addCount: ({ policyId, per, subject, unit, windowSeconds, startsAt, amount }) =>
      count.run(policyId, per, subject, unit, windowSeconds, startsAt, amount),
    addFact: (effect) => {
      const { last, lastAt, completed, completedAt } = writeOrder(effect);
      fact.run(effect.task, effect.fact, effect.name, last, lastAt, completed, completedAt);
    },
  };
}
