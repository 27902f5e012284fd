import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import { UniqueViolation } from '../plugins/database/database.ts';
import { idSchema } from '../wire/id-schema.ts';
import { agentName, agentPurpose } from './agent-schema.ts';
import { type AgentView, showAgent } from './agent-view.ts';
import { loadAgent } from './load-agent.ts';
import { requireOwner } from './require-owner.ts';

const announceInput = z.strictObject({ name: agentName, ownerId: idSchema('per'), purpose: agentPurpose });

/**
 * Makes an agent known that has no key yet: it is registered, acts in this server's environment and may do nothing until
 * its owner has given it a key and resumed it. Throws `agent.exists`, `person.not_found`.
 */
export async function announceAgent(context: Context, actor: Actor, input: unknown): Promise<AgentView> {
  requirePermission(actor, 'agents.register');
  const { name, ownerId, purpose } = announceInput.parse(input);
  requireOwner(actor, ownerId);
  const { environment } = context.config.server;
  const id = context.platform.newId('agt');
  try {
    return await context.store.transaction(async (tx) => {
      const owner = await tx.sql
        .selectFrom('people')
        .select('state')
        .where('id', '=', ownerId)
        .executeTakeFirst();
      // Who has still to join answers for it from then on; whoever was sent away never does.
      if (owner === undefined || owner.state === 'suspended') throw new AppError('person.not_found');
      const now = context.platform.now();
      await tx.sql
        .insertInto('agents')
        .values({
          ...{ id, name, owner_id: ownerId, purpose, environment, state: 'registered' as const },
          ...{ group_names: '[]', created_at: now, changed_at: now },
        })
        .execute();
      tx.record({
        id: context.platform.newId('rec'),
        kind: 'agent.registered',
        at: now,
        causes: [],
        agent: id,
        person: ownerId,
        body: { by: nameActor(actor), name, ownerId, purpose, environment, groups: [] },
      });
      return showAgent(await loadAgent(tx.sql, id));
    });
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('agent.exists') : thrown;
  }
}
