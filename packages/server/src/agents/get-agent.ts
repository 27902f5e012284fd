import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { type AgentView, showAgent } from './agent-view.ts';
import { type AgentKeyView, listKeys } from './list-keys.ts';
import { loadAgent } from './load-agent.ts';
import { listWorkloads, type WorkloadView } from './workload-view.ts';

export interface AgentDetail extends AgentView {
  readonly keys: readonly AgentKeyView[];
  readonly workloads: readonly WorkloadView[];
}

/** Throws `agent.not_found`. */
export async function getAgent(context: Context, actor: Actor, agentId: string): Promise<AgentDetail> {
  requirePermission(actor, 'agents.read');
  const row = await loadAgent(context.store.sql, idSchema('agt').parse(agentId));
  const { sql } = context.store;
  return {
    ...showAgent(row),
    keys: await listKeys(sql, row.id, context.platform.now()),
    workloads: await listWorkloads(sql, row.id),
  };
}
