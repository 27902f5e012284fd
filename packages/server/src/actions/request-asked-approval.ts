import { AppError } from '@countersign/api';
import type { Approval } from '../approvals/index.ts';
import type { Context } from '../context.ts';
import { lookIntoCall } from '../policies/index.ts';
import type { AskedCall } from './asked.ts';
import { classify } from './classify.ts';
import { decide, describeRequest } from './decide.ts';
import { toAttempt } from './decide-action.ts';
import { recordIntent } from './record-intent.ts';
import { resolveAuthority } from './resolve-authority.ts';
import type { Classified } from './stages.ts';
import { vouch } from './vouch.ts';

/**
 * Asks people for exactly this call, after its denial `decisionRecord`, by what policy asks now. Throws
 * `policy.not_requestable` when policy now allows or denies it outright, and what the steps throw.
 */
export async function requestAskedApproval(
  context: Context,
  call: AskedCall,
  decisionRecord: string,
): Promise<Approval> {
  const authorised = await resolveAuthority(context, await vouch(context, toAttempt(context, call), call));
  let classified: Classified | undefined;
  try {
    classified = classify(context, authorised);
    // Nothing of this is written: the denial that it follows from is.
    const { ruling, policyVersion } = await decide(context, recordIntent(context, classified));
    if (ruling.effect !== 'step_up' || ruling.requirement === null)
      throw new AppError('policy.not_requestable');
    return await context.approvals.request({
      actionId: call.id,
      callDigest: classified.callDigest,
      key: classified.token.key,
      ...lookIntoCall(describeRequest(context, recordIntent(context, classified))),
      requirement: ruling.requirement,
      policyVersion,
      policyIds: ruling.policyIds,
      arguments: call.arguments,
      causes: [decisionRecord],
    });
  } finally {
    classified?.admission.release();
    authorised.lease.release();
  }
}
