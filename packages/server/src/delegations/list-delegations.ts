import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { type Page, pageQuery, takePage } from '../wire/page.ts';
import { type DelegationView, showDelegation } from './delegation-view.ts';

export const listDelegationsInput = z.strictObject({
  ...pageQuery,
  agentId: idSchema('agt').optional(),
  personId: idSchema('per').optional(),
  /** Those made from this one. */
  parentId: idSchema('dlg').optional(),
});

/** An agent sees what it holds and what it passed on, whatever it asks for. */
export async function listDelegations(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<Page<DelegationView>> {
  if (actor.kind !== 'agent') requirePermission(actor, 'delegations.read');
  const { cursor, limit, agentId, personId, parentId } = listDelegationsInput.parse(input);
  const rows = await context.store.sql
    .selectFrom('delegations')
    .selectAll()
    .$if(cursor !== undefined, (query) => query.where('id', '<', cursor ?? ''))
    .$if(agentId !== undefined, (query) => query.where('agent_id', '=', agentId ?? ''))
    .$if(personId !== undefined, (query) => query.where('root_person_id', '=', personId ?? ''))
    .$if(parentId !== undefined, (query) => query.where('parent_id', '=', parentId ?? ''))
    .$if(actor.kind === 'agent', (query) => {
      const own = actor.kind === 'agent' ? actor.agent : '';
      return query.where((where) =>
        where.or([where('agent_id', '=', own), where('from_agent_id', '=', own)]),
      );
    })
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const now = context.platform.now();
  return takePage(rows, limit, (row) => showDelegation(row, now));
}
