import { AppError } from '@countersign/api';
import { z } from 'zod';
import { loadAgent, requireActivePerson, requireOwner } from '../agents/index.ts';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { plainLine } from '../wire/plain-text.ts';
import { type DelegationRow, loadDelegation } from './delegation-row.ts';
import { type DelegationView, showDelegation } from './delegation-view.ts';
import { delegationLimitsSchema } from './limits-schema.ts';
import { passOn, passOnInput } from './pass-on.ts';
import { readDelegationLimits } from './read-limits.ts';
import { requireApprovers } from './require-approvers.ts';
import { saveDelegation } from './save-delegation.ts';

export const createDelegationInput = z.strictObject({
  agentId: idSchema('agt'),
  /** Whose permission it is; who asks, when absent. An administrator may name the agent's owner. */
  fromPersonId: idSchema('per').optional(),
  purpose: plainLine(500),
  limits: delegationLimitsSchema,
  /** Tasks that name no delegation are opened under it. An agent has at most one. */
  isDefault: z.boolean().default(false),
});

/** A person gives, or an agent passes on. */
export const newDelegationInput = z.union([createDelegationInput, passOnInput]);

/** Lets an agent act for a person, within limits, for at most 90 days; an agent passes on what it holds itself. */
export async function createDelegation(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<DelegationView> {
  // An agent gives nothing in a person's name, its owner's neither: it passes on what it holds.
  const isPassingOn = actor.kind === 'agent' && !createDelegationInput.safeParse(input).success;
  if (isPassingOn) return passOn(context, actor, input);
  requirePermission(actor, 'delegations.create');
  const given = createDelegationInput.parse(input);
  const now = context.platform.now();
  return context.store.transaction(async (tx) => {
    const agent = await loadAgent(tx.sql, given.agentId);
    if (agent.state === 'retired' || agent.state === 'orphaned') throw new AppError('agent.not_active');
    const from = chooseGiver(actor, given.fromPersonId, agent.owner_id);
    await requireActivePerson(tx.sql, from);
    const limits = readDelegationLimits(given.limits, agent.environment, now);
    // A world of drills has no people who could approve.
    await requireApprovers(context, tx.sql, { agent, personId: from, limits });
    const row: DelegationRow = {
      id: context.platform.newId('dlg'),
      parent_id: null,
      from_person_id: from,
      from_agent_id: null,
      agent_id: agent.id,
      root_person_id: from,
      task_id: null,
      purpose: given.purpose,
      limits: JSON.stringify(limits),
      is_default: given.isDefault ? 1 : 0,
      created_at: now,
      expires_at: limits.expiresAt,
      revoked_at: null,
      replaced_by: null,
    };
    await saveDelegation(tx, row);
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'delegation.created',
      at: now,
      causes: agent.causes,
      agent: agent.id,
      person: from,
      chain: [row.id],
      body: { by: nameActor(actor), purpose: row.purpose, limits, isDefault: given.isDefault },
    });
    return showDelegation(await loadDelegation(tx.sql, row.id), now);
  });
}

/** A person gives what is theirs; only an administrator may speak for another, and only for the agent's own owner. */
function chooseGiver(actor: Actor, named: string | undefined, ownerId: string): string {
  const from = named ?? (actor.kind === 'person' ? actor.person : ownerId);
  requireOwner(actor, from);
  if (actor.kind === 'person' && from === actor.person) return from;
  if (from !== ownerId) throw new AppError('person.forbidden');
  return from;
}
