import { type AccessRequest, type Approval, loadApproval } from '../../../approvals/index.ts';
import type { Context } from '../../../context.ts';
import { writeTime } from '../answer.ts';
import { accessRequestEndpoint } from '../endpoints.ts';
import { seal } from './binding.ts';

/** A task handle of the profile, and its result once it is approved. */
export interface TaskAnswer {
  readonly body: object;
}

const statuses: Readonly<Record<Approval['state'], string>> = {
  requested: 'pending',
  approved: 'approved',
  // What was approved and then used stays approved; used it is worth nothing.
  released: 'approved',
  denied: 'denied',
  expired: 'expired',
  cancelled: 'cancelled',
};

export async function describeTask(context: Context, request: AccessRequest): Promise<TaskAnswer> {
  const approval = await loadApproval(context.store, request.approvalId);
  const status_endpoint = `${accessRequestEndpoint(context.tokens.issuer)}/${request.id}`;
  const isOver = approval.state === 'requested' && context.platform.now() >= approval.expiresAt;
  const status = isOver ? 'expired' : statuses[approval.state];
  const task = {
    ...{ id: request.id, status, status_endpoint, expires_at: writeTime(approval.expiresAt) },
    ...(status === 'pending' ? { links: { cancel: `${status_endpoint}/cancel` } } : {}),
    // What the agent may show its person, to match with the page.
    display: { match_code: approval.matchCode },
  };
  if (status !== 'approved') return { body: { task } };
  const approvalResult = await describeResult(context, request, approval);
  return { body: { task, result: { mode: 'reevaluate', approval: approvalResult } } };
}

/** `approval.state` says for whom, for what and until when; the server's own state says whether it was used. */
async function describeResult(context: Context, request: AccessRequest, approval: Approval): Promise<object> {
  const state = await seal(context, 'authzen-approval+jwt', {
    iat: Math.floor(context.platform.now() / 1000),
    exp: Math.floor(approval.expiresAt / 1000),
    ...{ approval_id: approval.id, task: request.id, evaluation_id: request.evaluationId },
    ...{
      client: request.pointId,
      binding_hash: request.bindingHash,
      binding_context_members: request.members,
    },
  });
  return {
    id: approval.id,
    ...(approval.decidedAt === null ? {} : { approved_at: writeTime(approval.decidedAt) }),
    approved_until: writeTime(approval.expiresAt),
    state,
  };
}
