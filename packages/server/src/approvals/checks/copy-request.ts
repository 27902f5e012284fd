import { type CallForApproval, canonicalApproval, canonicalCall, withoutGrant } from '@countersign/core';
import type { Insertable } from 'kysely';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { digestPresented } from '../digest-presented.ts';
import { drawMatchCode } from '../draw-match-code.ts';
import type { Presented } from '../presented.ts';
import type { StoredApproval } from '../read-approval.ts';

type Row = Insertable<Schema['approvals']>;

/**
 * The same question once more, as if it came now. Its task and action are ids that nothing else ever had: no call that an
 * agent can make has its digest, whatever becomes of the check.
 */
export function copyRequest(
  { platform }: Pick<Context, 'platform'>,
  source: StoredApproval,
  check: Required<Pick<Row, 'drill' | 'check_person_id' | 'requested_record'>>,
): Row {
  const now = platform.now();
  const later = now - source.requestedAt;
  const expiresAt = source.expiresAt + later;
  const presented: Presented = { ...source.presented, ...movePresented(source.presented, later) };
  const shown = { ...presented, matchCode: drawMatchCode({ platform }) };
  const nonce = Buffer.from(platform.randomBytes(16)).toString('base64url');
  const taskId = platform.newId('tsk');
  const asked: CallForApproval = {
    ...(JSON.parse(withoutGrant(source.signedAction)) as CallForApproval),
    ...{ task: taskId, shown: digestPresented(shown), nonce, expiresAt },
  };
  const signedAction = canonicalApproval(asked);
  return {
    ...{ id: platform.newId('apr'), action_id: platform.newId('act'), kind: 'call', task_id: taskId },
    ...{ call_digest: sha256(canonicalCall(asked)), action_digest: sha256(signedAction) },
    ...{ agent_id: source.agentId, owner_id: source.ownerId, upstream: source.upstream, tool: source.tool },
    ...{ signed_action: signedAction, presented: JSON.stringify(shown) },
    ...{ requirement: JSON.stringify(source.requirement), state: 'requested', reason: null },
    ...{ requested_at: now, expires_at: expiresAt, decided_at: null, released_at: null },
    grant_basis: source.grantBasis === null ? null : JSON.stringify(moveBasis(source.grantBasis, later)),
    // As long as a real one, and of no group: nothing else may be signed together with it.
    group_id: source.groupId === null ? null : sha256(nonce).slice(0, source.groupId.length),
    check_of: source.id,
    ...check,
  };
}

/** Times of a task that ended long ago would give it away. */
function movePresented({ task }: Presented, later: number): Pick<Presented, 'task'> {
  return { task: { ...task, openedAt: task.openedAt + later, expiresAt: task.expiresAt + later } };
}

function moveBasis(basis: NonNullable<StoredApproval['grantBasis']>, later: number) {
  const { task, delegation } = basis.endsAt;
  return { ...basis, endsAt: { task: task + later, delegation: delegation + later } };
}
