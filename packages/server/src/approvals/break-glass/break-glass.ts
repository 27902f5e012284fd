import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import {
  type Actor,
  askForSignature,
  assertionInput,
  requireOwnPasskey,
  verifySignature,
} from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Approval } from '../approval-state.ts';
import { castVote } from '../cast-vote.ts';
import { holdAmended } from '../hold-amended.ts';
import { requireDecider } from '../require-decider.ts';
import { viewGlass } from './view-glass.ts';

type Breaking = Pick<
  Context,
  'approvals' | 'config' | 'platform' | 'receipts' | 'store' | 'tasks' | 'upstreams'
>;

/** What the browser needs so that the person's passkey signs exactly this. Throws as `breakGlass` does. */
export async function beginBreakGlass(context: Breaking, actor: Actor, id: string) {
  const { row, approval, obstacle } = await viewGlass(context, actor, id);
  requireDecider(actor, approval);
  if (obstacle !== undefined) throw obstacle;
  return askForSignature(context, actor.person, row.digest);
}

/**
 * Lets an action through that others were asked for: once, within ten minutes, loudly, and reviewed by another person
 * within a day. The passkey must have signed the very text that says so. Throws `approval.not_eligible`,
 * `approval.already_decided`, `approval.expired`, `approval.digest_mismatch`, `approval.glass_review_overdue`,
 * `person.passkey_refused`.
 */
export async function breakGlass(
  context: Breaking,
  actor: Actor,
  id: string,
  input: unknown,
): Promise<Approval> {
  const assertion = assertionInput.parse(input);
  const { row, approval, obstacle } = await viewGlass(context, actor, id);
  requireDecider(actor, approval);
  if (obstacle !== undefined) throw obstacle;
  if (sha256(row.signed_text) !== row.digest) throw new AppError('approval.digest_mismatch');
  const passkey = await requireOwnPasskey(context.store.sql, actor.person, assertion);
  const { publicUrl } = context.config.server;
  return castVote(context, actor, {
    approvalId: approval.id,
    choice: 'approve',
    reason: row.reason,
    glass: row,
    ...(await holdAmended(context, approval)),
    signature: await verifySignature(passkey, assertion, row.digest, publicUrl),
  });
}
