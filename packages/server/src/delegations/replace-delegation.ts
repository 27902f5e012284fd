import { AppError } from '@countersign/api';
import { isWithin, type Limits } from '@countersign/core';
import { loadAgent } from '../agents/index.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { type DelegationRow, toChainLink } from './delegation-row.ts';
import { requireSoundLimits } from './read-limits.ts';
import { requireApprovers } from './require-approvers.ts';
import { revokeBranches } from './revoke-branches.ts';
import { saveDelegation } from './save-delegation.ts';

export interface Replacement {
  /** A person's delegation; revoked with all below it unless it is already. */
  readonly row: DelegationRow;
  readonly limits: Limits;
  /** Whose authority it is from now on; the same person's when absent. */
  readonly giverId?: string;
  /** What the new limits must be within. */
  readonly most: Limits;
  /** As `nameActor` says it. */
  readonly by: string;
  readonly causes: readonly string[];
  /** More for the records. */
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Puts a delegation with other limits in the place of a person's: the former ends with its tasks, and whoever names it
 * works under the new one. Never wider than `most`. Returns the new id. Throws `delegation.exceeds_parent`,
 * `delegation.not_active`, and, having written nothing, `delegation.no_approver` unless it only narrows what stands.
 */
export async function replaceDelegation(
  context: Pick<Context, 'approvals' | 'config' | 'platform' | 'policies' | 'tasks'>,
  tx: Transaction,
  { row, limits, giverId, most, by, causes, body }: Replacement,
): Promise<string> {
  const now = context.platform.now();
  if (row.parent_id !== null || row.from_person_id === null) throw new AppError('delegation.not_found');
  if (limits.expiresAt <= now) throw new AppError('delegation.not_active');
  requireSoundLimits(limits);
  const within = isWithin(limits, most);
  if (!within.within) {
    const fields = [...new Set(within.violations.map(({ field }) => field))];
    throw new AppError('delegation.exceeds_parent', { detail: fields.join(', ') });
  }
  const giver = giverId ?? row.from_person_id;
  // Narrowing is never held up by who could approve; another giver may be the only one who could.
  const narrows = giver === row.from_person_id && isWithin(limits, toChainLink(row).limits).within;
  if (row.revoked_at !== null || !narrows) {
    const agent = await loadAgent(tx.sql, row.agent_id);
    await requireApprovers(context, tx.sql, { agent, personId: giver, limits });
  }
  if (row.revoked_at === null)
    await revokeBranches(context, tx, { roots: [row], by, causes: () => causes, body });
  const id = context.platform.newId('dlg');
  await saveDelegation(tx, {
    ...{ id, parent_id: null, from_person_id: giver, from_agent_id: null, agent_id: row.agent_id },
    ...{ root_person_id: giver, task_id: null, purpose: row.purpose, limits: JSON.stringify(limits) },
    ...{ is_default: row.is_default, created_at: now, expires_at: limits.expiresAt },
    ...{ revoked_at: null, replaced_by: null },
  });
  await tx.sql.updateTable('delegations').set({ replaced_by: id }).where('id', '=', row.id).execute();
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'delegation.created',
    at: now,
    causes,
    agent: row.agent_id,
    person: giver,
    chain: [id],
    body: { by, purpose: row.purpose, limits, isDefault: row.is_default === 1, replaces: row.id, ...body },
  });
  return id;
}
