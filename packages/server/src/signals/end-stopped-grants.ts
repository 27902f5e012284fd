import type { StoredApproval } from '../approvals/index.ts';
import type { Context } from '../context.ts';
import type { StopScope } from './stops.ts';

/** What people let happen beforehand ends with a stop, and does not come back when it is lifted. */
export async function endStoppedGrants(
  { approvals, log }: Pick<Context, 'approvals' | 'log'>,
  scope: StopScope,
  target: string,
): Promise<void> {
  try {
    await approvals.grants.end((approval) => isStopped(approval, scope, target), 'signal.stopped');
  } catch (err) {
    // In memory they are over; the stop itself stands, whatever cannot be written.
    log.error({ err, scope, target }, 'ending the grants of what was stopped failed');
  }
}

function isStopped(approval: StoredApproval, scope: StopScope, target: string): boolean {
  switch (scope) {
    case 'agent':
      return approval.agentId === target || approval.agents.includes(target);
    case 'owner':
      return approval.ownerId === target;
    case 'task':
      return approval.taskId === target;
    case 'delegation':
      return approval.chain.includes(target);
    case 'upstream':
      return approval.upstream === target;
    case 'tool':
      return `${approval.upstream}/${approval.tool}` === target;
    case 'everything':
      return true;
  }
}
