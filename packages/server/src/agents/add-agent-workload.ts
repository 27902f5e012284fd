import { AppError } from '@countersign/api';
import { mayAgentAct } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import { type Transaction, UniqueViolation } from '../plugins/database/database.ts';
import { idSchema } from '../wire/id-schema.ts';
import { loadAgent } from './load-agent.ts';
import { requireOwner } from './require-owner.ts';
import { listWorkloads, type WorkloadView } from './workload-view.ts';

/** Printable ASCII without spaces: what platforms call their workloads, and nothing that looks like another. */
const subject = z
  .string()
  .max(2048)
  .regex(/^[\x21-\x7e]+$/);
const facts = z
  .record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), z.string().min(1).max(1024))
  .refine((given) => Object.keys(given).length <= 16, 'at most 16');

/** How a workload is named when it is bound to an agent. */
export const workloadInput = z.strictObject({
  trust: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  subject,
  facts: facts.default({}),
});

export const addAgentWorkloadInput = workloadInput.extend({ agentId: idSchema('agt') });

const mostWorkloads = 32;

/**
 * From now on the workload is the agent. Throws `agent.workload_exists` when it is another agent, or this one, already;
 * `server.request_invalid` for a trust that the configuration does not know.
 */
export async function addAgentWorkload(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<readonly WorkloadView[]> {
  requirePermission(actor, 'agents.change');
  const { agentId, ...workload } = addAgentWorkloadInput.parse(input);
  return context.store.transaction(async (tx) => {
    const agent = await loadAgent(tx.sql, agentId);
    requireOwner(actor, agent.owner_id);
    // One that was announced is given it to be resumed with; until then it lets nothing in.
    if (agent.state !== 'registered' && !mayAgentAct(agent.state)) throw new AppError('agent.not_active');
    const held = await listWorkloads(tx.sql, agentId);
    if (held.filter(({ removedAt }) => removedAt === null).length >= mostWorkloads) {
      throw new AppError('server.request_invalid', { detail: 'too many workloads' });
    }
    const { owner_id: ownerId, causes } = agent;
    await insertWorkload(context, tx, { agentId, ownerId, causes, by: nameActor(actor), ...workload });
    return listWorkloads(tx.sql, agentId);
  });
}

export interface NewWorkload extends z.infer<typeof workloadInput> {
  readonly agentId: string;
  readonly ownerId: string;
  /** As `nameActor` says it. */
  readonly by: string;
  readonly causes: readonly string[];
}

/** Throws `server.request_invalid`, `agent.workload_exists`. */
export async function insertWorkload(context: Context, tx: Transaction, given: NewWorkload): Promise<void> {
  const { agentId, trust, subject: name, facts: demanded } = given;
  const attestor = context.workloads.find((one) => one.name === trust);
  if (attestor === undefined) throw new AppError('server.request_invalid', { detail: 'trust: unknown' });
  const now = context.platform.now();
  const id = context.platform.newId('wid');
  const row = { id, agent_id: agentId, trust, subject: name, facts: JSON.stringify(demanded) };
  try {
    await tx.sql
      .insertInto('agent_workloads')
      .values({ ...row, created_at: now, removed_at: null })
      .execute();
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('agent.workload_exists') : thrown;
  }
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'agent.workload_added',
    at: now,
    causes: given.causes,
    agent: agentId,
    person: given.ownerId,
    body: { by: given.by, workload: id, trust, platform: attestor.kind, subject: name, facts: demanded },
  });
  tx.afterCommit(() => context.agents.forget(agentId));
}
