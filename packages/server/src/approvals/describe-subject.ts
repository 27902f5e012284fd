import type { StoredApproval } from './read-approval.ts';

/** What every record of this approval names. */
export function describeSubject(approval: StoredApproval) {
  const about = {
    ...{ agent: approval.agentId, approval: approval.id, policyVersion: approval.policyVersion },
    ...(approval.drill === null ? {} : { drill: approval.drill }),
  };
  if (approval.kind === 'authority') return about;
  return {
    ...about,
    action: approval.actionId,
    task: approval.taskId,
    ...(approval.agents.length > 1 ? { agents: approval.agents } : {}),
    chain: approval.chain,
    upstream: approval.upstream,
    tool: approval.tool,
  };
}
