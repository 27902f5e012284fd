import { AppError } from '@countersign/api';
import { applyAgentEvent } from '@countersign/core';
import type { Context } from '../context.ts';
import { revokeDelegationsTo } from '../delegations/index.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { noteSecurityEvent } from '../signals/index.ts';
import type { LoadedAgent } from './load-agent.ts';

export interface AgentEnding {
  /** As `nameActor` says it. */
  readonly by: string;
  readonly causes: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Retires an agent in a transaction of the caller's, who holds its calls meanwhile: its delegations and tasks end with
 * it. Throws `agent.transition_refused`.
 */
export async function endAgent(
  context: Pick<Context, 'platform' | 'tasks' | 'agents'>,
  tx: Transaction,
  agent: LoadedAgent,
  { by, causes, body }: AgentEnding,
): Promise<void> {
  const retired = applyAgentEvent(agent.state, 'retire');
  if (!retired.ok) throw new AppError('agent.transition_refused', { detail: retired.code });
  const now = context.platform.now();
  await tx.sql
    .updateTable('agents')
    .set({ state: retired.state, changed_at: now })
    .where('id', '=', agent.id)
    .execute();
  const record = context.platform.newId('rec');
  tx.record({
    ...{ id: record, kind: 'agent.state_changed', at: now, causes: [...agent.causes, ...causes] },
    ...{ agent: agent.id, person: agent.owner_id },
    body: { by, from: agent.state, to: retired.state, ...body },
  });
  const about = { agent: agent.id };
  await noteSecurityEvent(context, tx, { kind: 'session-revoked', about, reason: 'retired', record });
  tx.afterCommit(() => context.agents.forget(agent.id));
  await revokeDelegationsTo(context, tx, { agentId: agent.id, by, causes: [record] });
  const under = { agent: agent.id };
  await context.tasks.close(tx, { under, reason: 'agent_stopped', by, causes: [record] });
}
