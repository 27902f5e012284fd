import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { type Duty, describeDuty } from './duty.ts';

export const listDutiesInput = z.strictObject({
  /** `live`: in force, or not yet. */
  filter: z.enum(['live', 'all']).default('live'),
});

/** Duties to approve that people handed over, newest first; at most 200. */
export async function listDuties(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof listDutiesInput>,
): Promise<readonly Duty[]> {
  requirePermission(actor, 'approvals.read');
  const { filter } = listDutiesInput.parse(input);
  const at = context.platform.now();
  const all = context.store.sql.selectFrom('approval_duties').selectAll();
  const chosen = filter === 'all' ? all : all.where('ended_at', 'is', null).where('until_at', '>', at);
  const rows = await chosen.orderBy('id', 'desc').limit(200).execute();
  const duties = rows.map((row) => describeDuty(row, at));
  return filter === 'all' ? duties : duties.filter(({ state }) => state !== 'over');
}
