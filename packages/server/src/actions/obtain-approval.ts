// Guarantees: policy allowed it, or a named person's approval of exactly this call was spent on it, once, durably.
import { AppError } from '@countersign/api';
import type { Approval } from '../approvals/index.ts';
import type { Context } from '../context.ts';
import { lookIntoCall } from '../policies/index.ts';
import { findAmendment } from './ask-for-plan.ts';
import { describeCall, weighNow } from './claim-grant.ts';
import { describeRequest } from './decide.ts';
import { allows, type Outcome, type Recorded, type Released } from './stages.ts';

export type Obtained = Released | { readonly pending: Outcome & { kind: 'pending' } };

export async function obtainApproval(context: Context, recorded: Recorded): Promise<Obtained> {
  const { approval } = recorded;
  if (approval !== null) {
    const cause = await context.approvals.release(
      approval.id,
      recorded.id,
      [recorded.decisionRecord],
      recorded.ruling.requirement ?? undefined,
    );
    return { ...recorded, cause } as Released;
  }
  if (recorded.grant !== null) return { ...recorded, cause: await useGrant(context, recorded) } as Released;
  if (allows(recorded)) return { ...recorded, cause: recorded.decisionRecord } as Released;
  refuseDecided(context.approvals.findForCall(recorded.callDigest), recorded);
  // Returns the open request for this call, unless policy now asks for more than it did.
  const asked = await ask(context, recorded);
  return {
    pending: {
      kind: 'pending',
      approval: asked,
      link: context.approvals.link(asked.id),
      decisionRecord: recorded.decisionRecord,
    },
  };
}

/** What waits for a person of just this call waits no longer. */
async function useGrant(context: Context, recorded: Recorded): Promise<string> {
  const { id, grant, callDigest, ruling, decisionRecord } = recorded;
  const cause = await context.approvals.grants.use({
    ...{ approvalId: grant?.approvalId ?? '', actionId: id, callDigest, causes: [decisionRecord] },
    call: describeCall(recorded, describeRequest(context, recorded)),
    asked: weighNow(recorded, ruling),
  });
  const open = context.approvals.findForCall(callDigest);
  if (open?.state === 'requested' && open.kind === 'call')
    await context.approvals.cancel('approval', open.id, 'approval.grant_given');
  return cause;
}

/** Throws `approval.denied`, `approval.expired` when exactly this call was asked for before, in vain. */
export function refuseDecided(asked: Approval | undefined, recorded: Recorded): void {
  if (asked === undefined) return;
  const data = { action: recorded.id, decision: recorded.decisionRecord, approval: asked.id };
  if (asked.state === 'denied') {
    throw new AppError('approval.denied', asked.reason === null ? { data } : { detail: asked.reason, data });
  }
  if (asked.state === 'expired' || asked.state === 'cancelled')
    throw new AppError('approval.expired', { data });
}

async function ask(context: Context, recorded: Recorded): Promise<Approval> {
  const { ruling, policyVersion } = recorded;
  if (ruling.requirement === null) throw new AppError('policy.unavailable');
  const amendment = await findAmendment(context, recorded);
  if (amendment !== undefined) {
    try {
      return await context.approvals.requestAmendment(amendment);
    } catch (error) {
      // Too much for a plan can still be let happen once.
      if (!(error instanceof AppError) || error.code !== 'task.plan_too_large') throw error;
    }
  }
  return context.approvals.request({
    actionId: recorded.id,
    callDigest: recorded.callDigest,
    key: recorded.token.key,
    ...lookIntoCall(describeRequest(context, recorded)),
    requirement: ruling.requirement,
    policyVersion,
    policyIds: ruling.policyIds,
    arguments: recorded.message.arguments,
    causes: [recorded.decisionRecord],
  });
}
