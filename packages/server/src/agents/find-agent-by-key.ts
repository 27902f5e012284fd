import type { Context } from '../context.ts';
import type { AgentFacts } from './agent-state.ts';

/** The agent whose key this is now; undefined for an unknown or no longer valid key. */
export async function findAgentByKey(
  context: Pick<Context, 'store' | 'agents' | 'platform'>,
  thumbprint: string,
): Promise<AgentFacts | undefined> {
  const row = await context.store.sql
    .selectFrom('agent_keys')
    .select(['agent_id', 'valid_until'])
    .where('thumbprint', '=', thumbprint)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.valid_until !== null && row.valid_until <= context.platform.now()) return undefined;
  return context.agents.get(row.agent_id);
}
