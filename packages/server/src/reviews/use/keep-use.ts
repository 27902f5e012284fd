import type { Transaction } from '../../plugins/database/database.ts';
import type { AgentDay, UseRow } from './sum-calls.ts';

const rowsInStatement = 200;

export async function keepDelegationUse(tx: Transaction, rows: readonly UseRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsInStatement) {
    await tx.sql
      .insertInto('delegation_use')
      .values(rows.slice(from, from + rowsInStatement))
      .onConflict((conflict) =>
        conflict
          .columns([
            ...(['delegation_id', 'day', 'agent_id', 'upstream', 'tool'] as const),
            ...(['effects', 'data_domain', 'environment', 'currency'] as const),
          ])
          .doUpdateSet(({ ref, eb }) => ({
            allowed: eb('delegation_use.allowed', '+', ref('excluded.allowed')),
            denied: eb('delegation_use.denied', '+', ref('excluded.denied')),
            asked: eb('delegation_use.asked', '+', ref('excluded.asked')),
            spend_minor: eb('delegation_use.spend_minor', '+', ref('excluded.spend_minor')),
            last_at: ref('excluded.last_at'),
            last_record: ref('excluded.last_record'),
          })),
      )
      .execute();
  }
}

export async function keepAgentDays(tx: Transaction, days: readonly AgentDay[]): Promise<void> {
  for (const one of days) {
    const key = { agent_id: one.agentId, day: one.day };
    const known = await tx.sql
      .selectFrom('agent_days')
      .selectAll()
      .where('agent_id', '=', one.agentId)
      .where('day', '=', one.day)
      .executeTakeFirst();
    const before: readonly number[] = known === undefined ? [] : JSON.parse(known.hours);
    const records: object = known === undefined ? {} : JSON.parse(known.hour_records);
    const sums = {
      calls: one.calls + (known?.calls ?? 0),
      denied: one.denied + (known?.denied ?? 0),
      hours: JSON.stringify(one.hours.map((count, hour) => count + (before[hour] ?? 0))),
      hour_records: JSON.stringify({ ...records, ...one.hourRecords }),
    };
    await tx.sql
      .insertInto('agent_days')
      .values({ ...key, ...sums })
      .onConflict((conflict) => conflict.columns(['agent_id', 'day']).doUpdateSet(sums))
      .execute();
    const last = { last_at: one.lastAt, last_record: one.lastRecord };
    await tx.sql
      .insertInto('agent_use')
      .values({ agent_id: one.agentId, first_at: one.firstAt, ...last })
      .onConflict((conflict) => conflict.column('agent_id').doUpdateSet(last))
      .execute();
  }
}
