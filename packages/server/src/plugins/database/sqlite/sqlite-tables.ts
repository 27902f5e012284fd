import type { LedgerTables } from '../writing-connection.ts';
import type { Connection } from './connection.ts';

/** Inserts row by row: a statement for several rows at once measured at half the speed. */
export function createSqliteTables(connection: Connection): LedgerTables {
  const entry = connection.prepare(
    'INSERT INTO ledger_entries (seq, id, kind, at, entry) VALUES (?, ?, ?, ?, ?)',
  );
  const payload = connection.prepare('INSERT INTO ledger_payloads (seq, salt, payload) VALUES (?, ?, ?)');
  const term = connection.prepare('INSERT INTO ledger_terms (term, seq) VALUES (?, ?)');
  const node = connection.prepare('INSERT INTO ledger_nodes (level, position, hash) VALUES (?, ?, ?)');
  const usage = connection.prepare(`INSERT INTO budgets (holder, calls, spend_minor) VALUES (?, ?, ?)
    ON CONFLICT (holder) DO UPDATE SET calls = calls + excluded.calls, spend_minor = spend_minor + excluded.spend_minor`);
  const fact = connection.prepare(`INSERT INTO task_facts (task_id, fact, name, times) VALUES (?, ?, ?, 1)
    ON CONFLICT (task_id, fact, name) DO UPDATE SET times = times + 1`);
  return {
    addEntry: (...row) => entry.run(...row),
    addPayload: (...row) => payload.run(...row),
    addTerm: (...row) => term.run(...row),
    addNode: (...row) => node.run(...row),
    addUsage: (...row) => usage.run(...row),
    addFact: (...row) => fact.run(...row),
  };
}
