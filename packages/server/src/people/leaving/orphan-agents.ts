import { applyAgentEvent } from '@countersign/core';
import { withBelow } from '../../delegations/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { firstRecord } from '../../plugins/database/first-record.ts';
import { noteSecurityEvent } from '../../signals/index.ts';
import type { Leaving } from './leave-person.ts';
import type { LeavingRow } from './leaving-row.ts';

const agentsAtOnce = 50;

/** Takes the owner from some of the person's agents and ends their tasks; returns how many it found. */
export async function orphanAgents(context: Leaving, tx: Transaction, leaving: LeavingRow): Promise<number> {
  const agents = await tx.sql
    .selectFrom('agents')
    .select(['id', 'state'])
    .select(firstRecord('agents.id', 'agent.registered').as('registered_record'))
    .where('owner_id', '=', leaving.person_id)
    .where('state', 'in', ['registered', 'active', 'suspended'])
    .orderBy('id')
    .limit(agentsAtOnce)
    .execute();
  if (agents.length === 0) return 0;
  const now = context.platform.now();
  const records = new Map<string, string>();
  for (const agent of agents) {
    const moved = applyAgentEvent(agent.state, 'orphan');
    if (!moved.ok) throw new Error(`an agent that is ${agent.state} cannot lose its owner`);
    const record = context.platform.newId('rec');
    records.set(agent.id, record);
    tx.record({
      id: record,
      kind: 'agent.state_changed',
      at: now,
      causes: [...(agent.registered_record === null ? [] : [agent.registered_record]), leaving.record],
      agent: agent.id,
      person: leaving.person_id,
      body: { by: `system:${leaving.kind}`, from: agent.state, to: moved.state },
    });
    await noteSecurityEvent(context, tx, {
      kind: 'session-revoked',
      about: { agent: agent.id },
      reason: 'owner_left',
      record,
    });
  }
  const ids = [...records.keys()];
  await tx.sql
    .updateTable('agents')
    .set({ state: 'orphaned', changed_at: now })
    .where('id', 'in', ids)
    .execute();
  await closeWork(context, tx, ids, leaving);
  await tx.sql
    .updateTable('leavings')
    .set((row) => ({ agents: row('agents', '+', agents.length) }))
    .where('record', '=', leaving.record)
    .execute();
  tx.afterCommit(() => {
    for (const id of ids) context.agents.forget(id);
  });
  return agents.length;
}

/** What others delegated to these agents stays for a new owner to look at; the work under it, however far down, ends. */
async function closeWork(
  context: Leaving,
  tx: Transaction,
  agentIds: readonly string[],
  leaving: LeavingRow,
): Promise<void> {
  const below = await withBelow(tx.sql, (root) =>
    root.where('agent_id', 'in', agentIds).where('revoked_at', 'is', null),
  )
    .selectFrom('below')
    .select('below.id')
    .execute();
  await context.tasks.close(tx, {
    under: { delegations: below.map(({ id }) => id) },
    reason: 'agent_stopped',
    by: `system:${leaving.kind}`,
    causes: [leaving.record],
  });
}
