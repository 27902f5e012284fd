import type { BoundedGrant } from '@countersign/core';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { describeSubject } from '../describe-subject.ts';
import type { StoredApproval } from '../read-approval.ts';

/** Makes a grant that enough people have signed durable, with the call that was shown counted as its first use. */
export async function keepGrant(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  approval: StoredApproval,
  granted: BoundedGrant,
  given: { readonly cause: string; readonly at: number },
): Promise<void> {
  const { grant } = granted;
  const record = context.platform.newId('rec');
  tx.record({
    ...describeSubject(approval),
    id: record,
    kind: 'approval.grant_given',
    at: given.at,
    causes: [given.cause],
    body: { actionDigest: approval.actionDigest, terms: { ...grant } },
  });
  await tx.sql
    .insertInto('approval_grants')
    .values({
      ...{ approval_id: approval.id, agent_id: approval.agentId, task_id: approval.taskId },
      ...{ used: 1, spent_minor: approval.grantBasis?.spend?.minor ?? 0, given_at: given.at },
      ...{ expires_at: grant.expiresAt, record, ended_at: null, end_reason: null },
    })
    .execute();
}
