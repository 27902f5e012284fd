import { AppError } from '@countersign/api';
import { z } from 'zod';
import { changeReason } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { type Actor, hasPermission, nameActor, requirePermission } from '../../people/index.ts';
import { applyHandover } from './apply-handover.ts';
import { type HandoverRow, loadHandover, readContent, readOutcomes, requireOpen } from './handover.ts';
import { type HandoverView, showHandover } from './handover-view.ts';

export const declineInput = z.strictObject({ reason: changeReason.optional() });

/** The person it was proposed to declines, or who proposed it, or an administrator, takes it back; nothing changes. */
export async function declineHandover(
  context: Context,
  actor: Actor,
  id: string,
  input: unknown,
): Promise<HandoverView> {
  requirePermission(actor, 'agents.change');
  const { reason } = declineInput.parse(input);
  const shown = await loadHandover(context.store.sql, id);
  const isAsked = actor.kind === 'person' && actor.person === shown.to_person_id;
  const mayWithdraw = nameActor(actor) === shown.proposed_by || hasPermission(actor, 'people.change');
  if (!isAsked && !mayWithdraw) throw new AppError('person.forbidden');
  await endHandover(context, id, isAsked ? 'declined' : 'withdrawn', nameActor(actor), reason);
  const row = await loadHandover(context.store.sql, id);
  return showHandover(row, new URL(context.config.server.publicUrl).origin);
}

function endHandover(
  context: Pick<Context, 'store' | 'platform'>,
  id: string,
  state: 'declined' | 'withdrawn' | 'expired',
  by: string,
  reason?: string,
): Promise<void> {
  return context.store.transaction(async (tx) => {
    const row = await loadHandover(tx.sql, id);
    const now = context.platform.now();
    // Somebody may have answered since it was found late.
    if (state === 'expired' && row.state !== 'proposed') return;
    if (state !== 'expired') requireOpen(row, now);
    await tx.sql
      .updateTable('agent_handovers')
      .set({ state, decided_at: now })
      .where('id', '=', id)
      .execute();
    tx.record({
      ...{ id: context.platform.newId('rec'), kind: 'agent.handover_ended', at: now },
      ...{ causes: [row.proposed_record], person: row.to_person_id },
      body: { by, handover: id, outcome: state, ...(reason === undefined ? {} : { reason }) },
    });
  });
}

const lookMilliseconds = 60_000;
const atOnce = 100;

/** Job: ends what nobody answered in time, and finishes what a crash interrupted. */
export async function tendHandovers(context: Context): Promise<number> {
  const now = context.platform.now();
  const late = await selectHandovers(context, 'proposed')
    .where('expires_at', '<=', now)
    .limit(atOnce)
    .execute();
  for (const { id } of late) await endHandover(context, id, 'expired', 'system:handovers');
  const taken = await selectHandovers(context, 'accepted')
    .where('expires_at', '>', now - 30 * 86_400_000)
    .limit(atOnce)
    .execute();
  for (const row of taken) if (!isApplied(row)) await applyHandover(context, row.id);
  return now + lookMilliseconds;
}

function selectHandovers({ store }: Pick<Context, 'store'>, state: HandoverRow['state']) {
  return store.sql.selectFrom('agent_handovers').selectAll().where('state', '=', state);
}

function isApplied(row: HandoverRow): boolean {
  return Object.keys(readOutcomes(row)).length >= readContent(row).agents.length;
}
