import { AppError } from '@countersign/api';
import { applyAgentEvent } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import { type Transaction, UniqueViolation } from '../plugins/database/database.ts';
import { idSchema } from '../wire/id-schema.ts';
import { insertWorkload, workloadInput } from './add-agent-workload.ts';
import { agentGroups, agentName, agentPurpose, environmentName } from './agent-schema.ts';
import { type AgentView, showAgent } from './agent-view.ts';
import { loadAgent } from './load-agent.ts';
import { type AgentKey, parseAgentKey } from './parse-agent-key.ts';
import { requireActivePerson, requireOwner } from './require-owner.ts';
import { requireGrouping } from './set-agent-groups.ts';

export const registerAgentInput = z.strictObject({
  name: agentName,
  /** The accountable person; who asks, when absent. */
  ownerId: idSchema('per').optional(),
  purpose: agentPurpose,
  environment: environmentName,
  /** Names that policies know it by; only administrators give any. */
  groups: agentGroups.default([]),
  /** One public Ed25519 or P-256 JWK; an agent that is a workload may do without. */
  jwk: z.unknown().optional(),
  /** The workload that is the agent, so that it keeps no key. */
  workload: workloadInput.optional(),
});

/**
 * Registers an agent under its own public key, or as a workload of a trusted platform. It is active at once, and may do
 * nothing until somebody delegates to it. Throws `agent.key_invalid`, `agent.exists`, `agent.workload_exists`, `person.not_found`.
 */
export async function registerAgent(context: Context, actor: Actor, input: unknown): Promise<AgentView> {
  requirePermission(actor, 'agents.register');
  const { jwk, workload, ...given } = registerAgentInput.parse(input);
  const ownerId = given.ownerId ?? (actor.kind === 'person' ? actor.person : undefined);
  if (ownerId === undefined) throw new AppError('server.request_invalid', { detail: 'ownerId: missing' });
  requireOwner(actor, ownerId);
  if (given.groups.length > 0) requireGrouping(actor);
  const key = jwk === undefined && workload !== undefined ? null : await parseAgentKey(jwk);
  try {
    return await context.store.transaction(async (tx) => {
      await requireActivePerson(tx.sql, ownerId);
      const agent = { id: context.platform.newId('agt'), ...given, ownerId };
      await insertAgent(context, tx, agent, key);
      const registered = recordRegistration(context, tx, actor, agent, key);
      if (workload !== undefined) {
        const about = { agentId: agent.id, ownerId, by: nameActor(actor), causes: [registered] };
        await insertWorkload(context, tx, { ...about, ...workload });
      }
      return showAgent(await loadAgent(tx.sql, agent.id));
    });
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('agent.exists') : thrown;
  }
}

type NewAgent = { readonly id: string; readonly ownerId: string } & Omit<
  z.infer<typeof registerAgentInput>,
  'jwk' | 'ownerId' | 'workload'
>;

async function insertAgent(
  context: Context,
  tx: Transaction,
  agent: NewAgent,
  key: AgentKey | null,
): Promise<void> {
  const now = context.platform.now();
  const activated = applyAgentEvent('registered', 'activate');
  if (!activated.ok) throw new AppError('agent.transition_refused');
  const { id, name, ownerId, purpose, environment } = agent;
  const row = { id, name, owner_id: ownerId, purpose, environment, state: activated.state };
  await tx.sql
    .insertInto('agents')
    .values({ ...row, group_names: JSON.stringify(agent.groups), created_at: now, changed_at: now })
    .execute();
  if (key === null) return;
  await tx.sql
    .insertInto('agent_keys')
    .values({
      thumbprint: key.thumbprint,
      agent_id: id,
      jwk: JSON.stringify(key.jwk),
      created_at: now,
      valid_until: null,
    })
    .execute();
}

function recordRegistration(
  context: Context,
  tx: Transaction,
  actor: Actor,
  agent: NewAgent,
  key: AgentKey | null,
): string {
  const about = { at: context.platform.now(), agent: agent.id, person: agent.ownerId };
  const named = key === null ? about : { ...about, key: key.thumbprint };
  const registered = context.platform.newId('rec');
  const { name, purpose, environment, groups } = agent;
  tx.record({
    ...named,
    id: registered,
    kind: 'agent.registered',
    causes: [],
    body: {
      by: nameActor(actor),
      ...{ name, ownerId: agent.ownerId, purpose, environment, groups },
      ...(key === null ? {} : { publicKey: key.jwk }),
    },
  });
  tx.record({
    ...named,
    id: context.platform.newId('rec'),
    kind: 'agent.state_changed',
    causes: [registered],
    body: { by: nameActor(actor), from: 'registered', to: 'active' },
  });
  return registered;
}
