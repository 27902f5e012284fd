import { AppError } from '@countersign/api';
import { z } from 'zod';
import { loadAgent } from '../agents/index.ts';
import type { Context } from '../context.ts';
import { type Actor, hasPermission, nameActor, requirePermission } from '../people/index.ts';
import { describeCut } from '../signals/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { plainLine } from '../wire/plain-text.ts';
import { loadDelegation } from './delegation-row.ts';
import { type DelegationView, showDelegation } from './delegation-view.ts';
import { loadChain } from './load-chain.ts';
import { revokeBranches } from './revoke-branches.ts';

export const revokeDelegationInput = z.strictObject({
  delegationId: idSchema('dlg'),
  reason: plainLine(500).optional(),
});

export interface RevokedDelegation extends DelegationView {
  /** Delegations that ended with it, itself first. */
  readonly ended: readonly string[];
  readonly endedTasks: readonly string[];
  /** Actions cut in flight. */
  readonly cut: readonly string[];
}

/**
 * Ends the delegation and all below it: further delegations, tasks, tokens, and calls in flight. A second revocation
 * finds nothing left to end.
 */
export async function revokeDelegation(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<RevokedDelegation> {
  if (actor.kind !== 'agent') requirePermission(actor, 'delegations.revoke');
  const { delegationId, reason } = revokeDelegationInput.parse(input);
  await requireAuthorityOver(context, actor, delegationId);
  const hold = context.stops.hold('delegation', delegationId, new AppError('delegation.not_active'));
  try {
    return await context.store.transaction(async (tx) => {
      const row = await loadDelegation(tx.sql, delegationId);
      const revoked = await revokeBranches(context, tx, {
        roots: row.revoked_at === null ? [row] : [],
        by: nameActor(actor),
        causes: () => [],
        body: { ...(reason === undefined ? {} : { reason }), ...describeCut(hold.cut) },
      });
      const shown = showDelegation(await loadDelegation(tx.sql, delegationId), context.platform.now());
      return { ...shown, ended: revoked.delegations, endedTasks: revoked.tasks, cut: hold.cut };
    });
  } finally {
    hold.release();
  }
}

/**
 * Who gave it and who answers for one of its agents may take it back; neither ever changes but by an administrator. An
 * agent takes back what was made from its own, by itself or further down.
 */
async function requireAuthorityOver(context: Context, actor: Actor, delegationId: string): Promise<void> {
  // Who administers may end anything, a chain too that something has damaged.
  if (hasPermission(actor, 'people.change')) return;
  const chain = await loadChain(context.store.sql, delegationId);
  if (actor.kind === 'agent') {
    const isOwn = chain.some((row) => row.from_agent_id === actor.agent);
    if (!isOwn) throw new AppError('delegation.not_found');
    return;
  }
  if (actor.kind === 'person' && actor.person === chain[0]?.root_person_id) return;
  const agents = await Promise.all(chain.map((row) => loadAgent(context.store.sql, row.agent_id)));
  if (agents.some((agent) => actor.kind === 'person' && agent.owner_id === actor.person)) return;
  throw new AppError('person.forbidden');
}
