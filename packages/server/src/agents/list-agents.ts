import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { type Page, pageQuery, takePage } from '../wire/page.ts';
import { type AgentView, selectAgents, showAgent } from './agent-view.ts';

export const listAgentsInput = z.strictObject({
  ...pageQuery,
  ownerId: idSchema('per').optional(),
  state: z.enum(['registered', 'active', 'suspended', 'orphaned', 'retired']).optional(),
  name: z.string().max(63).optional(),
});

/** The inventory: whoever may read agents sees all of them. */
export async function listAgents(context: Context, actor: Actor, input: unknown): Promise<Page<AgentView>> {
  requirePermission(actor, 'agents.read');
  const { cursor, limit, ownerId, state, name } = listAgentsInput.parse(input);
  const rows = await selectAgents(context.store.sql)
    .$if(cursor !== undefined, (query) => query.where('agents.id', '<', cursor ?? ''))
    .$if(ownerId !== undefined, (query) => query.where('agents.owner_id', '=', ownerId ?? ''))
    .$if(state !== undefined, (query) => query.where('agents.state', '=', state ?? 'active'))
    .$if(name !== undefined, (query) => query.where('agents.name', '=', name ?? ''))
    .orderBy('agents.id', 'desc')
    .limit(limit + 1)
    .execute();
  return takePage(rows, limit, showAgent);
}
