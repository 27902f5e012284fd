import { AppError } from '@countersign/api';
import { type AskedAuthority, applyApprovalEvent } from '@countersign/core';
import { loadAgent } from '../../agents/index.ts';
import { type StoredApproval, toMachine } from '../../approvals/index.ts';
import type { Context } from '../../context.ts';
import { type DelegationRow, requireApprovers } from '../../delegations/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { requireStanding } from './find-asked-person.ts';

/**
 * Makes the delegation that a person signed, from the signed text and nothing else, and spends the approval with it: in
 * the caller's transaction, so there is one delegation or none. Giver and agent are looked at as they are now. Throws
 * `token.ask_denied`, `agent.not_active`, `signal.stopped`.
 */
export async function giveAuthority(
  context: Pick<Context, 'approvals' | 'config' | 'platform' | 'policies' | 'stops'>,
  tx: Transaction,
  approval: StoredApproval,
): Promise<DelegationRow> {
  const now = context.platform.now();
  const { signedAction, actionDigest, requirement } = approval;
  if (sha256(signedAction) !== actionDigest) throw new AppError('token.ask_denied');
  const signed: AskedAuthority = JSON.parse(signedAction);
  await requireStanding(tx.sql, signed.person, { kind: 'authority' });
  const agent = await loadAgent(tx.sql, signed.agent);
  const scopes = { agent: agent.id, owner: signed.person, task: '', chain: [], action: '' };
  context.stops.check({ ...scopes, upstream: '', tool: '' });
  if (agent.state !== 'active') throw new AppError('agent.not_active');
  const released = applyApprovalEvent(toMachine(approval), { type: 'release', requirement, at: now });
  if (!released.ok || signed.limits.expiresAt <= now) throw new AppError('token.ask_denied');
  const spent = await tx.sql
    .updateTable('approvals')
    .set({ state: 'released', released_at: now })
    .where('id', '=', approval.id)
    .where('state', '=', 'approved')
    .executeTakeFirst();
  if (spent.numUpdatedRows !== 1n) throw new AppError('token.grant_invalid');
  await requireApprovers(context, tx.sql, { agent, personId: signed.person, limits: signed.limits });
  const row: DelegationRow = {
    id: context.platform.newId('dlg'),
    parent_id: null,
    from_person_id: signed.person,
    from_agent_id: null,
    agent_id: agent.id,
    root_person_id: signed.person,
    task_id: null,
    purpose: signed.purpose,
    limits: JSON.stringify(signed.limits),
    is_default: 0,
    created_at: now,
    expires_at: signed.limits.expiresAt,
    revoked_at: null,
    replaced_by: null,
  };
  await tx.sql.insertInto('delegations').values(row).execute();
  const [given] = approval.given.filter((vote) => vote.outcome === 'approve');
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'delegation.created',
    at: now,
    causes: [...approval.recordIds.slice(-1), ...agent.causes],
    agent: agent.id,
    key: signed.key,
    person: signed.person,
    approval: approval.id,
    chain: [row.id],
    body: {
      by: signed.person,
      purpose: signed.purpose,
      limits: signed.limits,
      isDefault: false,
      // What was signed, and with which passkey: the assertion itself is kept beside the approval.
      actionDigest,
      credentialId: given?.evidence.passkey?.credentialId ?? null,
    },
  });
  tx.afterCommit(() => context.approvals.put({ ...approval, state: 'released' }));
  return row;
}
