const start = `WITH fence AS MATERIALIZED (SELECT epoch, holder FROM ledger_streams WHERE number = $2 AND epoch = $1 FOR UPDATE),
  entries AS (INSERT INTO ledger_entries (seq, id, kind, at, entry)
    SELECT * FROM unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::text[]) WHERE EXISTS (SELECT FROM fence)),
  payloads AS (INSERT INTO ledger_payloads (seq, sealed)
    SELECT * FROM unnest($3::bigint[], $8::bytea[]) WHERE EXISTS (SELECT FROM fence)),
  terms AS (INSERT INTO ledger_terms (term, seq)
    SELECT * FROM unnest($9::text[], $10::bigint[]) WHERE EXISTS (SELECT FROM fence)),
  nodes AS (INSERT INTO ledger_nodes (level, position, hash)
    SELECT * FROM unnest($11::bigint[], $12::bigint[], $13::bytea[]) WHERE EXISTS (SELECT FROM fence)),`;

/** A gateway that has the database to itself counts in one place. */
const counts = `usage AS (INSERT INTO budgets (holder, calls, spend_minor, result_rows, result_bytes)
    SELECT * FROM unnest($14::text[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[]) WHERE EXISTS (SELECT FROM fence)
    ON CONFLICT (holder) DO UPDATE SET calls = budgets.calls + excluded.calls, spend_minor = budgets.spend_minor + excluded.spend_minor,
      result_rows = budgets.result_rows + excluded.result_rows, result_bytes = budgets.result_bytes + excluded.result_bytes),
  counts AS (INSERT INTO limit_counters (policy_id, per, subject, unit, window_seconds, starts_at, used)
    SELECT * FROM unnest($19::text[], $20::text[], $21::text[], $22::text[], $23::bigint[], $24::bigint[], $25::bigint[])
    WHERE EXISTS (SELECT FROM fence)
    ON CONFLICT (policy_id, per, subject, unit, window_seconds) DO UPDATE SET
      used = CASE WHEN excluded.starts_at > limit_counters.starts_at THEN excluded.used
        WHEN excluded.starts_at = limit_counters.starts_at THEN limit_counters.used + excluded.used ELSE limit_counters.used END,
      starts_at = greatest(limit_counters.starts_at, excluded.starts_at)),`;

/**
 * What only one gateway at a time has is counted where it always was. Of what several spend at once each counts its own part,
 * in rows that nobody else changes: none waits for another, and none can lock two rows in another order.
 */
const sharedCounts = `usage AS (INSERT INTO budgets (holder, calls, spend_minor, result_rows, result_bytes)
    SELECT * FROM unnest($14::text[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[]) AS used (holder)
    WHERE EXISTS (SELECT FROM fence) AND left(used.holder, 4) <> 'dlg_'
    ON CONFLICT (holder) DO UPDATE SET calls = budgets.calls + excluded.calls, spend_minor = budgets.spend_minor + excluded.spend_minor,
      result_rows = budgets.result_rows + excluded.result_rows, result_bytes = budgets.result_bytes + excluded.result_bytes),
  slices AS (INSERT INTO budget_slices (gateway, holder, calls, spend_minor, result_rows, result_bytes)
    SELECT fence.holder, used.* FROM unnest($14::text[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[]) AS used (holder), fence
    WHERE left(used.holder, 4) = 'dlg_'
    ON CONFLICT (holder, gateway) DO UPDATE SET calls = budget_slices.calls + excluded.calls,
      spend_minor = budget_slices.spend_minor + excluded.spend_minor,
      result_rows = budget_slices.result_rows + excluded.result_rows, result_bytes = budget_slices.result_bytes + excluded.result_bytes),
  counts AS (INSERT INTO limit_slices (gateway, policy_id, per, subject, unit, window_seconds, starts_at, used)
    SELECT fence.holder, counted.* FROM
      unnest($19::text[], $20::text[], $21::text[], $22::text[], $23::bigint[], $24::bigint[], $25::bigint[]) AS counted, fence
    ON CONFLICT (policy_id, per, subject, unit, window_seconds, gateway) DO UPDATE SET
      used = CASE WHEN excluded.starts_at > limit_slices.starts_at THEN excluded.used
        WHEN excluded.starts_at = limit_slices.starts_at THEN limit_slices.used + excluded.used ELSE limit_slices.used END,
      granted = CASE WHEN excluded.starts_at > limit_slices.starts_at THEN 0 ELSE limit_slices.granted END,
      starts_at = greatest(limit_slices.starts_at, excluded.starts_at)),`;

const end = `facts AS (INSERT INTO task_facts (task_id, fact, name, times, last_position, last_at, completed_position, completed_at)
    SELECT * FROM unnest($26::text[], $27::text[], $28::text[], $29::bigint[], $30::bigint[], $31::bigint[], $32::bigint[], $33::bigint[])
    WHERE EXISTS (SELECT FROM fence)
    ON CONFLICT (task_id, fact, name) DO UPDATE SET times = task_facts.times + excluded.times,
      last_position = CASE WHEN excluded.last_position = 0 THEN 0 ELSE greatest(task_facts.last_position, excluded.last_position) END,
      last_at = greatest(task_facts.last_at, excluded.last_at),
      completed_position = greatest(task_facts.completed_position, excluded.completed_position),
      completed_at = greatest(task_facts.completed_at, excluded.completed_at))
  SELECT count(*) AS held FROM fence`;

/**
 * Adds everything that is staged in one statement, and nothing unless this gateway still is the one that may write
 * (`$1` is the epoch of its stream, `$2`). Alone it is a whole transaction: one round trip, one commit, for as many calls as
 * were waiting.
 */
export const addStagedRows = {
  name: 'countersign_add_staged_rows',
  text: `${start}\n  ${counts}\n  ${end}`,
} as const;

/** The same for a gateway that shares the database. */
export const addSharedRows = {
  name: 'countersign_add_shared_rows',
  text: `${start}\n  ${sharedCounts}\n  ${end}`,
} as const;
