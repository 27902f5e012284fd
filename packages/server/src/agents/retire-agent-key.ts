import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import { describeCut, noteSecurityEvent } from '../signals/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { changeReason } from './agent-schema.ts';
import { type AgentKeyView, listKeys } from './list-keys.ts';
import { loadAgent } from './load-agent.ts';
import { requireOwner } from './require-owner.ts';

export const retireAgentKeyInput = z.strictObject({
  agentId: idSchema('agt'),
  thumbprint: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  reason: changeReason.optional(),
});

/**
 * Ends a key now, as after a theft: the agent's tasks end too, because their tokens may come from it. A rotation that
 * interrupts nothing is `addAgentKey` with an overlap. Throws `agent.not_found` for a key that is not the agent's.
 */
export async function retireAgentKey(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<readonly AgentKeyView[]> {
  requirePermission(actor, 'agents.change');
  const { agentId, thumbprint, reason } = retireAgentKeyInput.parse(input);
  const agent = await loadAgent(context.store.sql, agentId);
  requireOwner(actor, agent.owner_id);
  const hold = context.stops.hold('agent', agentId, new AppError('agent.not_active'));
  try {
    return await context.store.transaction(async (tx) => {
      const now = context.platform.now();
      const key = (await listKeys(tx.sql, agentId, now)).find((one) => one.thumbprint === thumbprint);
      if (key === undefined) throw new AppError('agent.not_found');
      if (!key.valid) return listKeys(tx.sql, agentId, now);
      await tx.sql
        .updateTable('agent_keys')
        .set({ valid_until: now })
        .where('thumbprint', '=', thumbprint)
        .execute();
      const recordId = context.platform.newId('rec');
      tx.record({
        id: recordId,
        kind: 'agent.key_retired',
        at: now,
        causes: agent.causes,
        agent: agentId,
        key: thumbprint,
        person: agent.owner_id,
        body: {
          by: nameActor(actor),
          ...(reason === undefined ? {} : { reason }),
          ...describeCut(hold.cut),
        },
      });
      await noteSecurityEvent(context, tx, {
        kind: 'credential-change',
        about: { agent: agentId },
        reason: 'key_retired',
        facts: { credential_type: 'public-key', change_type: 'revoke' },
        record: recordId,
      });
      await context.tasks.close(tx, {
        under: { agent: agentId },
        reason: 'agent_stopped',
        by: nameActor(actor),
        causes: [recordId],
      });
      tx.afterCommit(() => context.agents.forget(agentId));
      return listKeys(tx.sql, agentId, now);
    });
  } finally {
    hold.release();
  }
}
