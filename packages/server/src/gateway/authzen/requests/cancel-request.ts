import type { AccessRequest } from '../../../approvals/index.ts';
import type { Context } from '../../../context.ts';
import { describeTask, type TaskAnswer } from './describe-task.ts';
import { RequestProblem } from './request-problem.ts';

/** "Cancellation" of the profile. Throws `invalid_task_state` once a person has decided, or time has. */
export async function cancelRequest(context: Context, request: AccessRequest): Promise<TaskAnswer> {
  const approval = context.approvals.find(request.approvalId);
  if (approval?.state !== 'requested') throw new RequestProblem('invalid_task_state');
  await context.approvals.cancel('approval', request.approvalId, 'requester.withdrew');
  return describeTask(context, request);
}
