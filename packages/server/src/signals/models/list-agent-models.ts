import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import type { ModelUse } from './model-use.ts';

/** Times in epoch milliseconds, `lastAt` to a minute. */
export interface AgentModelView extends ModelUse {
  readonly firstAt: number;
  readonly lastAt: number;
  /** The `signal.model_changed` record that was written last; null for what the agent first had and never came back to. */
  readonly record: string | null;
}

/** Which models an agent has had, the one it has now first. */
export async function listAgentModels(
  { store }: Pick<Context, 'store'>,
  actor: Actor,
  agentId: string,
): Promise<readonly AgentModelView[]> {
  requirePermission(actor, 'agents.read');
  const rows = await store.sql
    .selectFrom('agent_models')
    .selectAll()
    .where('agent_id', '=', idSchema('agt').parse(agentId))
    .orderBy('last_at', 'desc')
    .orderBy('first_at', 'desc')
    .execute();
  return rows.map((row) => ({
    ...{ upstream: row.upstream, asked: row.asked, answered: row.answered, systemDigest: row.system_digest },
    toolsDigest: row.tools_digest,
    ...{ firstAt: row.first_at, lastAt: row.last_at, record: row.record },
  }));
}
