import type { Context } from '../../context.ts';
import type { StoredRecord } from '../ledger-record.ts';

/** The ids of the holds in force that keep any of these records. */
export async function findHolds(
  context: Pick<Context, 'store'>,
  records: readonly StoredRecord[],
): Promise<readonly string[]> {
  const holds = await listInForce(context);
  return holds.filter((hold) => records.some((record) => isHeld(record, [hold]))).map(({ id }) => id);
}

export interface HoldInForce {
  readonly id: string;
  readonly selection: string;
}

export async function listInForce({ store }: Pick<Context, 'store'>): Promise<readonly HoldInForce[]> {
  return store.sql
    .selectFrom('ledger_holds')
    .select(['id', 'selection'])
    .where('ended_at', 'is', null)
    .execute();
}

/** A hold keeps every record that names what it is on. */
export function isHeld(record: StoredRecord, holds: readonly HoldInForce[]): boolean {
  if (holds.length === 0) return false;
  const { id, action, task, person, agent, approval, agents = [], chain = [], causes } = record;
  const named = new Set([id, action, task, person, agent, approval, ...agents, ...chain, ...causes]);
  return holds.some(({ selection }) => named.has(selection));
}
