import type { StatementJob, StatementResult } from '../messages.ts';
import { streamLocks } from './seat-locks.ts';

/** Two numbers make the key of the lock: see pg_locks. */
const text = `SELECT objid AS number FROM pg_locks WHERE locktype = 'advisory' AND classid = ${streamLocks} AND objsubid = 2
  AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY objid`;

/** The streams whose gateways have a session at this moment. */
export async function listLiveStreams(
  execute: (job: StatementJob) => Promise<StatementResult>,
): Promise<readonly number[]> {
  const { rows } = await execute({ sql: text, parameters: [] });
  return rows.map(({ number }) => Number(number));
}
